/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered from one run of the program to the next, in state.json: what the checks of a host found and
 * when, when it was last used and how often, and when each server was last called.  Written by the menu and by
 * check, never by a session.  Nothing depends on it: where it cannot be read or written the program goes on
 * without.  Asks no server and decides nothing but how often one may be called.
 */
#ifndef SALLYPORT_STATE_H
#define SALLYPORT_STATE_H

#include "sallyport/report.h"

struct host;
struct host_list;

/* ---- reading ---- */

struct state;

/*
 * The file as it is now: an empty one when there is none, or when it is damaged or unreadable, and then err, which may be
 * NULL, says why.  Never NULL; waits for nobody.
 */
struct state *state_read(struct err *err);
/* The same from memory. */
struct state *state_parse(const char *text, size_t len, struct err *err);
/* NULL is fine. */
void state_free(struct state *state);

/* A result and when it was found, in seconds since 1970. */
struct state_result {
	struct result *result; /* without duration and details, but for those of result_is_left() */
	double at;
};

/* What is known of one host.  Times are seconds since 1970, 0: never. */
struct state_host {
	char *name;
	char *address; /* that was checked, "user@host:port"; NULL: it never was */
	enum verdict verdict; /* of the last check */
	char *depth; /* of the last check; NULL: none */
	double checked_at, used_at;
	long uses;
	struct state_result
	    *results; /* of the last check, and what earlier ones found further on */
	size_t count;
};

/* The host is valid during the call; a result may be moved out, and NULL left behind. */
typedef void state_host_fn(void *ctx, struct state_host *host);
/*
 * Calls fn for each host of the file.  What was found at another address than a host has now is left out, and
 * hosts that are not in the list are passed over; list NULL: all as they are.
 */
void state_each_host(
    const struct state *state, const struct host_list *list, state_host_fn *fn, void *ctx);

/* Seconds from a time of the file until now: never negative, for clocks can be set back. */
double state_age(double at, double now);
/* Now, in seconds since 1970. */
double state_now(void);

/* ---- writing ---- */

/* What a run has to add.  Owns all of it; what checks have found is kept in a temporary file once it is more than a little. */
struct state_news;

struct state_news *state_news_new(void);
/* NULL is fine. */
void state_news_free(struct state_news *news);
/*
 * What a check has found.  Results that could not be had this time (a detail "postponed" says so; interrupted: every
 * skip) leave those alone that are there from before.
 */
void state_news_checked(struct state_news *news, const struct host *host,
    const struct host_report *report, bool interrupted);
/* A session with the host was begun. */
void state_news_used(struct state_news *news, const struct host *host, double at);
/* A server ("192.0.2.1 22") was called; logins: calls that ended without one, which it may hold against us. */
void state_news_called(struct state_news *news, const char *server, double at, double unfinished);
/*
 * Adds the news, of each host the last check, to the file, under its lock.  list: the hosts that there are, NULL: unknown; what is remembered of others is
 * forgotten after some days.  A damaged file is set aside as state.json.bad.  False with err, which may be NULL: nothing was written.
 */
bool state_write(const struct state_news *news, const struct host_list *list, struct err *err);

/* ---- how often a server may be called ---- */

/* Automatic checks leave a server alone for so long. */
#define STATE_INTERVAL_S 30.0

/* How long ago a server was called; negative: never, as far as is known. */
double state_called_ago(const struct state *state, const char *server, double now);
/*
 * Calls that ended without a login and that a server may still hold against us: OpenSSH forgets one a second (sshd_config(5),
 * PerSourcePenalties).
 */
double state_unfinished(const struct state *state, const char *server, double now);
enum state_call {
	STATE_CALL_NOW, /* and that is written down */
	STATE_CALL_LATER, /* it was called less than STATE_INTERVAL_S ago */
	STATE_CALL_UNKNOWN, /* it cannot be written down, so nobody would know of the call: better none */
};
/*
 * May a check that nobody asked for call a server?  *ago_s is set for STATE_CALL_LATER, err, which may be NULL, for
 * STATE_CALL_UNKNOWN.
 */
enum state_call state_call(const char *server, double *ago_s, struct err *err);

#endif
