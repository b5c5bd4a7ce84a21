/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the server still there?  After each interval in which nothing came from it, it is asked
 * for a sign of life (ServerAliveInterval of ssh_config(5)); any byte is one.  A server that is
 * silent for interval x count (ServerAliveCountMax) is given up.  The clock is the rule's argument: it reads
 * none itself.
 */
#ifndef SSH_ALIVE_H
#define SSH_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

struct conn;
struct loop_timer;

/* ---- the rule ---- */

struct alive_clock {
	double now_ms; /* monotonic: stands still while the machine is suspended */
	double suspended_ms; /* how long it was, in all */
};

struct alive_rule {
	double interval_ms;
	long count;
	double ask_at, dead_at;
	double suspended_ms;
	uint64_t heard; /* bytes that had come by the last look */
};

enum alive_verdict { ALIVE_WELL, ALIVE_ASK, ALIVE_DEAD };

/* interval_ms must not be 0. */
void alive_rule_init(struct alive_rule *rule, double interval_ms, long count,
    const struct alive_clock *clock, uint64_t bytes_in);
/*
 * What to do now, with bytes_in bytes come so far.  Who slept (a suspended machine, a stopped
 * process) has heard nothing and knows nothing: the server is asked at once and has one
 * interval to answer.
 */
enum alive_verdict alive_rule_look(
    struct alive_rule *rule, const struct alive_clock *clock, uint64_t bytes_in);
/* When to look again, if not before; milliseconds from now. */
double alive_rule_wait(const struct alive_rule *rule, const struct alive_clock *clock);

/* ---- for an open connection ---- */

struct alive {
	struct alive_rule rule;
	struct loop_timer *timer; /* NULL: nobody wants to know */
	bool asking; /* and no answer yet: libssh2 can open no other channel meanwhile */
};

/* Begins if the host's settings ask for it. */
void alive_start(struct conn *conn);
/* Each turn of the connection, after what came was taken in.  False: given up, conn->why says so. */
bool alive_step(struct conn *conn);
/* Reads what has come and nobody else has read in this turn. */
void alive_listen(struct conn *conn);
void alive_stop(struct conn *conn);

#endif
