/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named misbehaviours of the fault server: what each sends and what it
 * does next.  Everything here goes wrong before the key exchange is done.
 */
#ifndef SALLYPORT_LAB_FAULTD_H
#define SALLYPORT_LAB_FAULTD_H

#include <stddef.h>

/* What follows when the text of a behaviour is sent. */
enum after {
	HOLD, /* keep the connection open and silent */
	CLOSE, /* close in good order */
	RESET, /* close with an RST */
	AGAIN, /* send the text once more, without end */
};

struct behaviour {
	const char *name;
	const char *what;
	const char *text; /* sent first; NULL: nothing, or what make() writes */
	size_t size; /* of text when it holds NUL bytes, else 0 */
	size_t (*make)(char **text); /* allocates, returns the size */
	enum after after;
	size_t wait; /* bytes the client must have sent before ours go out */
	size_t last; /* bytes more that it must have sent before `after` */
	unsigned bps; /* bytes a second; 0: as fast as they go */
};

/* Ends with a behaviour without a name. */
extern const struct behaviour behaviours[];

#endif
