/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"
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
