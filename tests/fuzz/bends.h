/* SPDX-License-Identifier: Apache-2.0 */
/* What the records of a hostile server's script do to its messages; see hostile.h. */
#ifndef FUZZ_BENDS_H
#define FUZZ_BENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet;
struct wire;

struct bends {
	const uint8_t *script; /* the records, borrowed */
	size_t size;
	unsigned sent; /* messages so far */
	const uint32_t *channel; /* the client's number of the session */
	bool closes, resets,
	    rekeys; /* to be done by the server, once what is packed is on its way */
};

/* A wire_how's send; ctx: the struct bends. */
void bend(void *ctx, struct wire *wire, struct packet *p);

#endif
