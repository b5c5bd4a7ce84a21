/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a hop, for the files that make it up: hop.c (the tree, and whose turn it is), hop_conn.c (its
 * connection), hop_guest.c (the servers that go through it).
 */
#ifndef SALLYPORT_CHECKS_HOP_INSIDE_H
#define SALLYPORT_CHECKS_HOP_INSIDE_H

#include "checks/run.h"

enum hop_state {
	HOP_NEW,
	HOP_WAITS, /* for its turn */
	HOP_RUNS, /* the connection is made */
	HOP_OPEN,
	HOP_GONE, /* it, or one before it, failed or was lost */
};

struct hop {
	struct checks *run;
	struct hop *before;
	const struct host *host;
	struct planned *login; /* one: which hosts are the same hop */
	size_t number; /* from 1 */
	size_t users; /* servers, and hops behind it */
	enum hop_state state;
	struct conn *conn;
	struct result *result; /* what is known of it */
	char *summary; /* of its login, or of its failure */
	struct hop *broken; /* GONE: the one that failed, by which all behind it are gone */
	char *lost; /* GONE after it was open: why, a sentence */
	const struct server *after; /* WAITS for the end of its own check; NULL: for another hop */
	struct result
	    *refused; /* that check failed by this, and so would the login; NULL: it did not */
	bool needs_person; /* the login does */
	double started, spent_ms;

	struct hop_wait wait; /* at the hop before */
	bool holds; /* ... whose turn we have */
	bool busy; /* somebody opens a channel */
	struct hop_wait *first; /* who waits */
	struct hop_wait **end;
};

/* hop.c */

void hop_queue(struct hop *hop, struct hop_wait *wait);
/* Calls the first in the queue that goes this way; first hops only waited for the login here to be over. */
void hop_call(struct hop *hop);
/* Nobody opens a channel any more: the next one's turn. */
void hop_free_turn(struct hop *hop);
/* Gets there, as soon as the hop before it is open and it is its turn. */
void hop_start(struct hop *hop);

/* hop_conn.c */

void hop_connect(struct hop *hop);
/* Fails by hop->refused, without a connection. */
void hop_refuse(struct hop *hop);
/* It is out of reach, because of this one. */
void hop_gone(struct hop *hop, struct hop *broken);

#endif
