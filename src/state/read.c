/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"
#include "state/entry.h"
#include "state/file.h"

#include <stdlib.h>
#include <time.h>

double state_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct state *state_parse(const char *text, size_t len, struct err *err)
{
	struct state *state = mem_zalloc(1, sizeof *state);
	struct str copy = STR_INIT;

	str_add_mem(&copy, text, len);
	document_init(state, &copy, err);
	servers_sort(state);
	return state;
}

struct state *state_read(struct err *err)
{
	struct state *state = mem_zalloc(1, sizeof *state);
	struct state_file file;
	struct str text = STR_INIT;

	if (state_file_init(&file, err) && state_file_read(&file, &text, err) &&
	    !document_init(state, &text, err))
		err_context(err, "%s", file.path);
	servers_sort(state);
	str_done(&text);
	state_file_done(&file);
	return state;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	document_done(state);
	free(state);
}

/* ---- hosts ---- */

static bool verdict_read(const struct json_part *part, enum verdict *verdict)
{
	char *name = part_text(part);
	bool ok = name && verdict_parse(name, verdict);

	free(name);
	return ok;
}

static void detail_read(struct result *result, const char *key, const struct json_part *part)
{
	char *value = part_text(part);

	if (value)
		result_detail(result, key, "%s", value);
	free(value);
}

static bool result_read(const struct json_part *object, double at, struct state_result *out)
{
	struct json_part parts[RESULT_FIELDS];
	enum verdict verdict = VERDICT_PASS;

	result_pick(object, parts);
	char *id = part_text(&parts[ID]);
	if (!id ||
	    (parts[RESULT_VERDICT].text && !verdict_read(&parts[RESULT_VERDICT], &verdict))) {
		free(id);
		return false;
	}
	char *summary = part_text(&parts[SUMMARY]);
	struct result *result = result_new(id, verdict);
	result_summary(result, "%s", summary ? summary : "");
	result->hint = part_text(&parts[HINT]);
	result->fixable = parts[FIXABLE].text && *parts[FIXABLE].text == 't';
	detail_read(result, "postponed", &parts[POSTPONED]);
	detail_read(result, "needs", &parts[NEEDS]);
	*out = (struct state_result){ result, parts[AT].text ? part_number(&parts[AT]) : at };
	free(summary);
	free(id);
	return true;
}

static void results_read(const struct json_part *array, struct state_host *host)
{
	struct json_walk walk;
	struct json_part item;

	if (array->type != JSON_ARRAY)
		return;
	json_walk_start(&walk, array);
	while (host->count < RESULTS_MAX && json_walk_next(&walk, &item)) {
		host->results = mem_realloc(host->results, host->count + 1, sizeof *host->results);
		host->count += result_read(&item, host->checked_at, &host->results[host->count]);
	}
}

bool host_read(const struct json_part *member, struct state_host *host)
{
	struct json_part parts[ENTRY_FIELDS];

	entry_pick(member, parts, NULL);
	*host = (struct state_host){ .name = part_name(member),
		.address = part_text(&parts[ADDRESS]),
		.depth = part_text(&parts[DEPTH]),
		.checked_at = part_number(&parts[CHECKED_AT]),
		.used_at = part_number(&parts[USED_AT]),
		.uses = uses_read(&parts[USES]) };
	if (!verdict_read(&parts[VERDICT], &host->verdict))
		host->verdict = VERDICT_SKIP;
	results_read(&parts[RESULTS], host);
	return member->type == JSON_OBJECT;
}

double host_last(const struct json_part *member)
{
	struct json_part parts[ENTRY_FIELDS];

	entry_pick(member, parts, NULL);
	double checked = part_number(&parts[CHECKED_AT]), used = part_number(&parts[USED_AT]);
	return checked > used ? checked : used;
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

/* What was found at another address says nothing of this host. */
static void forget_results(struct state_host *host)
{
	for (size_t i = 0; i < host->count; i++)
		result_free(host->results[i].result);
	host->count = 0;
	host->checked_at = 0;
	host->verdict = VERDICT_SKIP;
}

static bool is_wanted(struct state_host *known, const struct host_list *list)
{
	const struct host *host = hosts_find(list, known->name);

	if (!host)
		return false;
	char *address = host_address(host);
	if (!str_eq(address, known->address))
		forget_results(known);
	free(address);
	return true;
}

void state_each_host(
    const struct state *state, const struct host_list *list, state_host_fn *fn, void *ctx)
{
	struct json_walk walk;
	struct json_part member;
	struct state_host host;

	part_walk(&walk, &state->hosts);
	while (json_walk_next(&walk, &member)) {
		if (host_read(&member, &host) && (!list || is_wanted(&host, list)))
			fn(ctx, &host);
		host_done(&host);
	}
}
