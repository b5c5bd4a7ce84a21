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

static bool is_same(const struct result *a, const struct result *b)
{
	return a->verdict == b->verdict && a->fixable == b->fixable && str_eq(a->id, b->id) &&
	    is_same_text(a->summary, b->summary) && is_same_text(a->hint, b->hint);
}

static struct result *copy(const struct result *result)
{
	struct result *made = result_new(result->id, result->verdict);

	result_summary(made, "%s", result->summary);
	if (result->hint != NULL)
		result_hint(made, "%s", result->hint);
	made->fixable = result->fixable;
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
