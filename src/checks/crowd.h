/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections of a run there are to each address and port.  sshd drops new ones
 * when too many have not logged in (MaxStartups), and ours never log in.
 */
#ifndef SALLYPORT_CHECKS_CROWD_H
#define SALLYPORT_CHECKS_CROWD_H

#include <stdbool.h>
#include <stddef.h>

enum { CROWD_MAX = 4 };

struct crowd_place {
	char *key; /* "192.0.2.1 22" */
	unsigned hash, count;
};

struct crowd {
	struct crowd_place *places;
	size_t len, cap;
};

/* Takes a place; false when all are taken. */
bool crowd_enter(struct crowd *crowd, const char *key);
void crowd_leave(struct crowd *crowd, const char *key);
void crowd_done(struct crowd *crowd);

#endif
