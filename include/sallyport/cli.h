/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one file and one record per sub-command.  Everything but the
 * menu, which main starts when cli_main() says that none of its commands was meant.
 */
#ifndef SALLYPORT_CLI_H
#define SALLYPORT_CLI_H

#include <stdbool.h>

/* What the menu needs to know, when it is the menu that was asked for. */
struct menu_request {
	const char *hosts_file; /* --hosts, NULL: default; borrowed from argv */
	const char *config_file; /* --config */
	const char *query; /* NULL: none */
	bool exit_after; /* --exit */
};

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130, EXIT_SSH = 255 };

/*
 * Runs a command and returns its exit status, or returns -1 with menu filled in when the
 * menu is wanted.
 */
int cli_main(int argc, char **argv, struct menu_request *menu);

#endif
