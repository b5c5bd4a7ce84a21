/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of the menu: a host and what its checks have found.  A run
 * of checks replaces findings one by one as they come, so the panel is live and never empty.
 */
#ifndef UI_ENTRY_H
#define UI_ENTRY_H

#include "sallyport/report.h"

#include "sign.h"

struct batch;
struct host;
struct job;

struct finding {
	struct result *result;
	enum depth depth; /* the least deep run that finds it */
	unsigned run;
	double at_ms; /* when, on the loop's clock */
};

struct entry {
	struct host *host; /* borrowed */
	struct finding *findings; /* in the order in which they first came */
	size_t count;
	unsigned run; /* number of the latest run */
	enum sign sign; /* of what is found: entry_sign() */
	enum depth running; /* DEPTH_NONE: no run is under way */
	struct batch *checker; /* who checks it, now or later; NULL: nobody */
	struct job *session; /* NULL: none */
	bool stopped; /* the session is */
	bool opened; /* the session's shell was open */
	enum depth mending; /* it is no session but "check --fix", to this depth */
	double opened_ms; /* since when */
	double used_at; /* seconds since 1970; 0: never */
	long uses;
};

/* host: borrowed */
void entry_init(struct entry *entry, struct host *host);
void entry_done(struct entry *entry);
/* A new run begins; what it finds replaces what is there, by id. */
void entry_begin(struct entry *entry, enum depth depth);
/* Takes the result. */
void entry_add(struct entry *entry, struct result *result, double now_ms);
/* Is there a finding with this id? */
bool entry_has(const struct entry *entry, const char *id);
/*
 * The run could not look this time: what was found before stays, as old as it is.  False: there is nothing but a skip.
 */
bool entry_keep(struct entry *entry, const char *id);
/* The network was not looked at at all, so far. */
bool entry_postponed(const struct entry *entry);
/* The run killed its checker: a finding that stays until a run as deep gets to its end.  Ends the run. */
void entry_crashed(struct entry *entry, int signum, double now_ms);
/*
 * The run is over: findings from depth on that it could have made again and did not are dropped.
 * A session looks at the network and what is behind it (DEPTH_REACH), a check at everything.
 */
void entry_finish(struct entry *entry, enum depth from);
/* It is from an earlier run, and the one that is under way on the network may find it anew. */
bool entry_awaits(const struct entry *entry, const struct finding *finding);
/* The run ended early: what was found stays, old and new. */
void entry_abort(struct entry *entry);

/* The worst of the findings; VERDICT_SKIP when there is none. */
enum verdict entry_verdict(const struct entry *entry);
/* As much as that says: a pass is only who was asked about the login, too. */
enum sign entry_sign(const struct entry *entry);
/* How deep a run has to go that finds anew what can be mended; DEPTH_NONE: nothing can. */
enum depth entry_fixable(const struct entry *entry);
/* The deepest run that something is left of. */
enum depth entry_depth(const struct entry *entry);
/* Whole minutes since the oldest finding from the deepest run; -1 when there is none. */
long entry_age_minutes(const struct entry *entry, double now_ms);

#endif
