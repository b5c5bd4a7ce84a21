/* SPDX-License-Identifier: Apache-2.0 */
#include "host_list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

void host_list_add(struct host_list *list, struct host *host)
{
	if (!(list->len & (list->len - 1))) /* 0 or a power of two: full */
		list->items =
		    mem_realloc(list->items, list->len ? list->len * 2 : 1, sizeof(struct host *));
	list->items[list->len++] = host;
	host->id = (unsigned)list->len;
}

static int by_name_then_id(const void *a, const void *b)
{
	const struct host *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* Both entries get the sentence, each with the place of the other. */
static void say_duplicate(struct host *host, const struct host *other, const char *file)
{
	if (!host->problem)
		host->problem =
		    mem_printf(_("%s:%d:%d: %s: name: another host at line %d has this name"), file,
			host->line, host->col, host->name, other->line);
}

void host_list_index(struct host_list *list, const char *file)
{
	if (!list->len)
		return;
	free(list->by_name);
	list->by_name = mem_dup(list->items, list->len * sizeof(struct host *));
	qsort(list->by_name, list->len, sizeof(struct host *), by_name_then_id);
	for (size_t i = 1; i < list->len; i++) {
		struct host *one = list->by_name[i - 1], *two = list->by_name[i];

		if (!str_eq(one->name, two->name))
			continue;
		say_duplicate(one, two, file);
		say_duplicate(two, one, file);
	}
}

void hosts_done(struct host_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		host_free(list->items[i]);
	free(list->items);
	free(list->by_name);
	loader_free(list->loader);
	host_free(list->defaults);
	free(list->local_user);
	free(list->path);
	free(list->source);
	strlist_done(&list->warnings);
	free(list->remark);
	*list = (struct host_list){ 0 };
}

struct host *hosts_find(const struct host_list *list, const char *name)
{
	size_t low = 0, high = list->len;

	assert(!list->loader);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(list->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < list->len && str_eq(list->by_name[low]->name, name) ? list->by_name[low]
									 : NULL;
}

struct host *hosts_by_id(const struct host_list *list, unsigned id)
{
	return id && id <= list->len ? list->items[id - 1] : NULL;
}
