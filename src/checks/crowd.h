/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many connections of a run there are to each address and port, and who waits for one to end.
 * One at a time: sshd drops new ones when too many have not logged in (MaxStartups), and ours never log in.
 */
#ifndef SALLYPORT_CHECKS_CROWD_H
#define SALLYPORT_CHECKS_CROWD_H

#include <stdbool.h>

enum { CROWD_MAX = 1, CROWD_BUCKETS = 1024 };

struct crowd_place;

/* Whoever wants a place; zeroed at first. */
struct crowd_guest {
	struct crowd_place *place; /* that it has, or waits for; NULL: neither */
	struct crowd_guest *next; /* in the line of those who wait for the same place */
	bool waits;
};

struct crowd {
	struct crowd_place *buckets[CROWD_BUCKETS];
};

/*
 * Takes a place at key ("192.0.2.1 22"), for a guest that has none; false: all are taken, and the guest stands in line
 * now.  A guest that has one at this key already keeps it; one that has another has to leave that first.
 */
bool crowd_enter(struct crowd *crowd, struct crowd_guest *guest, const char *key);
/* Has it a place at this key? */
bool crowd_is_in(const struct crowd_guest *guest, const char *key);
/*
 * Gives the place of a guest to the one who waits longest, which is returned: it has the place now.  NULL: nobody waits, or
 * the guest has none.
 */
struct crowd_guest *crowd_leave(struct crowd *crowd, struct crowd_guest *guest);
/* Frees; the guests are forgotten. */
void crowd_done(struct crowd *crowd);

#endif
