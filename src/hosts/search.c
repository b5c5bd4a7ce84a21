/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/hosts.h"

#include <stdlib.h>
#include <string.h>

/* Where a word of the filter may be found. */
struct place {
	const char *prefix; /* "" for words without one */
	bool (*has)(const struct host *host, const char *word);
};

static bool has(const char *text, const char *word)
{
	return text && strcasestr(text, word);
}

static bool has_tag(const struct host *host, const char *word)
{
	for (size_t i = 0; i < host->tags.len; i++)
		if (has(host->tags.items[i], word))
			return true;
	return false;
}

static bool has_group(const struct host *host, const char *word)
{
	return has(host->group, word);
}

static bool has_user(const struct host *host, const char *word)
{
	return has(host->user, word);
}

static bool has_anywhere(const struct host *host, const char *word)
{
	if (has(host->name, word) || has(host->hostname, word) || has(host->group, word) ||
	    has(host->note, word) || has_tag(host, word))
		return true;
	if (!strpbrk(word, "@:"))
		return has(host->user, word);
	char *address = host_address(host);
	bool found = has(address, word);

	free(address);
	return found;
}

/* The last one takes every word. */
static const struct place places[] = {
	{ "tag:", has_tag },
	{ "group:", has_group },
	{ "user:", has_user },
	{ "", has_anywhere },
};

static bool matches_word(const struct host *host, const char *word)
{
	const struct place *place = places;

	while (!str_starts(word, place->prefix))
		place++;
	return place->has(host, word + strlen(place->prefix));
}

bool host_matches(const struct host *host, const char *filter)
{
	struct strlist words = { 0 };
	bool matches = true;

	strlist_split(&words, filter, " \t");
	for (size_t i = 0; i < words.len && matches; i++)
		matches = matches_word(host, words.items[i]);
	strlist_done(&words);
	return matches;
}
