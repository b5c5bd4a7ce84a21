/* SPDX-License-Identifier: Apache-2.0 */
/* Happy Eyeballs (RFC 8305): connects to several addresses, 250 ms apart, families taking turns; the first to connect wins and the others are closed before they send a byte. */
#ifndef SSH_RACE_H
#define SSH_RACE_H

#include "resolve.h"

struct race;

/* What became of each address: errnum 0 and tried: it won; not tried at all; else its errno (ETIMEDOUT for our own time-out). */
struct race_entry {
	struct address address;
	bool tried;
	bool won;
	int errnum;
	double ms;
};

/*
 * fd: the connected socket, non-blocking, close-on-exec, TCP_NODELAY (the owner's now), or -1 with
 * errnum (the most telling one: EMFILE, EADDRNOTAVAIL and other errors of this machine first, then the last refusal).
 */
typedef void race_done(
    void *ctx, int fd, int errnum, const struct race_entry *entries, size_t count);

/* bind_address may be NULL. */
struct race *race_start(struct loop *loop, const struct address *addresses, size_t count,
    const char *bind_address, double timeout_ms, race_done *done, void *ctx);
void race_cancel(struct race *race);

#endif
