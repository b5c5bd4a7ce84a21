/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/connect_flags.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cmd.h"
#include "cli/connect_args.h"

static void set(struct connect_args *args, const char *setting)
{
	connect_add_setting(args, NULL, setting, true);
}

/* ---- what a flag does: flag_fn ---- */

/* The argument is the value of the keyword in text: the first one wins. */
static int take_keyword(struct flag_use *use)
{
	connect_add_setting(use->args, use->flag->text, use->argument, false);
	return CLI_GO_ON;
}

/* The same, but it wins over all others. */
static int take_override(struct flag_use *use)
{
	connect_add_setting(use->args, use->flag->text, use->argument, true);
	return CLI_GO_ON;
}

/* text is "KEYWORD=VALUE", and wins. */
static int take_setting(struct flag_use *use)
{
	set(use->args, use->flag->text);
	return CLI_GO_ON;
}

/* -o: the argument is the setting. */
static int take_option(struct flag_use *use)
{
	connect_add_setting(use->args, NULL, use->argument, false);
	return CLI_GO_ON;
}

/* ssh goes on without a key file that is not there, and says so. */
static int take_key(struct flag_use *use)
{
	const char *path = use->argument;
	char *expanded = path_expand(path, NULL);
	struct stat st;

	if (expanded && stat(expanded, &st) == 0)
		connect_add_setting(use->args, use->flag->text, path, false);
	else
		strlist_take(&use->args->warnings,
		    mem_printf(_("Warning: Identity file %s not accessible: %s."),
			expanded ? expanded : path, strerror(errno)));
	free(expanded);
	return CLI_GO_ON;
}

static int take_tty(struct flag_use *use)
{
	set(use->args, use->args->ttys++ ? "RequestTTY=force" : "RequestTTY=yes");
	return CLI_GO_ON;
}

static int take_verbose(struct flag_use *use)
{
	static const char *const levels[] = { "LogLevel=DEBUG1", "LogLevel=DEBUG2",
		"LogLevel=DEBUG3" };
	size_t level = (size_t)use->args->verbosity++;

	set(use->args, levels[level < ARRAY_LEN(levels) ? level : ARRAY_LEN(levels) - 1]);
	return CLI_GO_ON;
}

static int take_no_command(struct flag_use *use)
{
	use->args->no_command = true;
	set(use->args, "SessionType=none");
	set(use->args, "RequestTTY=no");
	return CLI_GO_ON;
}

static int take_background(struct flag_use *use)
{
	set(use->args, "ForkAfterAuthentication=yes");
	set(use->args, "StdinNull=yes");
	return CLI_GO_ON;
}

static int take_subsystem(struct flag_use *use)
{
	use->args->subsystem = true;
	set(use->args, "SessionType=subsystem");
	return CLI_GO_ON;
}

/* "host:port" or "[host]:port", as for ssh -W. */
static bool parse_stdio(struct connect_args *args, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	char *end;

	if (len == 0)
		return false;
	if (text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	args->stdio_port = strtol(colon + 1, &end, 10);
	free(args->stdio_host);
	args->stdio_host = mem_strndup(text, len);
	return len > 0 && colon[1] >= '0' && colon[1] <= '9' && !*end && args->stdio_port >= 1 &&
	    args->stdio_port <= 65535;
}

static int take_stdio(struct flag_use *use)
{
	if (!parse_stdio(use->args, use->argument))
		return cli_usage(
		    use->cli, _("-W needs HOST:PORT, but was given \"%s\""), use->argument);
	set(use->args, "SessionType=none");
	set(use->args, "RequestTTY=no");
	return CLI_GO_ON;
}

static int take_log(struct flag_use *use)
{
	use->args->log_file = use->argument;
	return CLI_GO_ON;
}

static int take_print(struct flag_use *use)
{
	use->args->print = true;
	return CLI_GO_ON;
}

static int show_version(struct flag_use *use)
{
	(void)use;
	fprintf(stderr, "%s\n", PACKAGE_STRING);
	return EXIT_OK;
}

/* Only "none". */
static int take_config(struct flag_use *use)
{
	if (str_eq(use->argument, "none") || str_eq(use->argument, "/dev/null"))
		return CLI_GO_ON;
	return cli_usage(use->cli, "-F: %s", _(use->flag->text));
}

/* text says why that does not matter. */
static int ignore(struct flag_use *use)
{
	strlist_add(&use->args->ignored, _(use->flag->text));
	return CLI_GO_ON;
}

/* text says what is missing. */
static int refuse(struct flag_use *use)
{
	return cli_usage(use->cli, "-%c: %s", use->flag->letter, _(use->flag->text));
}

/* As main() in OpenSSH's ssh.c has them. */
static const struct flag flags[] = {
	{ '2', false, ignore, N_("-2: ignored, there is no other protocol") },
	{ '4', false, take_setting, "AddressFamily=inet" },
	{ '6', false, take_setting, "AddressFamily=inet6" },
	{ 'A', false, take_setting, "ForwardAgent=yes" },
	{ 'B', true, refuse, N_("binding to an interface is not supported") },
	{ 'C', false, take_setting, "Compression=yes" },
	{ 'D', true, take_keyword, "DynamicForward" },
	{ 'E', true, take_log, NULL },
	{ 'F', true, take_config,
	    N_("ssh_config files are not read in this version: use -F none") },
	{ 'G', false, take_print, NULL },
	{ 'I', true, refuse, N_("PKCS#11 tokens are not supported, but in an agent: ssh-add -s") },
	{ 'J', true, take_keyword, "ProxyJump" },
	{ 'K', false, refuse, N_("GSSAPI is not supported") },
	{ 'L', true, take_keyword, "LocalForward" },
	{ 'M', false, refuse, N_("connection sharing is not supported") },
	{ 'N', false, take_no_command, NULL },
	{ 'O', true, refuse, N_("connection sharing is not supported") },
	{ 'P', true, refuse,
	    N_("tags are for ssh_config files, which are not read in this version") },
	{ 'Q', true, refuse, N_("-G shows the algorithms that are offered") },
	{ 'R', true, take_keyword, "RemoteForward" },
	{ 'S', true, take_override, "ControlPath" },
	{ 'T', false, take_setting, "RequestTTY=no" },
	{ 'V', false, show_version, NULL },
	{ 'W', true, take_stdio, NULL },
	{ 'X', false, refuse, N_("X11 forwarding is not supported") },
	{ 'Y', false, refuse, N_("X11 forwarding is not supported") },
	{ 'a', false, take_setting, "ForwardAgent=no" },
	{ 'b', true, take_override, "BindAddress" },
	{ 'c', true, take_override, "Ciphers" },
	{ 'e', true, take_override, "EscapeChar" },
	{ 'f', false, take_background, NULL },
	{ 'g', false, take_setting, "GatewayPorts=yes" },
	{ 'i', true, take_key, "IdentityFile" },
	{ 'k', false, take_setting, "GSSAPIDelegateCredentials=no" },
	{ 'l', true, take_keyword, "User" },
	{ 'm', true, take_override, "MACs" },
	{ 'n', false, take_setting, "StdinNull=yes" },
	{ 'o', true, take_option, NULL },
	{ 'p', true, take_keyword, "Port" },
	{ 'q', false, take_setting, "LogLevel=QUIET" },
	{ 's', false, take_subsystem, NULL },
	{ 't', false, take_tty, NULL },
	{ 'v', false, take_verbose, NULL },
	{ 'w', true, refuse, N_("tunnel devices are not supported") },
	{ 'x', false, take_setting, "ForwardX11=no" },
	{ 'y', false, ignore, N_("-y: ignored, messages do not go to the system's log") },
};

const struct flag *flag_find(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].letter == letter)
			return &flags[i];
	return NULL;
}
