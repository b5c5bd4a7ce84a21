/* SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

static const struct filter_prefix about_sign = { "is:",
	N_("the name of a sign, as below: is:fail; of several, one must be true") };

const struct filter_prefix *query_prefix(size_t i)
{
	const struct filter_prefix *prefix = host_filter_prefix(i);

	if (prefix != NULL)
		return prefix;
	return i == 0 || host_filter_prefix(i - 1) != NULL ? &about_sign : NULL;
}

char *query_signs(void)
{
	struct str out = STR_INIT;

	for (enum sign sign = SIGN_COUNT; sign-- > 0;)
		str_addf(&out, "%s, ", sign_name(sign));
	str_add(&out, verdict_name(VERDICT_SKIP));
	return str_take(&out);
}

/* Those whose names begin so, for a word that is still being typed; "skip" is what a check without a result says. */
static unsigned signs_of(const char *name)
{
	const char *skip = verdict_name(VERDICT_SKIP);
	unsigned signs = 0;

	for (enum sign sign = 0; sign < SIGN_COUNT; sign++)
		if (str_starts(sign_name(sign), name))
			signs |= 1u << sign;
	return str_starts(skip, name) ? signs | 1u << SIGN_UNKNOWN : signs;
}

static void add_signs(struct query *query, const char *word)
{
	unsigned signs = signs_of(word + strlen(about_sign.text));

	query->about_signs = true;
	query->signs |= signs;
	if (signs == 0 && query->unknown == NULL)
		query->unknown = mem_strdup(word);
}

void query_init(struct query *query, const char *filter)
{
	struct strlist words = { 0 };

	*query = (struct query){ 0 };
	strlist_split(&words, filter, " \t");
	for (size_t i = 0; i < words.len; i++) {
		const char *word = words.items[i];

		if (str_starts(word, about_sign.text))
			add_signs(query, word);
		else
			strlist_add(&query->words, word);
	}
	strlist_done(&words);
}

void query_done(struct query *query)
{
	strlist_done(&query->words);
	free(query->unknown);
}

bool query_matches(const struct query *query, const struct entry *entry)
{
	if (query->about_signs && (query->signs & 1u << entry_sign(entry)) == 0)
		return false;
	return host_matches_words(entry->host, &query->words);
}
