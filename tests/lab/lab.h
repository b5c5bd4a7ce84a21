/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the small servers of the lab share: loopback listeners on ports that
 * the kernel chooses, and knowing when to end.  For tests and the demo only.
 */
#ifndef SALLYPORT_LAB_H
#define SALLYPORT_LAB_H

#include <stdbool.h>
#include <stddef.h>

/* Prints "program: what: errno" and exits with 1. */
_Noreturn void lab_die(const char *what);

/* A socket bound to a free port of 127.0.0.1 (of LAB_ADDRESS in a network namespace, see netns.sh), listening
 * when asked; *port is set. */
int lab_bind(bool is_listening, unsigned *port);

/* Prints "name port" on standard output, for the script that started us. */
void lab_announce(const char *name, unsigned port);

/* Ends the list of announcements: closes standard output. */
void lab_announced(void);

/* Fills two descriptors to poll for reading, -1 where there is none: when either is ready it is
 * time to end.  One is standard input if that is a pipe (its other end was closed), the other the
 * process named by LAB_WATCH_PID in the environment (it died). */
void lab_watch(int fds[2]);

#endif
