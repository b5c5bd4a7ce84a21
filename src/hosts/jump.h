/* SPDX-License-Identifier: Apache-2.0 */
/* The hops of a host's proxy_jump.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_JUMP_H
#define SALLYPORT_HOSTS_JUMP_H

#include "sallyport/hosts.h"

/* A longer way, from first hop to first hop, is taken for a mistake. */
enum { JUMP_CHAIN_MAX = 32 };

/* Appends the hops as written; none when there is no proxy_jump. */
void jump_hops(const struct host *host, struct strlist *hops);
/* The host of the list that a hop names, also as user@name or name:port; NULL: it is an address. */
const struct host *jump_named(const struct host_list *list, const char *hop);
/* The host that a host's first hop is; NULL: no hops, or not in the list. */
const struct host *jump_first(const struct host_list *list, const struct host *host);

#endif
