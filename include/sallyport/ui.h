/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The menu: a curses screen over a hosts file.  Reaches servers only through jobs,
 * which run what a user could run from the shell.
 */
#ifndef SALLYPORT_UI_H
#define SALLYPORT_UI_H

#include <stdbool.h>

struct ui_options {
	const char *program; /* path of this program, for its children */
	const char *hosts_file; /* NULL: the default */
	const char *config_file; /* NULL: the default */
	const char *query; /* first filter; the exact name of a host connects at once */
	bool exit_after; /* leave after a session */
};

/* Runs the menu to its end; returns an exit status, having said on standard error why when it is not 0. */
int ui_run(const struct ui_options *options);

#endif
