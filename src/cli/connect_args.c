/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/connect_args.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/connect_flags.h"

void connect_add_setting(
    struct connect_args *args, const char *keyword, const char *value, bool overrides)
{
	args->settings = mem_realloc(args->settings, args->count + 1, sizeof *args->settings);
	args->settings[args->count++] = (struct setting){ keyword, value, overrides };
}

/* Where the parser is; argv[at] is the next word, cluster the rest of a word like "-tvp22". */
struct parser {
	struct cli *cli;
	struct connect_args *args;
	int argc;
	char **argv;
	int at;
};

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
		status =
		    flag->take(&(struct flag_use){ parser->cli, parser->args, flag, argument });
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
		connect_add_setting(args, NULL, "ClearAllForwardings=yes", false);
		connect_add_setting(args, NULL, "ExitOnForwardFailure=yes", false);
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
