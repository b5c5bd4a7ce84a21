/* SPDX-License-Identifier: Apache-2.0 */
/* A literal destination taken apart.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_DEST_H
#define SALLYPORT_HOSTS_DEST_H

#include "sallyport/hosts.h"

struct dest {
	char *user; /* NULL: not given */
	char *hostname; /* without brackets */
	long port; /* 0: not given */
};

/*
 * [user@]host[:port], [user@][v6]:port, [user@]v6, or ssh://[user@]host[:port][/] (RFC 3986 with the parts that
 * ssh(1) takes).  The user may hold "@": the last one counts, as in ssh.c.  Validity of host and user included.
 * On failure nothing is to be freed.
 */
bool dest_parse(const char *text, struct dest *dest, struct err *err);
void dest_done(struct dest *dest);
/* Is it a host's name or address alone, and no link, user or port with it?  Else err says which part of it is. */
bool dest_is_alone(const char *hostname, struct err *err);

#endif
