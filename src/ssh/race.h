/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy Eyeballs (RFC 8305): connects to several addresses, 250 ms apart or as soon as
 * one fails, families taking turns; the first to connect wins and the others are closed
 * before they send a byte.
 */
#ifndef SSH_RACE_H
#define SSH_RACE_H

#include "ssh/resolve.h"

struct loop_watch;
struct race;

/* What became of an address, in the order of trying. */
struct race_entry {
	struct address address;
	bool tried; /* false: the race was over before its turn */
	bool won;
	int errnum; /* why it failed; ETIMEDOUT also for our own time-out; 0: won, or given up for the winner */
	double ms; /* from its start to its end */
};

/*
 * fd: the connected socket, non-blocking, close-on-exec, and what watches it (the owner's now, who hands it on and
 * sets it, or cancels it; NULL: nothing does); or -1, and errnum is the most telling error: what this machine lacks first, then a
 * refusal, a reset, a time-out, no route.  entries are borrowed until race_cancel().
 */
typedef void race_done(void *ctx, int fd, struct loop_watch *watch, int errnum,
    const struct race_entry *entries, size_t count);

/*
 * Starts a race of at least one address (copied).  bind_address: an address of this
 * machine to come from, or NULL.  timeout_ms is for the race as a whole; 0: the system's.  done is called once, never before this
 * returns.
 */
struct race *race_start(struct loop *loop, const struct address *addresses, size_t count,
    const char *bind_address, double timeout_ms, race_done *done, void *ctx);
/* Ends it, frees; done is not called any more.  To be called in any case, also after done or from it.  NULL is fine. */
void race_cancel(struct race *race);

#endif
