/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of SOCKS, as far as ssh -D speaks it: CONNECT of version 4, of 4a (a name instead of an address)
 * and of 5 without a login (RFC 1928).  A pure parser: bytes in, the target and the bytes to answer out.
 */
#ifndef SSH_SOCKS_H
#define SSH_SOCKS_H

#include "sallyport/util.h"

enum socks_step {
	SOCKS_MORE, /* the request goes on */
	SOCKS_TARGET, /* host and port say where to */
	SOCKS_BROKEN, /* not SOCKS, or a kind that we have not: answer what there is, and close */
};

struct socks {
	int version; /* 4, 5, or 0: nothing came yet */
	bool greeted; /* version 5: both sides know that there is no login */
	char *host; /* a name or an address; NULL until SOCKS_TARGET */
	long port;
};

/* No request is longer: who sent so much and is not done never will be. */
enum { SOCKS_REQUEST_MAX = 1024 };

void socks_done(struct socks *socks);
/*
 * Looks at all bytes that came and were not used yet, and says in used how many are now.  What is to be sent back
 * is appended to reply.  Not to be called again after SOCKS_TARGET or SOCKS_BROKEN; bytes that are left are the
 * connection's.
 */
enum socks_step socks_take(
    struct socks *socks, const void *data, size_t len, size_t *used, struct str *reply);
/* Appends the last answer: the connection to the target is there, or there is none. */
void socks_answer(const struct socks *socks, bool connected, struct str *reply);

#endif
