/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of hosts share: lists out of a text, and how problems are looked at. */
#ifndef HOSTS_TEXT_H
#define HOSTS_TEXT_H

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

static inline bool parse(struct host_list *list, const char *text, struct err *err)
{
	return hosts_parse(list, text, strlen(text), "hosts.json", err);
}

/* Loads a text that is a document. */
static inline void load(struct host_list *list, const char *text)
{
	struct err err = ERR_INIT;

	if (!parse(list, text, &err))
		fail_msg("%s: %s", text, err.text);
}

static inline const char *problem_of(const struct host_list *list, const char *name)
{
	const struct host *host = hosts_find(list, name);

	assert_non_null(host);
	return host->problem;
}

/* The problem must be there and begin with a place and say all the words. */
static inline void assert_problem(const char *problem, const char *place, const char *word)
{
	if (!problem)
		fail_msg("no problem, expected %s", word);
	if (!str_starts(problem, place) || !strstr(problem, word))
		fail_msg("%s: expected %s ... %s", problem, place, word);
}

/* The text of a host "bad" whose member is wrong, and of a good one beside it. */
static inline void with_member(struct host_list *list, const char *member)
{
	char *text = mem_printf(
	    "{\"hosts\":[\n  {\"name\":\"bad\",\n   %s},\n  {\"name\":\"good\"}\n]}", member);

	load(list, text);
	assert_int_equal(list->len, 2);
	assert_null(problem_of(list, "good"));
	free(text);
}

#endif
