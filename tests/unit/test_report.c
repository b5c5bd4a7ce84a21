/* SPDX-License-Identifier: Apache-2.0 */
/* Results, and the document that "check --json" prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "sallyport/hosts.h"
#include "sallyport/report.h"

static void verdicts_have_names_that_parse_back(void **state)
{
	(void)state;
	for (int v = VERDICT_SKIP; v <= VERDICT_FAIL; v++) {
		enum verdict back;

		assert_true(verdict_parse(verdict_name((enum verdict)v), &back));
		assert_int_equal(back, v);
	}
	enum verdict untouched = VERDICT_WARN;

	assert_false(verdict_parse("good", &untouched));
	assert_int_equal(untouched, VERDICT_WARN);
}

static void skip_is_never_the_worse(void **state)
{
	(void)state;
	assert_int_equal(verdict_worse(VERDICT_SKIP, VERDICT_PASS), VERDICT_PASS);
	assert_int_equal(verdict_worse(VERDICT_FAIL, VERDICT_SKIP), VERDICT_FAIL);
	assert_int_equal(verdict_worse(VERDICT_WARN, VERDICT_FAIL), VERDICT_FAIL);
}

static void a_summary_may_be_made_from_the_old_one(void **state)
{
	(void)state;
	struct result *result = result_new("x", VERDICT_PASS);

	result_summary(result, "one");
	result_summary(result, "%s two", result->summary);
	assert_string_equal(result->summary, "one two");
	result_free(result);
}

static void a_copy_has_everything(void **state)
{
	(void)state;
	struct result *result = result_new("key.mode", VERDICT_WARN);

	result_summary(result, "mode %04o", 0644);
	result_hint(result, "chmod 600");
	result_detail(result, "path", "%s", "/k");
	result_detail(result, "path", "%s", "/l");
	result->fixable = true;
	result->duration_ms = 1.5;
	struct result *copy = result_dup(result);

	result_free(result);
	assert_string_equal(copy->id, "key.mode");
	assert_int_equal(copy->verdict, VERDICT_WARN);
	assert_string_equal(copy->summary, "mode 0644");
	assert_string_equal(copy->hint, "chmod 600");
	assert_true(copy->fixable);
	assert_true(copy->duration_ms > 1.4 && copy->duration_ms < 1.6);
	assert_int_equal(copy->detail_count, 2);
	assert_string_equal(result_detail_get(copy, "path"), "/k");
	assert_null(result_detail_get(copy, "mode"));
	result_free(copy);
}

static void an_error_becomes_a_failed_result(void **state)
{
	(void)state;
	struct err err = ERR_INIT;

	err_set(&err, ERR_IO, "cannot read");
	struct result *result = result_from_err("key.file", &err);

	assert_int_equal(result->verdict, VERDICT_FAIL);
	assert_string_equal(result->summary, "cannot read");
	assert_null(result->hint);
	result_free(result);
	err_hint(&err, "try this");
	result = result_from_err("key.file", &err);
	assert_string_equal(result->hint, "try this");
	result_free(result);
}

static void a_report_has_its_worst_verdict(void **state)
{
	(void)state;
	struct host_report report = { .name = mem_strdup("a"), .depth = mem_strdup("auth") };

	host_report_add(&report, result_new("one", VERDICT_SKIP));
	assert_int_equal(report.verdict, VERDICT_SKIP);
	host_report_add(&report, result_new("two", VERDICT_FAIL));
	host_report_add(&report, result_new("three", VERDICT_PASS));
	assert_int_equal(report.verdict, VERDICT_FAIL);
	host_report_done(&report);
}

static void add_skip(struct host_report *report, const char *detail, const char *value)
{
	struct result *result = result_new("net.connect", VERDICT_SKIP);

	result_detail(result, detail, "%s", value);
	host_report_add(report, result);
}

static void a_check_that_was_left_makes_it_incomplete(void **state)
{
	(void)state;
	static const char *const details[][2] = { { "postponed", "enough" },
		{ "postponed", "interrupted" }, { "needs", "login" } };

	for (size_t i = 0; i < ARRAY_LEN(details); i++) {
		struct host_report report = { 0 };
		host_report_add(&report, result_new("key.file", VERDICT_SKIP));
		add_skip(&report, "file", "id_rsa");
		assert_false(report.incomplete);
		add_skip(&report, details[i][0], details[i][1]);
		assert_true(report.incomplete);
		host_report_add(&report, result_new("key.mode", VERDICT_PASS));
		assert_true(report.incomplete);
		host_report_done(&report);
	}
}

static void the_document_is_as_the_manual_says(void **state)
{
	(void)state;
	struct host_report report = {
		.name = mem_strdup("ecs1"),
		.depth = mem_strdup("auth"),
		.checked_at = 1795330800,
		.duration_ms = 12.34,
	};
	struct result *result = result_new("key.mode", VERDICT_FAIL);
	struct str out = STR_INIT;

	result_summary(result, "others can read it");
	result_hint(result, "chmod 600 k");
	result->fixable = true;
	result->duration_ms = 0.1;
	result_detail(result, "mode", "0644");
	host_report_add(&report, result);
	reports_write(&report, 1, &out);
	assert_string_equal(str_text(&out),
	    "{\"version\":1,\"hosts\":[{\"name\":\"ecs1\",\"verdict\":\"fail\",\"depth\":\"auth\","
	    "\"checked_at\":\"2026-11-22T07:00:00Z\",\"duration_ms\":12.3,\"complete\":true,\"checks\":[{\"id\":"
	    "\"key.mode\",\"verdict\":\"fail\",\"summary\":\"others can read it\",\"hint\":"
	    "\"chmod 600 k\",\"fixable\":true,\"duration_ms\":0.1,\"details\":{\"mode\":\"0644\"}"
	    "}]}]}\n");
	str_done(&out);
	host_report_done(&report);
}

static void no_hosts_is_a_document_too(void **state)
{
	(void)state;
	struct str out = STR_INIT;

	reports_write(NULL, 0, &out);
	assert_string_equal(str_text(&out), "{\"version\":1,\"hosts\":[]}\n");
	str_done(&out);
}

/* Every byte value in a summary: the document must stay strict JSON in UTF-8. */
static void any_bytes_make_valid_json(void **state)
{
	(void)state;
	char bytes[256];

	for (int i = 0; i < 255; i++)
		bytes[i] = (char)(i + 1);
	bytes[255] = '\0';
	struct host_report report = { .name = mem_strdup(bytes), .depth = mem_strdup("local") };
	struct result *result = result_new(bytes, VERDICT_PASS);
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	result_summary(result, "%s", bytes);
	result_detail(result, "key", "%s", "\xed\xa0\x80 half \xc3");
	host_report_add(&report, result);
	reports_write(&report, 1, &out);
	if (!json_valid(str_text(&out), out.len, &err))
		fail_msg("%s in %s", err.text, str_text(&out));
	str_done(&out);
	host_report_done(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_have_names_that_parse_back),
		cmocka_unit_test(skip_is_never_the_worse),
		cmocka_unit_test(a_summary_may_be_made_from_the_old_one),
		cmocka_unit_test(a_copy_has_everything),
		cmocka_unit_test(an_error_becomes_a_failed_result),
		cmocka_unit_test(a_report_has_its_worst_verdict),
		cmocka_unit_test(a_check_that_was_left_makes_it_incomplete),
		cmocka_unit_test(the_document_is_as_the_manual_says),
		cmocka_unit_test(no_hosts_is_a_document_too),
		cmocka_unit_test(any_bytes_make_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
