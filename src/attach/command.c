/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <string.h>

#define BLANKS " \t"

static const struct {
	const char *option;
	enum command_verb verb;
	enum forward_kind kind;
	const char *argument;
	const char *help;
} commands[] = {
	{ "L", COMMAND_FORWARD, FORWARD_LOCAL, "[address:]port:host:hostport",
	    N_("forward a port here") },
	{ "R", COMMAND_FORWARD, FORWARD_REMOTE, "[address:]port:host:hostport",
	    N_("forward a port of the server") },
	{ "D", COMMAND_FORWARD, FORWARD_DYNAMIC, "[address:]port", N_("a SOCKS port here") },
	{ "KL", COMMAND_CANCEL, FORWARD_LOCAL, "[address:]port", N_("end what -L began") },
	{ "KR", COMMAND_CANCEL, FORWARD_REMOTE, "[address:]port", N_("end what -R began") },
	{ "KD", COMMAND_CANCEL, FORWARD_DYNAMIC, "[address:]port", N_("end what -D began") },
	{ "h", COMMAND_HELP, FORWARD_LOCAL, "", N_("this message") },
};

void command_done(struct command *command)
{
	forward_done(&command->forward);
}

/* Only [address:]port tells one from the others. */
static bool read_cancel(
    enum forward_kind kind, const char *text, struct forward *out, struct err *err)
{
	enum forward_kind as = kind == FORWARD_REMOTE ? FORWARD_REMOTE : FORWARD_DYNAMIC;

	if (!forward_parse(as, text, out, err))
		return false;
	out->kind = kind;
	if (!out->host)
		return true;
	forward_done(out);
	return err_set(err, ERR_INVALID, _("is not [address:]port"));
}

static bool read_argument(struct command *command, size_t i, const char *text, struct err *err)
{
	bool ok = true;

	if (command->verb == COMMAND_FORWARD)
		ok = forward_parse(commands[i].kind, text, &command->forward, err);
	else if (command->verb == COMMAND_CANCEL)
		ok = read_cancel(commands[i].kind, text, &command->forward, err);
	return ok || err_context(err, "-%s \"%s\"", commands[i].option, text);
}

bool command_parse(const char *line, struct command *command, struct err *err)
{
	*command = (struct command){ .verb = COMMAND_NOTHING };
	line += strspn(line, BLANKS);
	line += *line == '-'; /* as ssh: with or without */
	if (!*line)
		return true;
	if (*line == '?' || *line == 'H')
		line = "h";
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!str_starts(line, commands[i].option))
			continue;
		command->verb = commands[i].verb;
		line += strlen(commands[i].option);
		return read_argument(command, i, line + strspn(line, BLANKS), err);
	}
	return err_set(err, ERR_USAGE, _("there is no such command; -h lists them"));
}

void command_help(struct str *out)
{
	str_addf(out, "%s\r\n", _("Commands:"));
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		str_addf(out, " -%-2s %-29s %s\r\n", commands[i].option, commands[i].argument,
		    _(commands[i].help));
}
