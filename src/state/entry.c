/* SPDX-License-Identifier: Apache-2.0 */
/* A host in the file: its members, and how what is new and what is old become one. */
#include "state/entry.h"
#include "state/document.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512 };

/* What no version so far has written is the furthest. */
static enum depth depth_of_name(const char *name)
{
	enum depth depth;

	return depth_parse(name, &depth) ? depth : DEPTH_AUTH;
}

const char *depth_static(const char *name)
{
	return depth_name(depth_of_name(name));
}

/* ---- members ---- */

void result_pick(const struct json_part *object, struct json_part parts[RESULT_FIELDS])
{
	static const char *const names[RESULT_FIELDS] = { "id", "verdict", "summary", "hint",
		"fixable", "at", "postponed", "needs" };

	part_pick(object, names, RESULT_FIELDS, parts, NULL);
}

void entry_pick(
    const struct json_part *object, struct json_part parts[ENTRY_FIELDS], struct str *others)
{
	static const char *const names[ENTRY_FIELDS] = { "address", "depth", "verdict",
		"checked_at", "results", "used_at", "uses" };

	part_pick(object, names, ENTRY_FIELDS, parts, others);
}

long uses_read(const struct json_part *part)
{
	double uses = part_number(part);

	return uses > 0 && uses < 1e9 ? (long)uses : 0;
}

/* ---- writing ---- */

static bool same_text(const struct json_part *a, const struct json_part *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Is there a result with this id among them, and is it more than a skip? */
static bool has(const struct json_part *array, const struct json_part *id, bool skips_count)
{
	static const struct json_part skip = { .text = "\"skip\"", .len = 6 };
	struct json_part item, parts[RESULT_FIELDS];
	struct json_walk walk;

	if (array->type != JSON_ARRAY)
		return false;
	json_walk_start(&walk, array);
	while (json_walk_next(&walk, &item)) {
		result_pick(&item, parts);
		if (parts[ID].text && same_text(&parts[ID], id))
			return skips_count || !parts[RESULT_VERDICT].text ||
			    !same_text(&parts[RESULT_VERDICT], &skip);
	}
	return false;
}

struct merge {
	const struct news_host *news;
	enum depth depth; /* of the new check */
	struct json_part old;
	double old_at;
};

static bool is_empty(const struct json_part *array)
{
	return array->len == strlen("[]");
}

/* Does an old result stay: found further on than was looked now, or looked for now and not to be had? */
static bool stays(const struct merge *merge, const struct json_part *id)
{
	const struct news_host *news = merge->news;
	bool deeper = id->type == JSON_STRING && result_depth(id->text + 1) > merge->depth;

	if (!deeper && is_empty(&news->postponed))
		return false;
	if (has(&news->results, id, true))
		return false;
	return has(&news->postponed, id, true) ? has(&merge->old, id, false) : deeper;
}

/* The same result with the time when it was found, which the host no longer tells. */
static void copy_result(struct str *out, const struct json_part *item, bool has_time, double at)
{
	comma(out);
	if (has_time) {
		str_add_mem(out, item->text, item->len);
		return;
	}
	str_add(out, "{\"at\":");
	add_number(out, at);
	str_add_char(out, ',');
	str_add_mem(out, item->text + 1, item->len - 1);
}

static void copy_old(struct str *out, const struct merge *merge)
{
	struct json_part item, parts[RESULT_FIELDS];
	struct json_walk walk;
	size_t count = 0;

	if (merge->old.type != JSON_ARRAY)
		return;
	json_walk_start(&walk, &merge->old);
	while (count++ < RESULTS_MAX && json_walk_next(&walk, &item)) {
		result_pick(&item, parts);
		if (stays(merge, &parts[ID]))
			copy_result(out, &item, parts[AT].text, merge->old_at);
	}
}

/* Postponed, and nothing is known from before. */
static void copy_postponed(struct str *out, const struct merge *merge)
{
	struct json_part item, parts[RESULT_FIELDS];
	struct json_walk walk;

	json_walk_start(&walk, &merge->news->postponed);
	while (json_walk_next(&walk, &item)) {
		result_pick(&item, parts);
		if (!has(&merge->old, &parts[ID], false))
			copy_member(out, &item);
	}
}

static void add_results(
    struct str *out, const struct news_host *news, const struct json_part *before)
{
	struct merge merge = { .news = news, .depth = depth_of_name(news->record.depth) };
	char *address = part_text(&before[ADDRESS]);

	if (address && str_eq(address, news->address)) {
		merge.old = before[RESULTS];
		merge.old_at = part_number(&before[CHECKED_AT]);
	}
	str_add(out, ",\"results\":[");
	str_add_mem(out, news->results.text + 1, news->results.len - 2);
	copy_postponed(out, &merge);
	copy_old(out, &merge);
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
	add_results(out, news, before);
}

static void add_use(struct str *out, const struct news_host *news, const struct json_part *before)
{
	comma(out);
	str_add(out, "\"used_at\":");
	add_number(out, news->record.used_at);
	str_addf(out, ",\"uses\":%ld", news->record.uses + uses_read(&before[USES]));
}

static void copy_fields(
    struct str *out, const struct json_part *before, enum entry_field from, enum entry_field to)
{
	for (; from < to; from++)
		if (before[from].text)
			copy_member(out, &before[from]);
}

void entry_write(struct str *out, const struct news_host *news, const struct json_part *before)
{
	static const struct json_part nothing = { .text = "{}", .len = 2, .type = JSON_OBJECT };
	struct json_part parts[ENTRY_FIELDS];

	comma(out);
	quote(out, news->name, TEXT_MAX);
	str_add(out, ":{");
	entry_pick(before ? before : &nothing, parts, out);
	if (news->record.depth)
		add_check(out, news, parts);
	else
		copy_fields(out, parts, ADDRESS, USED_AT);
	if (news->record.uses > 0)
		add_use(out, news, parts);
	else
		copy_fields(out, parts, USED_AT, ENTRY_FIELDS);
	str_add_char(out, '}');
}
