/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preflight: what would go wrong with a host, and what to do about it.  One table of
 * checks, one file each, and a runner that works on many hosts at once and tells
 * each result as it comes.  Never writes known_hosts, never signs, never asks.
 */
#ifndef SALLYPORT_CHECKS_H
#define SALLYPORT_CHECKS_H

#include "sallyport/report.h"

struct host;
struct host_list;
struct loop;

struct check_job;
struct fixes;

/*
 * One check.  start is given for checks that look at this machine only; the results
 * of the others are the stages of a connection (sallyport/ssh.h) with the same id.
 */
struct check {
	const char *id;
	const char *title; /* N_(), for the panel */
	const char *why; /* N_(), one sentence for the manual */
	const char *fix; /* N_(), what a fix does; NULL: nothing to fix */
	/* Appends what would mend a result that says it is fixable; NULL where fix is. */
	void (*find_fixes)(
	    struct fixes *fixes, const struct host *host, const struct result *result);
	/* The check that has to go well first: where it failed, this one is skipped and says so.  NULL: none. */
	const char *needs;
	enum depth depth;
	/*
	 * Looks, and tells one result with check_tell() or check_skip() as the last thing: at once, or later where
	 * there is a cancel, which ends it without a result.
	 */
	void (*start)(struct check_job *job);
	void (*cancel)(struct check_job *job);
};
/* The table in the order of the panel. */
const struct check *const *checks_table(size_t *count);
const struct check *check_find(const char *id);

/* ---- fixes: changes that are made only when somebody agreed to them ---- */

struct fix;
struct fixes {
	struct fix **items;
	size_t len;
};
/* What would mend the host's results, as things stand now; appended. */
void fixes_find(struct fixes *fixes, const struct host *host, const struct host_report *report);
void fixes_done(struct fixes *fixes);
/* The change, to go on with "Do it?"; not cleaned. */
const char *fix_what(const struct fix *fix);
/* What to think of before, lines of text that are not cleaned; NULL: nothing. */
const char *fix_about(const struct fix *fix);
/* What has to be typed to agree; NULL: a yes will do. */
const char *fix_word(const struct fix *fix);
/* Makes the change, or none at all.  What is no longer as it was seen is not changed: false with err. */
bool fix_apply(const struct fix *fix, struct err *err);

/* ---- running ---- */

struct checks_owner {
	void (*result)(void *ctx, const struct host *host, const struct result *result);
	/* A host ended; the report is borrowed. */
	void (*host_done)(void *ctx, const struct host *host, const struct host_report *report);
	void (*done)(void *ctx);
	/* Did somebody ask for this very host?  Then it is not held back to spare its server.  NULL: for none. */
	bool (*is_named)(void *ctx, const struct host *host);
	/*
	 * What is remembered of servers ("192.0.2.1 22") from run to run; each may be NULL.  may_call: shall this one be
	 * called now?  Else *why is a sentence, which the runner frees.  called: it was, by a connection that has ended, and
	 * unfinished is 1 when it ended without a login.  unfinished: how many of these it may still hold against us.
	 */
	bool (*may_call)(void *ctx, const char *server, char **why);
	void (*called)(void *ctx, const char *server, double unfinished);
	double (*unfinished)(void *ctx, const char *server);
};

struct checks_options {
	enum depth depth;
	double connect_timeout_ms; /* 3000 */
	double host_timeout_ms; /* 10000 */
	unsigned jobs; /* connections at once */
	/*
	 * Log in on jump hosts to check what is behind them: with known host keys, with the agent and keys that are not
	 * locked, asking nobody.  Without, only the first hop is looked at, as jump.1, to its banner.
	 */
	bool through_jumps;
	const char
	    *how_through; /* what to do for that, where it is missing: "press c"; NULL: not said */
};

struct checks;
/*
 * hosts and list are borrowed until done or cancel.  All is told from the loop's tasks, first the local checks of
 * a host, then its connection's.  Hosts of one server (the same hostname and port) share one connection:
 * its net.* and ssh.* results go to all of them, and each other login (user, keys) gets a
 * connection of its own, one after another.  Other names of the same address and port share what does not depend on
 * the name: the connection and the banner.  Who refuses is not called again, and nobody is called so often that he
 * would refuse (checks/peers.h).  A check that cannot run is told as a skip with the reason, and with a detail
 * "postponed" where another time may do.  A report's results are in the order of the table.
 */
struct checks *checks_start(struct loop *loop, const struct host_list *list,
    struct host *const *hosts, size_t count, const struct checks_options *options,
    const struct checks_owner *owner, void *ctx);
/* Ends it soon: what did not run is told as "interrupted", then done() as always. */
void checks_stop(struct checks *checks);
/*
 * Stops at once, telling nothing more.  Frees; also to be called after done(), but not from
 * result() or host_done().  NULL is fine.
 */
void checks_cancel(struct checks *checks);

#endif
