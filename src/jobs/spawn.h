/* SPDX-License-Identifier: Apache-2.0 */
/* Fork and exec by hand, as a shell does it: its own process group, the terminal if wanted, clean signals and descriptors. */
#ifndef JOBS_SPAWN_H
#define JOBS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct err;

/* The descriptor that a child finds its report pipe on. */
enum { SPAWN_REPORT_FD = 3 };

struct spawn {
	const char *program;
	char *const *argv; /* whole, NULL-terminated */
	int in, out, err; /* for descriptors 0, 1 and 2; -1: the parent's own */
	int report; /* for SPAWN_REPORT_FD; -1: none */
	int tty; /* the terminal whose foreground group the child becomes; -1: a background child */
};

/* Returns the child's id once the program runs, or -1 with err. */
pid_t spawn_start(const struct spawn *spawn, struct err *err);
/* Makes a process group the terminal's foreground group, also when we are in the background. */
bool spawn_front(int tty, pid_t group);

#endif
