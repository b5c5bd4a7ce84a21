/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/connect_args.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cmd.h"

/* What a flag does with its argument, which is NULL if it takes none. */
enum flag_kind {
	FLAG_KEYWORD, /* the argument is the value of the keyword in text: the first one wins */
	FLAG_OVERRIDE, /* the same, but it wins over all others */
	FLAG_SETTING, /* text is "KEYWORD=VALUE", and wins */
	FLAG_OPTION, /* -o: the argument is */
	FLAG_KEY, /* -i: a file that must be there */
	FLAG_TTY,
	FLAG_VERBOSE,
	FLAG_NO_COMMAND,
	FLAG_BACKGROUND,
	FLAG_SUBSYSTEM,
	FLAG_STDIO, /* -W: "host:port" */
	FLAG_LOG,
	FLAG_PRINT,
	FLAG_VERSION,
	FLAG_CONFIG, /* -F: only "none" */
	FLAG_IGNORED, /* text says why that does not matter */
	FLAG_REFUSED, /* text says what is missing */
};

/* As main() in OpenSSH's ssh.c has them. */
static const struct flag {
	char letter;
	bool has_argument;
	enum flag_kind kind;
	const char *text;
} flags[] = {
	{ '2', false, FLAG_IGNORED, N_("-2: ignored, there is no other protocol") },
	{ '4', false, FLAG_SETTING, "AddressFamily=inet" },
	{ '6', false, FLAG_SETTING, "AddressFamily=inet6" },
	{ 'A', false, FLAG_SETTING, "ForwardAgent=yes" },
	{ 'B', true, FLAG_REFUSED, N_("binding to an interface is not supported") },
	{ 'C', false, FLAG_SETTING, "Compression=yes" },
	{ 'D', true, FLAG_KEYWORD, "DynamicForward" },
	{ 'E', true, FLAG_LOG, NULL },
	{ 'F', true, FLAG_CONFIG,
	    N_("ssh_config files are not read in this version: use -F none") },
	{ 'G', false, FLAG_PRINT, NULL },
	{ 'I', true, FLAG_REFUSED,
	    N_("PKCS#11 tokens are not supported, but in an agent: ssh-add -s") },
	{ 'J', true, FLAG_KEYWORD, "ProxyJump" },
	{ 'K', false, FLAG_REFUSED, N_("GSSAPI is not supported") },
	{ 'L', true, FLAG_KEYWORD, "LocalForward" },
	{ 'M', false, FLAG_REFUSED, N_("connection sharing is not supported") },
	{ 'N', false, FLAG_NO_COMMAND, NULL },
	{ 'O', true, FLAG_REFUSED, N_("connection sharing is not supported") },
	{ 'P', true, FLAG_REFUSED,
	    N_("tags are for ssh_config files, which are not read in this version") },
	{ 'Q', true, FLAG_REFUSED, N_("-G shows the algorithms that are offered") },
	{ 'R', true, FLAG_KEYWORD, "RemoteForward" },
	{ 'S', true, FLAG_OVERRIDE, "ControlPath" },
	{ 'T', false, FLAG_SETTING, "RequestTTY=no" },
	{ 'V', false, FLAG_VERSION, NULL },
	{ 'W', true, FLAG_STDIO, NULL },
	{ 'X', false, FLAG_REFUSED, N_("X11 forwarding is not supported") },
	{ 'Y', false, FLAG_REFUSED, N_("X11 forwarding is not supported") },
	{ 'a', false, FLAG_SETTING, "ForwardAgent=no" },
	{ 'b', true, FLAG_OVERRIDE, "BindAddress" },
	{ 'c', true, FLAG_OVERRIDE, "Ciphers" },
	{ 'e', true, FLAG_OVERRIDE, "EscapeChar" },
	{ 'f', false, FLAG_BACKGROUND, NULL },
	{ 'g', false, FLAG_SETTING, "GatewayPorts=yes" },
	{ 'i', true, FLAG_KEY, "IdentityFile" },
	{ 'k', false, FLAG_SETTING, "GSSAPIDelegateCredentials=no" },
	{ 'l', true, FLAG_KEYWORD, "User" },
	{ 'm', true, FLAG_OVERRIDE, "MACs" },
	{ 'n', false, FLAG_SETTING, "StdinNull=yes" },
	{ 'o', true, FLAG_OPTION, NULL },
	{ 'p', true, FLAG_KEYWORD, "Port" },
	{ 'q', false, FLAG_SETTING, "LogLevel=QUIET" },
	{ 's', false, FLAG_SUBSYSTEM, NULL },
	{ 't', false, FLAG_TTY, NULL },
	{ 'v', false, FLAG_VERBOSE, NULL },
	{ 'w', true, FLAG_REFUSED, N_("tunnel devices are not supported") },
	{ 'x', false, FLAG_SETTING, "ForwardX11=no" },
	{ 'y', false, FLAG_IGNORED, N_("-y: ignored, messages do not go to the system's log") },
};

/* Where the parser is; argv[at] is the next word, cluster the rest of a word like "-tvp22". */
struct parser {
	struct cli *cli;
	struct connect_args *args;
	int argc;
	char **argv;
	int at;
};

static const struct flag *flag_find(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].letter == letter)
			return &flags[i];
	return NULL;
}

static void add_setting(
    struct connect_args *args, const char *keyword, const char *value, bool overrides)
{
	args->settings = mem_realloc(args->settings, args->count + 1, sizeof *args->settings);
	args->settings[args->count++] = (struct setting){ keyword, value, overrides };
}

/* "host:port" or "[host]:port", as for ssh -W. */
static bool take_stdio(struct connect_args *args, const char *text)
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

/* ssh goes on without a key file that is not there, and says so. */
static void add_key(struct connect_args *args, const char *path)
{
	char *expanded = path_expand(path, NULL);
	struct stat st;

	if (expanded && stat(expanded, &st) == 0)
		add_setting(args, "IdentityFile", path, false);
	else
		strlist_take(&args->warnings,
		    mem_printf(_("Warning: Identity file %s not accessible: %s."),
			expanded ? expanded : path, strerror(errno)));
	free(expanded);
}

static int show_version(void)
{
	fprintf(stderr, "%s\n", PACKAGE_STRING);
	return EXIT_OK;
}

static void be_verbose(struct connect_args *args)
{
	static const char *const levels[] = { "LogLevel=DEBUG1", "LogLevel=DEBUG2",
		"LogLevel=DEBUG3" };
	size_t level = (size_t)args->verbosity++;

	add_setting(
	    args, NULL, levels[level < ARRAY_LEN(levels) ? level : ARRAY_LEN(levels) - 1], true);
}

static int apply(struct parser *parser, const struct flag *flag, const char *argument)
{
	struct connect_args *args = parser->args;

	switch (flag->kind) {
	case FLAG_KEYWORD:
	case FLAG_OVERRIDE:
		add_setting(args, flag->text, argument, flag->kind == FLAG_OVERRIDE);
		break;
	case FLAG_SETTING:
		add_setting(args, NULL, flag->text, true);
		break;
	case FLAG_OPTION:
		add_setting(args, NULL, argument, false);
		break;
	case FLAG_KEY:
		add_key(args, argument);
		break;
	case FLAG_TTY:
		add_setting(args, NULL, args->ttys++ ? "RequestTTY=force" : "RequestTTY=yes", true);
		break;
	case FLAG_VERBOSE:
		be_verbose(args);
		break;
	case FLAG_NO_COMMAND:
		args->no_command = true;
		add_setting(args, NULL, "SessionType=none", true);
		add_setting(args, NULL, "RequestTTY=no", true);
		break;
	case FLAG_BACKGROUND:
		add_setting(args, NULL, "ForkAfterAuthentication=yes", true);
		add_setting(args, NULL, "StdinNull=yes", true);
		break;
	case FLAG_SUBSYSTEM:
		args->subsystem = true;
		add_setting(args, NULL, "SessionType=subsystem", true);
		break;
	case FLAG_STDIO:
		if (!take_stdio(args, argument))
			return cli_usage(
			    parser->cli, _("-W needs HOST:PORT, but was given \"%s\""), argument);
		add_setting(args, NULL, "SessionType=none", true);
		add_setting(args, NULL, "RequestTTY=no", true);
		break;
	case FLAG_LOG:
		args->log_file = argument;
		break;
	case FLAG_PRINT:
		args->print = true;
		break;
	case FLAG_VERSION:
		return show_version();
	case FLAG_CONFIG:
		if (str_eq(argument, "none") || str_eq(argument, "/dev/null"))
			break;
		return cli_usage(parser->cli, "-F: %s", _(flag->text));
	case FLAG_IGNORED:
		strlist_add(&args->ignored, _(flag->text));
		break;
	case FLAG_REFUSED:
		return cli_usage(parser->cli, "-%c: %s", flag->letter, _(flag->text));
	}
	return CLI_GO_ON;
}

/* A word of flags, as getopt(3) reads it: "-t", "-tt", "-vp22", "-p" "22". */
static int take_cluster(struct parser *parser)
{
	const char *word = parser->argv[parser->at++] + 1;

	for (; *word; word++) {
		const struct flag *flag = flag_find(*word);
		const char *argument = NULL;
		int status;

		if (!flag)
			return cli_usage(parser->cli, _("unknown option -%c"), *word);
		if (flag->has_argument && word[1])
			argument = word + 1;
		else if (flag->has_argument && parser->at < parser->argc)
			argument = parser->argv[parser->at++];
		else if (flag->has_argument)
			return cli_usage(parser->cli, _("-%c needs a value"), *word);
		status = apply(parser, flag, argument);
		if (status != CLI_GO_ON || flag->has_argument)
			return status;
	}
	return CLI_GO_ON;
}

static bool parse_fd(const char *text, int *fd)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end || number < 0 || number > INT_MAX)
		return false;
	*fd = (int)number;
	return true;
}

/* Our own long options: --stages, --report-fd N, and those of every command. */
static int take_long(struct parser *parser)
{
	const char *word = parser->argv[parser->at], *value = NULL;
	int status;

	if (str_eq(word, "--stages")) {
		parser->args->stages = true;
		parser->at++;
		return CLI_GO_ON;
	}
	if (cli_common_option(parser->cli, parser->argc, parser->argv, &parser->at, &status))
		return status;
	parser->at++;
	if (str_starts(word, "--report-fd="))
		value = word + strlen("--report-fd=");
	else if (!str_eq(word, "--report-fd"))
		return cli_usage(parser->cli, _("unknown option %s"), word);
	else if (parser->at < parser->argc)
		value = parser->argv[parser->at++];
	if (value && parse_fd(value, &parser->args->report_fd))
		return CLI_GO_ON;
	return cli_usage(parser->cli, _("--report-fd needs the number of a descriptor"));
}

/* Options up to a word that is none; *ended: "--" was that word, and is behind us. */
static int take_options(struct parser *parser, bool *ended)
{
	int status = CLI_GO_ON;

	*ended = false;
	while (status == CLI_GO_ON && parser->at < parser->argc) {
		const char *word = parser->argv[parser->at];
		if (str_eq(word, "--")) {
			parser->at++;
			*ended = true;
			break;
		}
		if (word[0] != '-' || !word[1])
			break;
		status = word[1] == '-' ? take_long(parser) : take_cluster(parser);
	}
	return status;
}

static void take_command(struct parser *parser)
{
	struct strlist words = { NULL, 0 };

	for (; parser->at < parser->argc; parser->at++)
		strlist_add(&words, parser->argv[parser->at]);
	if (words.len > 0)
		parser->args->command = strlist_join(&words, " ");
	strlist_done(&words);
}

/* As main() in OpenSSH's ssh.c: options, the destination, options again, the command. */
int connect_args_parse(struct cli *cli, struct connect_args *args, int argc, char **argv)
{
	struct parser parser = { .cli = cli, .args = args, .argc = argc, .argv = argv, .at = 1 };
	bool ended;
	int status;

	*args = (struct connect_args){ .report_fd = -1 };
	if ((status = take_options(&parser, &ended)) != CLI_GO_ON)
		return status;
	if (parser.at == argc)
		return cli_usage(cli, _("no destination"));
	args->dest = argv[parser.at++];
	args->before_dest = args->count;
	if (!ended && (status = take_options(&parser, &ended)) != CLI_GO_ON)
		return status;
	take_command(&parser);
	if (args->stdio_host) { /* unless something else was said */
		add_setting(args, NULL, "ClearAllForwardings=yes", false);
		add_setting(args, NULL, "ExitOnForwardFailure=yes", false);
	}
	if (args->subsystem && args->no_command)
		return cli_usage(cli, _("-s and -N exclude each other"));
	if (args->subsystem && !args->command)
		return cli_usage(cli, _("-s needs the name of a subsystem"));
	cli->verbosity += args->verbosity;
	return CLI_GO_ON;
}

void connect_args_done(struct connect_args *args)
{
	free(args->settings);
	free(args->command);
	free(args->stdio_host);
	strlist_done(&args->ignored);
	strlist_done(&args->warnings);
}
