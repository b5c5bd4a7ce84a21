/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

#include "entry.h"

typedef int compare_fn(const struct entry *a, const struct entry *b);

/* n2 before n10 */
static int by_name(const struct entry *a, const struct entry *b)
{
	const char *x = a->host->name, *y = b->host->name;

	if (x == NULL || y == NULL)
		return (x == NULL) - (y == NULL);
	return strverscmp(x, y);
}

/* What asks for attention comes first. */
static int by_status(const struct entry *a, const struct entry *b)
{
	return (int)entry_sign(b) - (int)entry_sign(a);
}

/* What was used last comes first. */
static int by_recent(const struct entry *a, const struct entry *b)
{
	return (a->used_at < b->used_at) - (a->used_at > b->used_at);
}

static int by_frequent(const struct entry *a, const struct entry *b)
{
	return (a->uses < b->uses) - (a->uses > b->uses);
}

static const struct {
	const char *name;
	compare_fn *compare; /* NULL: as in the file */
} orders[ORDER_COUNT] = {
	[ORDER_FILE] = { N_("file"), NULL },
	[ORDER_NAME] = { N_("name"), by_name },
	[ORDER_STATUS] = { N_("status"), by_status },
	[ORDER_RECENT] = { N_("last use"), by_recent },
	[ORDER_FREQUENT] = { N_("number of uses"), by_frequent },
};

const char *order_name(enum order order)
{
	return orders[order].name;
}

struct sort {
	compare_fn *compare;
	bool reverse;
};

/* Entries are one array, in the order of the file: that is what settles a draw. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	const struct sort *sort = ctx;
	int result = sort->compare != NULL ? sort->compare(x, y) : 0;

	if (result == 0)
		result = (x > y) - (x < y);
	return sort->reverse ? -result : result;
}

void order_sort(struct entry **entries, size_t len, enum order order, bool reverse)
{
	struct sort sort = { orders[order].compare, reverse };

	if (sort.compare != NULL || reverse)
		qsort_r(entries, len, sizeof *entries, compare, &sort);
}
