/* SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

#define PREFIX "is:"

/* Those whose names begin so, for a word that is still being typed; "skip" is what a check without a result says. */
static unsigned signs_of(const char *name)
{
	unsigned signs = 0;

	for (enum sign sign = 0; sign < SIGN_COUNT; sign++)
		if (str_starts(sign_name(sign), name))
			signs |= 1u << sign;
	return str_starts("skip", name) ? signs | 1u << SIGN_UNKNOWN : signs;
}

void query_init(struct query *query, const char *filter)
{
	struct strlist words = { 0 };
	struct str rest = STR_INIT;

	*query = (struct query){ 0 };
	strlist_split(&words, filter, " \t");
	for (size_t i = 0; i < words.len; i++) {
		const char *word = words.items[i];

		if (str_starts(word, PREFIX)) {
			query->about_signs = true;
			query->signs |= signs_of(word + strlen(PREFIX));
		} else {
			str_addf(&rest, "%s%s", rest.len > 0 ? " " : "", word);
		}
	}
	query->words = str_take(&rest);
	strlist_done(&words);
}

void query_done(struct query *query)
{
	free(query->words);
}

bool query_matches(const struct query *query, const struct entry *entry)
{
	if (query->about_signs && (query->signs & 1u << entry_sign(entry)) == 0)
		return false;
	return *query->words == '\0' || host_matches(entry->host, query->words);
}
