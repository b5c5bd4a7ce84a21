/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts behind jump hosts.  Without a login only the first hop can be looked at, as jump.1: such a host is
 * a looker, in the plan it stands for its first hop, and shares the one connection to it.  Where logins
 * on the hops were asked for, it is a server like any other that is reached through a hop (hop.h).
 * Private to the runner's files.
 */
#ifndef SALLYPORT_CHECKS_BEHIND_H
#define SALLYPORT_CHECKS_BEHIND_H

#include "checks/hop.h"
#include "checks/internal.h"

struct checks;
struct server;
struct subject;
struct undone;

/* Made once for all hosts with the same proxy_jump. */
struct way {
	char *proxy_jump;
	struct host_chain hops; /* first to last, complete */
	struct hop *last; /* NULL: nobody logs in on the way */
};

struct ways {
	struct way **items;
	size_t len, cap;
};

/* Gives a host that is behind others its way; false with err. */
bool behind_plan(struct subject *subject, struct err *err);
void behind_done(struct ways *ways);
/* Whom the subject's connection calls: its host, or its first hop. */
const struct host *behind_called(const struct subject *subject);
/* Does it only look at its first hop? */
bool behind_looks(const struct subject *subject);
/* A result of a connection to the server: what becomes of it for those who only look at their first hop. */
void behind_hear(struct server *server, const struct result *result);
/* Tells the hops that have no result as skipped. */
void behind_skip(struct subject *subject, const struct undone *undone);

#endif
