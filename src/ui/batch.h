/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are checked together, by one child after another: usually one, more when a child dies.
 * Then those that it was at are suspects, and are tried in ever smaller groups until one alone
 * kills its child.  Each death makes a group smaller or ends one, so there is an end to it.
 * Knows neither children nor the screen.
 */
#ifndef UI_BATCH_H
#define UI_BATCH_H

#include "entry.h"

struct group {
	struct group *next;
	size_t len;
	struct entry *items[];
};

struct batch {
	struct batch *next; /* in the menu's list */
	enum depth depth;
	bool automatic; /* started by the cursor, not asked for */
	struct job *job; /* the child that is at the first group */
	struct group *groups;
	size_t total, done;
	size_t signs[SIGN_COUNT]; /* of those that are done */
	size_t incomplete; /* of those that are done: not looked at to the end */
	unsigned
	    blamed; /* hosts in a row that killed their child, and none in between was checked */
};

/* Every entry's checker is the batch from now on, until it is done or taken out. */
struct batch *batch_new(struct entry *const *entries, size_t count, enum depth depth);
/* Entries that are not done are nobody's then. */
void batch_free(struct batch *batch);
/* The entry is done, or is taken out. */
void batch_drop(struct batch *batch, struct entry *entry);
/* Entries of the first group that are not done. */
size_t batch_left(const struct batch *batch);
/* The first group is done with. */
void batch_next(struct batch *batch);
/* The child died.  Returns the entry that it died of, which is still in the batch; NULL: not known yet. */
struct entry *batch_died(struct batch *batch);

#endif
