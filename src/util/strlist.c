/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <stdlib.h>
#include <string.h>

void strlist_done(struct strlist *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strlist){ NULL, 0 };
}

void strlist_add(struct strlist *list, const char *text)
{
	strlist_take(list, mem_strdup(text));
}

void strlist_take(struct strlist *list, char *text)
{
	/* Grows at powers of two, so that no capacity needs to be kept. */
	if ((list->len & (list->len - 1)) == 0)
		list->items = mem_realloc(
		    list->items, list->len > 0 ? list->len * 2 : 1, sizeof *list->items);
	list->items[list->len++] = text;
}

bool strlist_has(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (str_eq(list->items[i], text))
			return true;
	return false;
}

char *strlist_join(const struct strlist *list, const char *between)
{
	struct str s = STR_INIT;

	for (size_t i = 0; i < list->len; i++) {
		if (i > 0)
			str_add(&s, between);
		str_add(&s, list->items[i]);
	}
	return str_take(&s);
}

void strlist_split(struct strlist *list, const char *text, const char *separators)
{
	for (;;) {
		size_t len;

		text += strspn(text, separators);
		len = strcspn(text, separators);
		if (len == 0)
			return;
		strlist_take(list, mem_strndup(text, len));
		text += len;
	}
}
