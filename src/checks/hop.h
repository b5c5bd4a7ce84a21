/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hops that a run logs in on.  They are a tree: hosts behind the same hops share them, so that each is logged in
 * on once, and what it refuses is not asked again.  A hop is told as jump.N to all hosts behind it.
 * Channels through a hop are opened one after the other, because libssh2 opens one at a time and
 * who waits would take the time of a dead address for that of his own.  Private to the runner's files.
 */
#ifndef SALLYPORT_CHECKS_HOP_H
#define SALLYPORT_CHECKS_HOP_H

#include <stdbool.h>
#include <stddef.h>

struct checks;
struct conn;
struct hop;
struct host;
struct result;
struct server;

/* In the queue at a hop. */
struct hop_wait {
	struct hop_wait *next;
	struct server *server; /* who waits: a server, */
	struct hop *hop; /* or the next hop */
};

/* The hop behind another one (NULL: the first) that this host is; host is borrowed for the run. */
struct hop *hop_get(struct checks *run, const struct host *host, struct hop *before);
/* One more server needs it, and one less: without any it hangs up. */
void hop_use(struct hop *hop);
void hop_release(struct hop *hop);
/*
 * May the server connect through its hop now?  False: it has given its place away and is called when its turn comes;
 * or the way is gone, all its hosts were told, and it went on.
 */
bool hop_enter(struct server *server);
/* The server has its channel, or no connection any more: the next one's turn. */
void hop_leave(struct server *server);
/* For all that goes through it. */
struct conn *hop_conn(const struct hop *hop);
/* What it took to get there, from the first hop on. */
double hop_spent_ms(const struct hop *hop);
/*
 * A jump host that is checked itself in this run: its check comes first, and what fails there is not tried again for a
 * login.  A result of a server's connection, and the end of the last one.
 */
void hops_hear(const struct server *server, const struct result *result);
void hops_go_on(const struct server *server);
/* Hangs up on all, telling nobody. */
void hops_drop(struct checks *run);
void hops_done(struct checks *run);

#endif
