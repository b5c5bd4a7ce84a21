/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sub-commands share: their record, options, loading the hosts file, and
 * how errors and results are written.  Private to cli.
 */
#ifndef SALLYPORT_CLI_CMD_H
#define SALLYPORT_CLI_CMD_H

#include "sallyport/cli.h"
#include "sallyport/util.h"

struct host;
struct host_chain;
struct host_list;

/* What the options that every command takes said; texts are borrowed from argv. */
struct cli {
	const struct cmd *cmd;
	const char *hosts_file; /* --hosts, NULL: the default */
	const char *config_file; /* --config, NULL: the default */
	int verbosity; /* how often -v was given */
	int log_fd; /* where cli_verbose() and cli_warn() write, 0: standard error */
};

/*
 * One sub-command: run() gets argv with argv[0] the command's name (so getopt works), and
 * returns an exit status.  --help prints "usage: sallyport NAME USAGE", the summary, the options
 * given to cli_options() and more.
 */
struct cmd {
	const char *name;
	const char *usage; /* what follows the name, "" when nothing does */
	const char *summary; /* N_(), one line for "sallyport --help" */
	const char *more; /* N_(), lines for --help after the options; NULL: none */
	int usage_status; /* exit status for a wrong command line: EXIT_USAGE, or EXIT_SSH */
	int (*run)(struct cli *cli, int argc, char **argv);
};

/* In the order of "sallyport --help"; NULL-terminated. */
extern const struct cmd *const cli_commands[];
const struct cmd *cli_command_find(const char *name);

/* ---- options ---- */

enum option_kind {
	OPTION_FLAG, /* bool *: set true */
	OPTION_TEXT, /* const char **: the last one given */
	OPTION_LIST, /* struct strlist *: appended; the caller calls strlist_done() */
	OPTION_NUMBER, /* long *: a whole number within min and max */
	OPTION_SECONDS, /* double *: seconds, a fraction allowed, within min and max */
};

struct option_spec {
	const char *name; /* "--json" */
	const char *value; /* what --help calls its value, "SECONDS"; NULL for a flag */
	const char *help; /* N_(), one line */
	enum option_kind kind;
	void *to;
	long min, max;
};

/* What cli_options() returns when the command is to go on; anything else is its exit status. */
enum { CLI_GO_ON = -1 };

/*
 * Reads the options of a command and those that every command takes, wherever they stand before
 * "--"; "--name VALUE" and "--name=VALUE" are the same.  The operands are left in
 * argv[1] to argv[*argc - 1], argv[*argc] is NULL.  Prints --help and --version and says what is wrong.
 */
int cli_options(
    struct cli *cli, const struct option_spec *specs, size_t count, int *argc, char **argv);
/*
 * For a command with a reader of its own: is argv[*at] one of --hosts, --config, --help,
 * --version?  Takes it with its value and moves *at behind.  False: not one of these.  *status is
 * CLI_GO_ON or the exit status.
 */
bool cli_common_option(struct cli *cli, int argc, char **argv, int *at, int *status);

/*
 * Reads the common options before a command's name; *at is where the first argument stands that is none.
 * CLI_GO_ON or an exit status.
 */
int cli_leading_options(struct cli *cli, int argc, char **argv, int *at);

/* ---- saying ---- */

/* "sallyport: what: why", one line, and a "hint: " line, cleaned, on standard error. */
void cli_error(const struct err *err);
/* cli_error() and the exit status that goes with the kind of error. */
int cli_fail(const struct err *err);
/* Says what is wrong with the command line and where help is; returns the command's usage_status. */
int cli_usage(const struct cli *cli, const char *fmt, ...) SP_PRINTF(2, 3);
/* One cleaned line on standard error. */
void cli_warn(const struct cli *cli, const char *text);
/* The same with "sallyport: " before it, when -v was given at least so often. */
void cli_verbose(const struct cli *cli, int level, const char *fmt, ...) SP_PRINTF(3, 4);
/* Writes all of text to standard output; an exit status: EXIT_OK, or EXIT_FAILED after saying why. */
int cli_print(const struct str *text);
/* May escape codes be sent to this descriptor: a terminal, and NO_COLOR (no-color.org) not set? */
bool cli_colour(int fd);

/* There is no hosts file yet, or no host in it: says so, and how to get one. */
void cli_no_hosts(const struct host_list *list, struct err *err);
/* Of a name that somebody gave, with the host of the list that may be meant; always false. */
bool cli_no_such_host(const struct host_list *list, const char *name, struct err *err);
/* Finds and reads the hosts file.  Warnings go to standard error with -v. */
bool cli_load_hosts(const struct cli *cli, struct host_list *list, struct err *err);

/*
 * What a host needs before it is connected to: the hosts on the way, which host_chain_done() frees, and the
 * tokens of all of them replaced.
 */
bool cli_complete_host(
    const struct host_list *list, struct host *host, struct host_chain *jumps, struct err *err);

/* ---- the commands, one file each ---- */

extern const struct cmd cmd_check;
extern const struct cmd cmd_connect;
extern const struct cmd cmd_list;
extern const struct cmd cmd_show;
extern const struct cmd cmd_trust;

#endif
