/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run: its hosts, its servers, and what is left to do.  Private to the runner's files: subject.c (one
 * host's results), server.c (the connections to one server), runner.c (whose turn it is).
 */
#ifndef SALLYPORT_CHECKS_RUN_H
#define SALLYPORT_CHECKS_RUN_H

#include "checks/behind.h"
#include "checks/crowd.h"
#include "checks/hop.h"
#include "checks/internal.h"
#include "checks/peers.h"
#include "sallyport/loop.h"

/* Why checks of a host are not made: a sentence, and a detail for each as in result_is_left(). */
struct undone {
	char *why; /* NULL: no special reason */
	const char *key, *value; /* of the detail; NULL: it is the host's own fault */
};

/* One host that is checked. */
struct subject {
	struct checks *run;
	const struct host *host;
	const struct way *way; /* NULL: it is behind no other host */
	struct host_report report;
	bool usable; /* its settings are valid */
	bool named; /* somebody asked for this very host */
	bool local_done, net_done, ended;
	struct undone rest; /* the checks behind its connection that have no result */
	double busy_ms; /* time spent on it, waiting for a turn not counted */
	struct check_job *jobs; /* local checks that go on */
	bool local_begun;
};

/* One server: its hosts are plan[from] to plan[from + count - 1]; one connection at a time. */
struct server {
	struct crowd_guest guest; /* first: at the address and port that it connects to */
	struct checks *run;
	size_t from, count;
	size_t at, len; /* those who share the running connection's login */
	struct conn *conn;
	double started;
	struct server *next; /* in the queue of those that may begin their connection again */
	size_t lookers; /* hosts behind it that wait to hear of it (behind.h) */
	struct result *front; /* what they will be told */
	struct hop *hop; /* to go through; NULL: reached directly */
	struct hop_wait wait; /* ... for its turn there */
	bool holds; /* ... which it has */
	struct peer *peer; /* that the running connection calls; NULL: none yet */
	bool connected; /* ... and that took the call */
	bool over; /* nothing more is asked of it */
};

struct checks {
	struct loop *loop;
	const struct host_list *list;
	struct checks_options options;
	struct checks_owner owner;
	void *ctx;
	struct loop_task task;
	struct key_cache keys;
	struct agents agents;
	struct subject *subjects;
	size_t count, left;
	size_t next_local;
	struct planned *plan;
	size_t plan_count;
	struct server *servers;
	size_t server_count, next_server;
	size_t running, most; /* servers that connect, and how many of them may at once */
	struct crowd crowd;
	struct peers peers;
	struct ways ways;
	struct hop **hops;
	size_t hop_count;
	struct server *first_again, *last_again; /* gave their turn back, and may have another */
	bool stopping, told_done;
};

/* runner.c */

/* A server that gave its turn back may have another, after those that were here before. */
void run_again(struct checks *run, struct server *server);
/* A server is done with its turn. */
void run_turn_over(struct checks *run);
/*
 * Did a connection fail for what this machine is short of, and others have?  That is not the server's fault, so nothing is told of it:
 * as many as do have enough, so there will be no more than those at once, and it is begun again after them.
 */
bool run_is_short(const struct checks *run, const struct result *result);
/* After the turn of such a connection. */
void run_with_less(struct checks *run);

/* subject.c */

bool subject_has(const struct subject *subject, const char *id);
/* Tells a result and keeps it; takes it. */
void subject_tell(struct subject *subject, struct result *result);
/* Ends a host when both of its halves are done. */
void subject_settle(struct subject *subject);
/* Tells a check that is not made. */
void subject_skip(struct subject *subject, const char *id, const struct undone *undone);
/* No connection, or no more of it: the checks that are missing are skipped for this reason. */
void subject_net_done(struct subject *subject, const char *why);
/* The same where another time may do, and what was found before still counts: how, as in result_is_left(). */
void subject_postpone(struct subject *subject, const char *how, const char *why);
/* The same where a "login" or a "person" would do. */
void subject_needs(struct subject *subject, const char *what, const char *why);
/* Its local checks. */
void subject_local(struct subject *subject);
/* Ends those that go on, telling nothing. */
void subject_local_cancel(struct subject *subject);

/* server.c */

/* Connects for the next login that nobody has answered yet, or gives its turn to another server. */
void server_next(struct server *server);
/* Begins the connection for its login, also again after its turn was given back: now, or when it is its turn at the hop. */
void server_begin(struct server *server);
/* Its hosts, by their place among those of the server. */
struct subject *server_subject(const struct server *server, size_t at);
/* Copies a result of its connection to all whom it concerns and who have not got one. */
void server_share(struct server *server, struct result *result);
/* Is nothing asked for beyond the banner? */
bool server_looks(const struct server *server);
/* Ends at once and says nothing. */
void server_drop(struct server *server);

#endif
