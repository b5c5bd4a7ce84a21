/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

enum verdict entry_verdict(const struct entry *entry)
{
	enum verdict worst = VERDICT_SKIP;

	for (size_t i = 0; i < entry->count; i++)
		worst = verdict_worse(worst, entry->findings[i].result->verdict);
	return worst;
}

/* Was one of the checks whose ids begin so made, and not skipped? */
static bool was_looked_at(const struct entry *entry, const char *prefix)
{
	for (size_t i = 0; i < entry->count; i++)
		if (str_starts(entry->findings[i].result->id, prefix) &&
		    entry->findings[i].result->verdict != VERDICT_SKIP)
			return true;
	return false;
}

/* Is a check left for another time, or for a person? */
static bool is_unfinished(const struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		if (result_is_left(entry->findings[i].result))
			return true;
	return false;
}

/* Down to the login, by a check or by a session: one that was ended before that has not got to the last of these. */
static bool was_looked_at_to_the_end(const struct entry *entry)
{
	return was_looked_at(entry, "auth.") &&
	    (entry_has(entry, "auth.publickey") || entry_has(entry, "auth.login")) &&
	    !is_unfinished(entry);
}

static enum sign sign_of(const struct entry *entry)
{
	enum verdict verdict = entry->host->problem != NULL ? VERDICT_FAIL : entry_verdict(entry);

	switch (verdict) {
	case VERDICT_FAIL:
		return SIGN_FAIL;
	case VERDICT_WARN:
		return SIGN_WARN;
	case VERDICT_PASS:
		if (was_looked_at_to_the_end(entry))
			return SIGN_PASS;
		if (was_looked_at(entry, "ssh.banner"))
			return SIGN_REACH;
		break;
	case VERDICT_SKIP:
		break;
	}
	return SIGN_UNKNOWN;
}

void entry_init(struct entry *entry, struct host *host)
{
	*entry = (struct entry){ .host = host };
	entry->sign = sign_of(entry);
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

/* In the order of the checks, whenever they come: what waits for the agent may be late, what is remembered is first. */
static struct finding *slot_for(struct entry *entry, const char *id)
{
	size_t at = entry->count;

	for (size_t i = 0; i < entry->count; i++)
		if (str_eq(entry->findings[i].result->id, id))
			return &entry->findings[i];
	entry->findings = mem_realloc(entry->findings, entry->count + 1, sizeof *entry->findings);
	for (; at > 0 && result_rank(entry->findings[at - 1].result->id) > result_rank(id); at--)
		entry->findings[at] = entry->findings[at - 1];
	entry->count++;
	entry->findings[at].result = NULL;
	return &entry->findings[at];
}

void entry_add(struct entry *entry, struct result *result, double now_ms)
{
	struct finding *slot = slot_for(entry, result->id);

	if (slot->result != NULL)
		result_free(slot->result);
	*slot = (struct finding){ result, result_depth(result->id), entry->run, now_ms };
	entry->sign = sign_of(entry);
}

static struct finding *find(const struct entry *entry, const char *id)
{
	for (size_t i = 0; i < entry->count; i++)
		if (str_eq(entry->findings[i].result->id, id))
			return &entry->findings[i];
	return NULL;
}

bool entry_has(const struct entry *entry, const char *id)
{
	return find(entry, id) != NULL;
}

bool entry_keep(struct entry *entry, const char *id)
{
	struct finding *finding = find(entry, id);

	if (finding == NULL || finding->result->verdict == VERDICT_SKIP)
		return false;
	finding->run = entry->run;
	return true;
}

bool entry_postponed(const struct entry *entry)
{
	return !was_looked_at(entry, "net.") && !was_looked_at(entry, "jump.");
}

void entry_crashed(struct entry *entry, int signum, double now_ms)
{
	struct result *result = result_of_crash(signum);
	struct finding *slot = slot_for(entry, result->id);

	if (slot->result != NULL)
		result_free(slot->result);
	*slot = (struct finding){ result, entry->running, entry->run, now_ms };
	entry->sign = sign_of(entry);
	entry_abort(entry);
}

static bool is_outdated(const struct entry *entry, const struct finding *finding, enum depth from)
{
	return finding->run != entry->run && finding->depth >= from &&
	    finding->depth <= entry->running;
}

bool entry_awaits(const struct entry *entry, const struct finding *finding)
{
	return entry->running > DEPTH_LOCAL && entry->session == NULL &&
	    is_outdated(entry, finding, DEPTH_LOCAL);
}

void entry_finish(struct entry *entry, enum depth from)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry->count; i++) {
		if (is_outdated(entry, &entry->findings[i], from))
			result_free(entry->findings[i].result);
		else
			entry->findings[kept++] = entry->findings[i];
	}
	entry->count = kept;
	entry->sign = sign_of(entry);
	entry_abort(entry);
}

void entry_abort(struct entry *entry)
{
	entry->running = DEPTH_NONE;
	entry->checker = NULL;
}

enum sign entry_sign(const struct entry *entry)
{
	return entry->sign;
}

enum depth entry_fixable(const struct entry *entry)
{
	enum depth deepest = DEPTH_NONE;

	for (size_t i = 0; i < entry->count; i++)
		if (entry->findings[i].result->fixable && entry->findings[i].depth > deepest)
			deepest = entry->findings[i].depth;
	return deepest;
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
