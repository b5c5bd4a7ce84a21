/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>

static void push(struct batch *batch, struct entry *const *items, size_t len)
{
	struct group *group = mem_zalloc(1, sizeof *group + len * sizeof(struct entry *));

	group->len = len;
	for (size_t i = 0; i < len; i++)
		group->items[i] = items[i];
	group->next = batch->groups;
	batch->groups = group;
}

struct batch *batch_new(struct entry *const *entries, size_t count, enum depth depth)
{
	struct batch *batch = mem_zalloc(1, sizeof *batch);

	batch->depth = depth;
	batch->total = count;
	for (size_t i = 0; i < count; i++)
		entries[i]->checker = batch;
	push(batch, entries, count);
	return batch;
}

void batch_drop(struct batch *batch, struct entry *entry)
{
	if (entry->checker != batch)
		return;
	entry_abort(entry);
	batch->done++;
}

void batch_next(struct batch *batch)
{
	struct group *group = batch->groups;

	batch->groups = group->next;
	free(group);
}

void batch_free(struct batch *batch)
{
	for (; batch->groups != NULL; batch_next(batch))
		for (size_t i = 0; i < batch->groups->len; i++)
			batch_drop(batch, batch->groups->items[i]);
	free(batch);
}

size_t batch_left(const struct batch *batch)
{
	size_t left = 0;

	for (size_t i = 0; i < batch->groups->len; i++)
		left += batch->groups->items[i]->checker == batch;
	return left;
}

/* Collects the entries that are left of a group, suspects or others. */
static size_t collect(
    struct batch *batch, const struct group *group, bool suspects, struct entry **to)
{
	size_t len = 0;

	for (size_t i = 0; i < group->len; i++) {
		struct entry *entry = group->items[i];

		if (entry->checker == batch && (entry->running != DEPTH_NONE) == suspects)
			to[len++] = entry;
	}
	return len;
}

struct entry *batch_died(struct batch *batch)
{
	struct group *group = batch->groups;
	struct entry **left = mem_zalloc(group->len + 1, sizeof *left), *culprit = NULL;
	size_t suspects = collect(batch, group, true, left);
	size_t len = suspects + collect(batch, group, false, left + suspects);
	size_t cut = suspects > 0 && suspects < len ? suspects : len / 2;

	for (size_t i = 0; i < suspects; i++)
		left[i]->running = DEPTH_NONE;
	batch_next(batch);
	if (len == 1)
		culprit = left[0];
	if (len > 1) {
		push(batch, left + cut, len - cut);
		push(batch, left, cut);
	}
	free(left);
	return culprit;
}
