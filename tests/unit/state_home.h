/* SPDX-License-Identifier: Apache-2.0 */
/* A home of its own for each test, with a state.json, and hosts of which something was found.  For test programs. */
#ifndef TESTS_STATE_HOME_H
#define TESTS_STATE_HOME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sallyport/hosts.h"
#include "sallyport/state.h"
#include "state/document.h"

/* ---- a home of its own ---- */

static char *home, *path;

static inline int set_up(void **unused)
{
	char template[] = "/tmp/sallyport-state.XXXXXX";

	(void)unused;
	if (!mkdtemp(template))
		return -1;
	home = mem_strdup(template);
	path = mem_printf("%s/sallyport/state.json", home);
	return setenv("XDG_STATE_HOME", home, 1);
}

static inline int tear_down(void **unused)
{
	char *command = mem_printf("chmod -R u+w %s; rm -rf %s", home, home);
	int status = system(command);

	(void)unused;
	free(command);
	free(home);
	free(path);
	return status;
}

static inline void write_file(const char *text)
{
	char *folder = mem_printf("%s/sallyport", home);
	mkdir(folder, 0700);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(folder);
}

static inline char *read_file(void)
{
	struct str text = STR_INIT;

	assert_true(file_read(path, 1 << 20, &text, NULL));
	return str_take(&text);
}

/* ---- hosts and what was found ---- */

static inline struct host host_named(const char *name)
{
	static char hostname[] = "192.0.2.1", user[] = "root";
	struct host host = { .hostname = hostname, .user = user, .port = 22 };

	host.name = mem_strdup(name);
	return host;
}

struct found {
	const char *id;
	enum verdict verdict;
	const char *summary;
	bool postponed;
};

static inline void news_add(struct state_news *news, const char *name, const char *depth,
    const struct found *found, size_t count, bool interrupted)
{
	struct host host = host_named(name);
	struct host_report report = { .depth = mem_strdup(depth) };

	for (size_t i = 0; i < count; i++) {
		struct result *result = result_new(found[i].id, found[i].verdict);
		result_summary(result, "%s", found[i].summary);
		if (found[i].postponed)
			result_detail(result, "postponed", "yes");
		host_report_add(&report, result);
	}
	state_news_checked(news, &host, &report, interrupted);
	host_report_done(&report);
	free(host.name);
}

static inline void check(
    const char *name, const char *depth, const struct found *found, size_t count, bool interrupted)
{
	struct state_news *news = state_news_new();
	struct err err = ERR_INIT;

	news_add(news, name, depth, found, count, interrupted);
	if (!state_write(news, NULL, &err))
		fail_msg("%s", err.text);
	state_news_free(news);
}

/* Results as text: "net.connect=pass:summary ..." */
static inline void gather(void *ctx, struct state_host *host)
{
	struct str *out = ctx;

	str_addf(out, "[%s %s", host->name, verdict_name(host->verdict));
	for (size_t i = 0; i < host->count; i++)
		str_addf(out, " %s=%s:%s", host->results[i].result->id,
		    verdict_name(host->results[i].result->verdict),
		    host->results[i].result->summary);
	str_add(out, "]");
}

static inline void assert_known(const char *want)
{
	struct err err = ERR_INIT;
	struct state *state = state_read(&err);
	struct str out = STR_INIT;

	assert_string_equal(err.text, "");
	state_each_host(state, NULL, gather, &out);
	assert_string_equal(str_text(&out), want);
	str_done(&out);
	state_free(state);
}
static inline bool writes(struct err *err)
{
	struct state_news *news = state_news_new();
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };

	news_add(news, "web", "reach", found, 1, false);
	bool ok = state_write(news, NULL, err);
	state_news_free(news);
	return ok;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
