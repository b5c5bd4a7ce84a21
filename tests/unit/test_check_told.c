/* SPDX-License-Identifier: Apache-2.0 */
/* What a child has told is there for its parent, however the child ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/check_told.h"

/* "3 fail, incomplete: net.connect=fail(why) ..." a line for a host, "called 5 192.0.2.1 22" for a call. */
static void on_host(void *ctx, size_t place, struct host_report *report)
{
	struct str *text = ctx;

	str_addf(text, "%zu %s%s %s:", place, verdict_name(report->verdict),
	    report->incomplete ? ", incomplete" : "", report->depth);
	for (size_t i = 0; i < report->count; i++)
		str_addf(text, " %s=%s(%zu)", report->results[i]->id,
		    verdict_name(report->results[i]->verdict), strlen(report->results[i]->summary));
	str_add_char(text, '\n');
}

static void on_called(void *ctx, const char *server, double unfinished)
{
	str_addf(ctx, "called %g %s\n", unfinished, server);
}

static const struct check_told_reader reader = { on_host, on_called };

static void tell(int fd, size_t place, const char *id, enum verdict verdict, const char *summary)
{
	struct host_report report = { .depth = mem_strdup("auth"), .duration_ms = 1.5 };
	struct result *result = result_new(id, verdict);

	result_summary(result, "%s", summary);
	if (verdict == VERDICT_SKIP)
		result_detail(result, "postponed", "enough");
	host_report_add(&report, result);
	check_told_host(fd, place, &report);
	host_report_done(&report);
}

static void assert_told(int fd, size_t from, const char *wanted, size_t *end)
{
	struct str text = STR_INIT;
	size_t at = check_told_read(fd, from, &reader, &text);

	assert_string_equal(str_text(&text), wanted);
	if (end)
		*end = at;
	str_done(&text);
}

static void what_is_told_is_read_once_and_again(void **state)
{
	int fd = check_told_new();
	size_t end;

	(void)state;
	assert_told(fd, 0, "", &end);
	tell(fd, 7, "net.connect", VERDICT_FAIL, "refused");
	check_told_called(fd, "192.0.2.1 22", 5);
	assert_told(fd, end, "7 fail auth: net.connect=fail(7)\ncalled 5 192.0.2.1 22\n", &end);
	tell(fd, 0, "net.connect", VERDICT_SKIP, "later");
	assert_told(fd, end, "0 skip, incomplete auth: net.connect=skip(5)\n", &end);
	assert_told(fd, 0,
	    "7 fail auth: net.connect=fail(7)\ncalled 5 192.0.2.1 22\n"
	    "0 skip, incomplete auth: net.connect=skip(5)\n",
	    NULL);
	close(fd);
}

/* Killed in the middle of it: what the next one tells is not mixed with that. */
static void half_a_host_is_none(void **state)
{
	static const char half[] =
	    "\n{\"event\":\"check\",\"host\":\"3\",\"id\":\"ssh.kex\",\"verdict\":\"warn\"}\n{\"event\":\"ho";
	int fd = check_told_new();

	(void)state;
	assert_int_equal(write(fd, half, sizeof half - 1), sizeof half - 1);
	assert_told(fd, 0, "", NULL);
	tell(fd, 4, "net.connect", VERDICT_PASS, "there");
	assert_told(fd, 0, "4 pass auth: net.connect=pass(5)\n", NULL);
	close(fd);
}

/* Servers have a say in how long it gets; the menu's limit for a line is none here. */
static void a_long_line_is_kept(void **state)
{
	char *summary = mem_alloc(200001);
	int fd = check_told_new();

	(void)state;
	memset(summary, 'x', 200000);
	summary[200000] = '\0';
	tell(fd, 1, "ssh.kex", VERDICT_FAIL, summary);
	assert_told(fd, 0, "1 fail auth: ssh.kex=fail(200000)\n", NULL);
	free(summary);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_is_read_once_and_again),
		cmocka_unit_test(half_a_host_is_none),
		cmocka_unit_test(a_long_line_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
