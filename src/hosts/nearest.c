/* SPDX-License-Identifier: Apache-2.0 */
/* What a member, or a host, that is none was meant to be. */
#include "sallyport/hosts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

enum { NAME_MAX_LEN = 40 }; /* no member has a longer name; a host that has is not looked for */

/* What other programs call it. */
static const struct {
	const char *name, *member;
} aliases[] = {
	{ "host", "hostname" },
	{ "ip", "hostname" },
	{ "address", "hostname" },
	{ "username", "user" },
	{ "login", "user" },
	{ "key", "identity_file" },
	{ "keyfile", "identity_file" },
	{ "privatekey", "identity_file" },
	{ "jump", "proxy_jump" },
	{ "jumphost", "proxy_jump" },
	{ "folder", "group" },
	{ "comment", "note" },
	{ "notes", "note" },
	{ "description", "note" },
};

/* Small letters and digits only: "IdentityFile" and "identity-file" are the same.  False: too long. */
static bool squeeze(const char *name, char *out)
{
	size_t len = 0;

	for (; *name; name++) {
		if (!isalnum((unsigned char)*name))
			continue;
		if (len == NAME_MAX_LEN)
			return false;
		out[len++] = (char)tolower((unsigned char)*name);
	}
	out[len] = '\0';
	return true;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The distance is no less than this. */
static size_t apart(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	return a_len > b_len ? a_len - b_len : b_len - a_len;
}

/* How many letters were left out, added, mistaken, or swapped with the next one. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_LEN + 1], *last = rows[0], *above = rows[1], *row = rows[2], *spare;
	size_t a_len = strlen(a), b_len = strlen(b);

	for (size_t k = 0; k <= b_len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		spare = last, last = above, above = row, row = spare;
		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			row[k] = least(
			    above[k - 1] + (a[i - 1] != b[k - 1]), least(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = least(row[k], last[k - 2] + 1);
		}
	}
	return row[b_len];
}

const char *nearest_of(const char *name, const char *const *names, size_t count)
{
	char wanted[NAME_MAX_LEN + 1], known[NAME_MAX_LEN + 1];
	size_t best_distance, far;
	const char *best = NULL;

	if (!squeeze(name, wanted))
		return NULL;
	best_distance = strlen(wanted) < 3 ? 1 : strlen(wanted) < 6 ? 2 : 3; /* less than this */
	for (size_t i = 0; i < count; i++) {
		if (!squeeze(names[i], known) || apart(wanted, known) >= best_distance)
			continue;
		far = distance(wanted, known);
		if (far < best_distance) {
			best = names[i];
			best_distance = far;
		}
	}
	return best;
}

const char *host_field_nearest(const char *name)
{
	char wanted[NAME_MAX_LEN + 1];
	size_t count;
	const struct host_field *fields = host_fields(&count);
	const char *names[HOST_FIELDS_MAX];

	if (!squeeze(name, wanted))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (str_eq(aliases[i].name, wanted))
			return aliases[i].member;
	for (size_t i = 0; i < count; i++)
		names[i] = fields[i].json;
	return nearest_of(name, names, count);
}

const char *hosts_nearest(const struct host_list *list, const char *name)
{
	const char **names = mem_realloc(NULL, list->len + 1, sizeof *names);

	for (size_t i = 0; i < list->len; i++)
		names[i] = list->items[i]->name ? list->items[i]->name : "";
	const char *best = nearest_of(name, names, list->len);

	free(names);
	return best;
}
