/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/hosts.h"

#include <stdlib.h>
#include <string.h>

/* Where a word of the filter may be found. */
struct place {
	struct filter_prefix prefix; /* "" for words without one */
	bool (*has)(const struct host *host, const char *word);
};

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool begins(const char *text, const char *word)
{
	while (*word && lower(*text) == lower(*word)) {
		text++;
		word++;
	}
	return !*word;
}

/* As strcasestr(), which measures and prepares more than hundreds of thousands of short texts are worth. */
static bool has(const char *text, const char *word)
{
	if (!text)
		return false;
	for (; *text; text++)
		if (begins(text, word))
			return true;
	return !*word;
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
	{ { "tag:", N_("a word to be found in a tag") }, has_tag },
	{ { "group:", N_("a word to be found in the group") }, has_group },
	{ { "user:", N_("a word to be found in the user") }, has_user },
	{ { "", NULL }, has_anywhere },
};

const struct filter_prefix *host_filter_prefix(size_t i)
{
	return i + 1 < ARRAY_LEN(places) ? &places[i].prefix : NULL;
}

static bool matches_word(const struct host *host, const char *word)
{
	const struct place *place = places;

	while (!str_starts(word, place->prefix.text))
		place++;
	return place->has(host, word + strlen(place->prefix.text));
}

bool host_matches_words(const struct host *host, const struct strlist *words)
{
	for (size_t i = 0; i < words->len; i++)
		if (!matches_word(host, words->items[i]))
			return false;
	return true;
}

bool host_matches(const struct host *host, const char *filter)
{
	struct strlist words = { 0 };

	strlist_split(&words, filter, " \t");
	bool matches = host_matches_words(host, &words);
	strlist_done(&words);
	return matches;
}
