/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

/* FNV-1a */
static uint32_t add_hash(uint32_t hash, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

static struct result **slot_of(struct pool *pool, const struct result *result)
{
	uint32_t hash = add_hash(add_hash(2166136261u, result->id), result->summary);

	return &pool->slots[(hash ^ hash >> 16) % POOL_SIZE];
}

static bool is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : str_eq(a, b);
}

/* That a check was left undone, and for whom: result_is_left(). */
static const char *const kept_details[] = { "postponed", "needs" };

static bool has_same_details(const struct result *a, const struct result *b)
{
	for (size_t i = 0; i < ARRAY_LEN(kept_details); i++)
		if (!is_same_text(result_detail_get(a, kept_details[i]),
			result_detail_get(b, kept_details[i])))
			return false;
	return true;
}

static bool is_same(const struct result *a, const struct result *b)
{
	return a->verdict == b->verdict && a->fixable == b->fixable && str_eq(a->id, b->id) &&
	    is_same_text(a->summary, b->summary) && is_same_text(a->hint, b->hint) &&
	    has_same_details(a, b);
}

static struct result *copy(const struct result *result)
{
	struct result *made = result_new(result->id, result->verdict);

	result_summary(made, "%s", result->summary);
	if (result->hint != NULL)
		result_hint(made, "%s", result->hint);
	made->fixable = result->fixable;
	for (size_t i = 0; i < ARRAY_LEN(kept_details); i++)
		if (result_detail_get(result, kept_details[i]))
			result_detail(made, kept_details[i], "%s",
			    result_detail_get(result, kept_details[i]));
	return made;
}

struct result *pool_get(struct pool *pool, const struct result *result)
{
	struct result **slot = slot_of(pool, result);

	if (*slot == NULL || !is_same(*slot, result)) {
		result_free(*slot);
		*slot = copy(result);
	}
	return result_share(*slot);
}

void pool_done(struct pool *pool)
{
	for (size_t i = 0; i < POOL_SIZE; i++)
		result_free(pool->slots[i]);
}
