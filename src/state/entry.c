/* SPDX-License-Identifier: Apache-2.0 */
/* A host in the file: how it is read, and how what is new and what is old become one. */
#include "state/document.h"

#include <stdlib.h>
#include <string.h>

enum { RESULTS_MAX = 64, TEXT_MAX = 512 };

unsigned depth_of_result(const char *id)
{
	static const struct {
		const char *prefix;
		unsigned depth;
	} depths[] = {
		{ "host.", 0 },
		{ "key.", 0 },
		{ "cloud.", 0 },
		{ "jump.", 1 },
		{ "net.", 1 },
		{ "ssh.banner", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(depths); i++)
		if (str_starts(id, depths[i].prefix))
			return depths[i].depth;
	return 2;
}

unsigned depth_of_name(const char *depth)
{
	return str_eq(depth, "local") ? 0 : str_eq(depth, "reach") ? 1 : 2;
}

const char *depth_static(const char *depth)
{
	static const char *const names[] = { "local", "reach", "auth" };

	return names[depth_of_name(depth)];
}

/* ---- reading ---- */

static bool result_read(const struct json_part *object, double at, struct state_result *out)
{
	struct json_part part;
	char *id = part_get(object, "id", &part) ? part_text(&part) : NULL;
	char *verdict = part_get(object, "verdict", &part) ? part_text(&part) : NULL;
	struct result *result = NULL;
	enum verdict parsed;

	if (id && verdict && verdict_parse(verdict, &parsed)) {
		char *summary = part_get(object, "summary", &part) ? part_text(&part) : NULL;
		result = result_new(id, parsed);
		result_summary(result, "%s", summary ? summary : "");
		free(summary);
		result->hint = part_get(object, "hint", &part) ? part_text(&part) : NULL;
		result->duration_ms = part_get(object, "ms", &part) ? part_number(&part) : 0;
		result->fixable = part_get(object, "fixable", &part) && *part.text == 't';
		*out = (struct state_result){ result,
			part_get(object, "at", &part) ? part_number(&part) : at };
	}
	free(id);
	free(verdict);
	return result;
}

static void results_read(const struct json_part *array, struct state_host *host)
{
	struct json_walk walk;
	struct json_part item;

	if (array->type != JSON_ARRAY)
		return;
	json_walk_start(&walk, array);
	while (host->count < RESULTS_MAX && json_walk_next(&walk, &item)) {
		if (item.type != JSON_OBJECT)
			continue;
		host->results = mem_realloc(host->results, host->count + 1, sizeof *host->results);
		host->count += result_read(&item, host->checked_at, &host->results[host->count]);
	}
}

bool host_read(const struct json_part *member, struct state_host *host)
{
	struct json_part part;

	*host = (struct state_host){ .name = part_name(member) };
	if (member->type != JSON_OBJECT)
		return false;
	host->address = part_get(member, "address", &part) ? part_text(&part) : NULL;
	host->depth = part_get(member, "depth", &part) ? part_text(&part) : NULL;
	host->checked_at = part_get(member, "checked_at", &part) ? part_number(&part) : 0;
	host->used_at = part_get(member, "used_at", &part) ? part_number(&part) : 0;
	double uses = part_get(member, "uses", &part) ? part_number(&part) : 0;
	host->uses = uses > 0 && uses < 1e9 ? (long)uses : 0;
	char *verdict = part_get(member, "verdict", &part) ? part_text(&part) : NULL;
	if (!verdict || !verdict_parse(verdict, &host->verdict))
		host->verdict = VERDICT_SKIP;
	free(verdict);
	if (part_get(member, "results", &part))
		results_read(&part, host);
	return true;
}

void host_done(struct state_host *host)
{
	for (size_t i = 0; i < host->count; i++)
		result_free(host->results[i].result);
	free(host->results);
	free(host->name);
	free(host->address);
	free(host->depth);
	*host = (struct state_host){ 0 };
}

/* ---- writing ---- */

/* Is there a result with this id among them, and is it more than a skip? */
static bool has(const struct json_part *array, const struct json_part *id, bool skips_count)
{
	struct json_walk walk;
	struct json_part item, part;

	if (array->type != JSON_ARRAY)
		return false;
	json_walk_start(&walk, array);
	while (json_walk_next(&walk, &item)) {
		if (item.type != JSON_OBJECT || !part_get(&item, "id", &part) ||
		    part.len != id->len || memcmp(part.text, id->text, id->len) != 0)
			continue;
		return skips_count || !part_get(&item, "verdict", &part) ||
		    part.len != strlen("\"skip\"") || memcmp(part.text, "\"skip\"", part.len) != 0;
	}
	return false;
}

/* The same result with the time when it was found, which the host no longer tells. */
static void copy_result(struct str *out, const struct json_part *item, double at)
{
	struct json_part part;

	comma(out);
	if (part_get(item, "at", &part)) {
		str_add_mem(out, item->text, item->len);
		return;
	}
	str_add(out, "{\"at\":");
	add_number(out, at);
	str_add_char(out, ',');
	str_add_mem(out, item->text + 1, item->len - 1);
}

struct merge {
	struct json_part fresh, postponed, old;
	unsigned depth; /* of the new check */
	double old_at;
};

/* Does an old result stay: found further on than was looked now, or looked for now and not to be had? */
static bool stays(const struct merge *merge, const struct json_part *item)
{
	struct json_part id;

	if (item->type != JSON_OBJECT || !part_get(item, "id", &id) ||
	    has(&merge->fresh, &id, true))
		return false;
	if (has(&merge->postponed, &id, true))
		return has(&merge->old, &id, false);
	char *name = part_text(&id);
	bool deeper = name && depth_of_result(name) > merge->depth;
	free(name);
	return deeper;
}

static void merge_results(struct str *out, const struct merge *merge)
{
	struct json_walk walk;
	struct json_part item, id;
	size_t count = 0;

	json_walk_start(&walk, &merge->fresh);
	while (json_walk_next(&walk, &item))
		copy_member(out, &item);
	json_walk_start(&walk, &merge->postponed);
	while (json_walk_next(&walk, &item))
		if (part_get(&item, "id", &id) && !has(&merge->old, &id, false))
			copy_member(out, &item);
	if (merge->old.type != JSON_ARRAY)
		return;
	json_walk_start(&walk, &merge->old);
	while (count++ < RESULTS_MAX && json_walk_next(&walk, &item))
		if (stays(merge, &item))
			copy_result(out, &item, merge->old_at);
}

static void add_results(
    struct str *out, const struct news_host *news, const struct json_part *before)
{
	struct merge merge = { news->results, news->postponed,
		.depth = depth_of_name(news->record.depth) };
	struct json_part part;
	char *address = before && part_get(before, "address", &part) ? part_text(&part) : NULL;

	if (address && str_eq(address, news->address)) {
		if (part_get(before, "results", &part))
			merge.old = part;
		merge.old_at = part_get(before, "checked_at", &part) ? part_number(&part) : 0;
	}
	str_add(out, ",\"results\":[");
	merge_results(out, &merge);
	str_add_char(out, ']');
	free(address);
}

static void add_check(struct str *out, const struct news_host *news, const struct json_part *before)
{
	comma(out);
	str_add(out, "\"address\":");
	quote(out, news->address, TEXT_MAX);
	str_addf(out, ",\"depth\":\"%s\",\"verdict\":\"%s\",\"checked_at\":", news->record.depth,
	    verdict_name(news->record.verdict));
	add_number(out, news->record.checked_at);
	str_add(out, ",\"ms\":");
	add_number(out, news->record.ms);
	add_results(out, news, before);
}

static void add_use(struct str *out, const struct news_host *news, const struct json_part *before)
{
	struct json_part part;
	double uses = before && part_get(before, "uses", &part) ? part_number(&part) : 0;

	comma(out);
	str_add(out, "\"used_at\":");
	add_number(out, news->record.used_at);
	str_addf(
	    out, ",\"uses\":%ld", news->record.uses + (uses > 0 && uses < 1e9 ? (long)uses : 0));
}

/* Is the old member replaced by something new? */
static bool is_replaced(const struct news_host *news, const struct json_part *member)
{
	static const char *const of_check[] = { "address", "depth", "verdict", "checked_at", "ms",
		"results" };

	for (size_t i = 0; news->record.depth && i < ARRAY_LEN(of_check); i++)
		if (part_is(member, of_check[i]))
			return true;
	return news->record.uses > 0 && (part_is(member, "used_at") || part_is(member, "uses"));
}

void entry_write(struct str *out, const struct news_host *news, const struct json_part *before)
{
	struct json_walk walk;
	struct json_part member;

	if (before && before->type != JSON_OBJECT)
		before = NULL;
	comma(out);
	quote(out, news->name, TEXT_MAX);
	str_add(out, ":{");
	if (news->record.depth)
		add_check(out, news, before);
	if (news->record.uses > 0)
		add_use(out, news, before);
	if (before) {
		json_walk_start(&walk, before);
		while (json_walk_next(&walk, &member))
			if (!is_replaced(news, &member))
				copy_member(out, &member);
	}
	str_add_char(out, '}');
}
