/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

const char *depth_name(enum depth depth)
{
	static const char *const names[] = { "", "local", "reach", "auth" };

	return names[depth];
}

void entry_done(struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		result_free(entry->findings[i].result);
	free(entry->findings);
	memset(entry, 0, sizeof *entry);
}

void entry_begin(struct entry *entry, enum depth depth)
{
	entry->run++;
	entry->running = depth;
}

static struct finding *slot_for(struct entry *entry, const char *id)
{
	for (size_t i = 0; i < entry->count; i++)
		if (str_eq(entry->findings[i].result->id, id))
			return &entry->findings[i];
	entry->findings = mem_realloc(entry->findings, entry->count + 1, sizeof *entry->findings);
	struct finding *slot = &entry->findings[entry->count++];
	slot->result = NULL;
	return slot;
}

void entry_add(struct entry *entry, struct result *result, double now_ms)
{
	struct finding *slot = slot_for(entry, result->id);

	if (slot->result != NULL)
		result_free(slot->result);
	*slot = (struct finding){ result, entry->running, entry->run, now_ms };
}

/* The run went at least as deep and did not find it again. */
static bool is_outdated(const struct entry *entry, const struct finding *finding)
{
	return finding->run != entry->run && finding->depth <= entry->running;
}

void entry_finish(struct entry *entry, bool complete)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry->count; i++) {
		if (complete && is_outdated(entry, &entry->findings[i]))
			result_free(entry->findings[i].result);
		else
			entry->findings[kept++] = entry->findings[i];
	}
	entry->count = kept;
	entry->running = DEPTH_NONE;
	entry->checker = NULL;
}

enum verdict entry_verdict(const struct entry *entry)
{
	enum verdict worst = VERDICT_SKIP;

	for (size_t i = 0; i < entry->count; i++)
		worst = verdict_worse(worst, entry->findings[i].result->verdict);
	return worst;
}

enum depth entry_depth(const struct entry *entry)
{
	enum depth deepest = DEPTH_NONE;

	for (size_t i = 0; i < entry->count; i++)
		if (entry->findings[i].depth > deepest)
			deepest = entry->findings[i].depth;
	return deepest;
}

long entry_age_minutes(const struct entry *entry, double now_ms)
{
	enum depth deepest = entry_depth(entry);
	double oldest = now_ms;

	if (deepest == DEPTH_NONE)
		return -1;
	for (size_t i = 0; i < entry->count; i++)
		if (entry->findings[i].depth == deepest && entry->findings[i].at_ms < oldest)
			oldest = entry->findings[i].at_ms;
	return (long)((now_ms - oldest) / 60000);
}
