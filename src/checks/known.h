/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an address and port has said that is the same for all of its names, kept so as to be told again.  Ten thousand
 * have answered, and few of them are asked for again: it must not take much.  Private to the runner's files.
 */
#ifndef SALLYPORT_CHECKS_KNOWN_H
#define SALLYPORT_CHECKS_KNOWN_H

#include <stdbool.h>

struct result;
struct server;

/* A result as it was where there is much to it, else what it takes to make it anew. */
struct kept {
	struct result *whole;
	char *summary;
};

struct known {
	struct kept connect, banner;
	char *ident; /* NULL: none was heard */
};

/* Keeps the first result of each kind. */
void known_hear(struct known *known, const struct result *result);
/* Is there a result of net.connect, and is there one of ssh.banner? */
bool known_connect(const struct known *known);
bool known_banner(const struct known *known);
/* The id of the check that failed; NULL: none. */
const char *known_failed(const struct known *known);
/* Tells the server's hosts what is known of "192.0.2.1 22". */
void known_tell_connect(const struct known *known, const char *key, struct server *server);
void known_tell_banner(const struct known *known, struct server *server);
void known_done(struct known *known);

#endif
