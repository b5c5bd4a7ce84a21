/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter as it was typed, made ready: words about a host's sign ("is:fail"), of which one must be
 * true, and the words about the host itself, which must all be (sallyport/hosts.h).
 */
#ifndef UI_QUERY_H
#define UI_QUERY_H

#include "entry.h"

struct query {
	bool about_signs;
	unsigned signs; /* bits of enum sign */
	char *unknown; /* the first word about signs that names none, NULL: all do */
	struct strlist words;
};

/* query_done() is due. */
void query_init(struct query *query, const char *filter);
void query_done(struct query *query);
bool query_matches(const struct query *query, const struct entry *entry);
/* What may stand in front of a word, those of host_filter_prefix() too; NULL: no more. */
const struct filter_prefix *query_prefix(size_t i);
/* "fail, warn, ...": what may follow "is:".  Caller frees. */
char *query_signs(void);

#endif
