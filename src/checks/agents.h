/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agents of a run's hosts.  Each is asked for its keys once, however many hosts use it, and whoever
 * wants them waits for the one answer.  Private to checks.
 */
#ifndef SALLYPORT_CHECKS_AGENTS_H
#define SALLYPORT_CHECKS_AGENTS_H

#include "sallyport/keys.h"

struct loop;

/* What an agent said. */
struct agent_view {
	struct pubkey *keys; /* in its order */
	size_t count;
	struct err why; /* ERR_NONE: it answered */
	bool none; /* there is none to ask, as why says */
};

/* False also when the key is not known. */
bool agent_view_has(const struct agent_view *view, const struct pubkey *pub);

/* Somebody who waits. */
struct agent_wait {
	void (*done)(void *ctx, const struct agent_view *view);
	void *ctx;
	struct agent_wait *next;
};

struct agents {
	struct loop *loop;
	double timeout_ms; /* for a whole answer */
	struct asked_agent **items;
	size_t len;
};

/*
 * path as IdentityAgent (ssh_config(5)).  The answer, borrowed until agents_done(), when it is known already; else NULL, and
 * done is called once, from the loop, unless agents_forget() comes first.
 */
const struct agent_view *agents_ask(
    struct agents *agents, const char *path, struct agent_wait *wait);
/* Waits no longer; nothing when it does not. */
void agents_forget(struct agents *agents, struct agent_wait *wait);
void agents_done(struct agents *agents);

#endif
