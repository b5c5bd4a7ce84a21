/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of connect: ssh(1)'s flags, their values and where they may stand.
 * Parsing only; what the settings mean is in ssh_option.h.
 */
#ifndef SALLYPORT_CLI_CONNECT_ARGS_H
#define SALLYPORT_CLI_CONNECT_ARGS_H

#include "sallyport/util.h"

struct cli;

/* A setting in ssh_config(5)'s words; texts are borrowed from argv or constant. */
struct setting {
	const char *keyword; /* NULL: value is "KEYWORD=VALUE" (-o) */
	const char *value;
	bool overrides; /* wins over what came before it, too: most flags of ssh */
};

struct connect_args {
	struct setting *settings; /* in order: the first of a keyword wins */
	size_t count;
	size_t before_dest; /* how many of them win over what the destination says */
	const char *dest;
	char *command; /* the words joined with blanks; NULL: none */
	char *stdio_host; /* -W; NULL: none */
	long stdio_port;
	int ttys; /* how often -t was given */
	int verbosity; /* -v */
	bool no_command, subsystem;
	bool print; /* -G */
	bool stages;
	const char *log_file; /* -E, NULL: none */
	int report_fd; /* -1: none */
	struct strlist warnings; /* to be said in any case, a sentence each */
	struct strlist ignored; /* what was given and has no effect: a sentence each, for -v */
};

/*
 * Returns CLI_GO_ON, or the exit status after --help, --version or a message about what is wrong.
 */
int connect_args_parse(struct cli *cli, struct connect_args *args, int argc, char **argv);
/* The texts are borrowed; keyword NULL: value is "KEYWORD=VALUE". */
void connect_add_setting(
    struct connect_args *args, const char *keyword, const char *value, bool overrides);
void connect_args_done(struct connect_args *args);

#endif
