/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered: whatever the file holds, news can be added to it, and what comes of it is read again. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>

#include "state/document.h"

static void add_again(void *ctx, struct state_host *known)
{
	struct state_news *news = ctx;
	struct host host = { .name = known->name, .hostname = known->address };
	char depth[] = "auth";
	struct host_report report = { .depth = known->depth ? known->depth : depth };
	struct result *results[1] = { result_new("net.connect", VERDICT_PASS) };

	assert(known->name);
	report.results = results;
	report.count = 1;
	host.hostname = host.hostname ? host.hostname : host.name;
	state_news_checked(news, &host, &report, known->count % 2);
	state_news_used(news, &host, known->used_at);
	state_news_called(news, known->name, known->checked_at, 1);
	result_free(results[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state *state = state_parse((const char *)data, size, NULL);
	struct state_news *news = state_news_new();
	struct state again;
	struct str out = STR_INIT;

	state_each_host(state, NULL, add_again, news);
	assert(document_write(&out, NULL, state, news, NULL, 1790000000));
	assert(document_init(&again, &out, NULL));
	assert(str_eq(state->others.data, again.others.data));
	document_done(&again);
	state_news_free(news);
	state_free(state);
	str_done(&out);
	return 0;
}
