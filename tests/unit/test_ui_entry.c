/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"
#include "ui/entry.h"
#include "ui/menu.h"

#include "check_ids.h"

static void found(struct entry *entry, const char *id, enum verdict verdict, double at_ms)
{
	entry_add(entry, result_new(id, verdict), at_ms);
}

static const struct finding *finding(const struct entry *entry, const char *id)
{
	for (size_t i = 0; i < entry->count; i++)
		if (strcmp(entry->findings[i].result->id, id) == 0)
			return &entry->findings[i];
	return NULL;
}

static void run_auth(struct entry *entry, double at_ms)
{
	entry_begin(entry, DEPTH_AUTH);
	found(entry, "key.mode", VERDICT_PASS, at_ms);
	found(entry, "net.connect", VERDICT_PASS, at_ms);
	found(entry, "auth.publickey", VERDICT_WARN, at_ms);
	entry_finish(entry, DEPTH_LOCAL);
}

static void the_order_is_that_of_the_checks(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };
	size_t count = 0;
	const char *depth;

	(void)state;
	while (check_id(count, &depth))
		count++;
	assert_true(count > 10);
	for (size_t i = count; i > 0; i--)
		found(&entry, check_id(i - 1, &depth), VERDICT_PASS, 0);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(entry.findings[i].result->id, check_id(i, &depth));
		assert_string_equal(depth_name(entry.findings[i].depth), depth);
	}
	entry_done(&entry);
}

static void what_comes_late_stands_with_its_depth(void **state)
{
	static const char *const order[] = { "key.mode", "key.agent", "net.connect",
		"auth.publickey" };
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	found(&entry, "key.agent", VERDICT_PASS, 1);
	assert_int_equal(entry.count, ARRAY_LEN(order));
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		assert_string_equal(entry.findings[i].result->id, order[i]);
	entry_done(&entry);
}

static void a_host_nobody_looked_at_has_no_verdict(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	assert_int_equal(entry_verdict(&entry), VERDICT_SKIP);
	assert_int_equal(entry_depth(&entry), DEPTH_NONE);
	assert_int_equal(entry_age_minutes(&entry, 1e6), -1);
}

static void the_worst_finding_is_the_verdict(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	assert_int_equal(entry_verdict(&entry), VERDICT_WARN);
	assert_int_equal(entry_depth(&entry), DEPTH_AUTH);
	entry_done(&entry);
}

static void only_who_was_asked_about_the_login_passes(void **state)
{
	struct host host = { 0 };
	struct entry entry;

	(void)state;
	entry_init(&entry, &host);
	assert_int_equal(entry_sign(&entry), SIGN_UNKNOWN);
	found(&entry, "key.mode", VERDICT_PASS, 0);
	found(&entry, "net.connect", VERDICT_PASS, 0);
	assert_int_equal(entry_sign(&entry), SIGN_UNKNOWN);
	found(&entry, "ssh.banner", VERDICT_SKIP, 0);
	assert_int_equal(entry_sign(&entry), SIGN_UNKNOWN);
	found(&entry, "ssh.banner", VERDICT_PASS, 0);
	assert_int_equal(entry_sign(&entry), SIGN_REACH);
	found(&entry, "auth.methods", VERDICT_SKIP, 0);
	assert_int_equal(entry_sign(&entry), SIGN_REACH);
	found(&entry, "auth.methods", VERDICT_PASS, 0);
	assert_int_equal(entry_sign(&entry), SIGN_REACH);
	found(&entry, "auth.publickey", VERDICT_SKIP, 0); /* the server takes no keys */
	assert_int_equal(entry_sign(&entry), SIGN_PASS);
	struct result *left = result_new("auth.publickey", VERDICT_SKIP);
	result_detail(left, "postponed", "enough");
	entry_add(&entry, left, 0);
	assert_int_equal(entry_sign(&entry), SIGN_REACH);
	entry_done(&entry);
}

static void trouble_shows_however_deep_one_looked(void **state)
{
	struct host host = { .problem = NULL };
	struct entry entry;
	char problem[] = "port: it must be from 1 to 65535";

	(void)state;
	entry_init(&entry, &host);
	found(&entry, "key.mode", VERDICT_WARN, 0);
	assert_int_equal(entry_sign(&entry), SIGN_WARN);
	found(&entry, "net.connect", VERDICT_FAIL, 0);
	assert_int_equal(entry_sign(&entry), SIGN_FAIL);
	entry_done(&entry);
	host.problem = problem;
	entry_init(&entry, &host);
	assert_int_equal(entry_sign(&entry), SIGN_FAIL);
}

static void a_shallow_run_keeps_what_a_deeper_one_found(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	entry_begin(&entry, DEPTH_LOCAL);
	found(&entry, "key.mode", VERDICT_FAIL, 60000);
	entry_finish(&entry, DEPTH_LOCAL);
	assert_int_equal(entry.count, 3);
	assert_int_equal(finding(&entry, "key.mode")->result->verdict, VERDICT_FAIL);
	assert_int_equal(entry_age_minutes(&entry, 120000), 2);
	entry_done(&entry);
}

static void what_a_run_did_not_find_again_is_dropped(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	entry_begin(&entry, DEPTH_AUTH);
	found(&entry, "net.connect", VERDICT_FAIL, 1);
	entry_finish(&entry, DEPTH_LOCAL);
	assert_int_equal(entry.count, 1);
	assert_null(finding(&entry, "auth.publickey"));
	entry_done(&entry);
}

static void a_session_keeps_what_was_found_on_this_machine(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	entry_begin(&entry, DEPTH_AUTH);
	found(&entry, "net.connect", VERDICT_PASS, 1);
	entry_finish(&entry, DEPTH_REACH);
	assert_non_null(finding(&entry, "key.mode"));
	assert_null(finding(&entry, "auth.publickey"));
	entry_done(&entry);
}

static void a_run_that_ended_early_drops_nothing(void **state)
{
	struct host host = { 0 };
	struct entry entry = { .host = &host };

	(void)state;
	run_auth(&entry, 0);
	entry_begin(&entry, DEPTH_AUTH);
	entry_abort(&entry);
	assert_int_equal(entry.count, 3);
	assert_int_equal(entry.running, DEPTH_NONE);
	entry_done(&entry);
}

/* ---- how a session ended ---- */

static void assert_outcome(const struct event *end, int status, double open_ms, const char *text,
    enum role role, bool unplanned)
{
	struct outcome outcome = outcome_of("web", end, status, open_ms);

	assert_string_equal(outcome.text, text);
	assert_int_equal(outcome.role, role);
	assert_int_equal(outcome.unplanned, unplanned);
	free(outcome.text);
}

static void an_exit_says_status_and_duration(void **state)
{
	const struct event good = { .kind = EVENT_END, .cause = END_EXIT };
	const struct event bad = { .kind = EVENT_END, .cause = END_EXIT, .status = 3 };

	(void)state;
	assert_outcome(&good, 0, 1000, "web: exit status 0, after 1 s", ROLE_PASS, false);
	assert_outcome(&bad, 0, 123000, "web: exit status 3, after 2 min 3 s", ROLE_WARN, false);
	assert_outcome(
	    &good, 0, 2 * 3600e3, "web: exit status 0, after 2 h 0 min", ROLE_PASS, false);
}

static void a_failure_says_its_reason(void **state)
{
	char reason[] = "192.0.2.1 port 22: connection refused";
	const struct event refused = { .kind = EVENT_END, .cause = END_REFUSED, .reason = reason };
	char lost[] = "nothing heard for 45 s";
	const struct event gone = { .kind = EVENT_END, .cause = END_LOST, .reason = lost };

	(void)state;
	assert_outcome(
	    &refused, 0, -1, "web: 192.0.2.1 port 22: connection refused", ROLE_FAIL, false);
	assert_outcome(
	    &gone, 0, 60000, "web: nothing heard for 45 s (after 1 min 0 s)", ROLE_FAIL, true);
}

static void a_killed_child_is_named_as_such(void **state)
{
	(void)state;
	assert_outcome(NULL, 9, 1000,
	    "web: the session's process died by signal 9 (Killed); the terminal is restored",
	    ROLE_FAIL, true);
	assert_outcome(NULL, 1 << 8, 1000, "web: the session ended without a report, with status 1",
	    ROLE_FAIL, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_that_of_the_checks),
		cmocka_unit_test(what_comes_late_stands_with_its_depth),
		cmocka_unit_test(a_host_nobody_looked_at_has_no_verdict),
		cmocka_unit_test(the_worst_finding_is_the_verdict),
		cmocka_unit_test(only_who_was_asked_about_the_login_passes),
		cmocka_unit_test(trouble_shows_however_deep_one_looked),
		cmocka_unit_test(a_shallow_run_keeps_what_a_deeper_one_found),
		cmocka_unit_test(what_a_run_did_not_find_again_is_dropped),
		cmocka_unit_test(a_session_keeps_what_was_found_on_this_machine),
		cmocka_unit_test(a_run_that_ended_early_drops_nothing),
		cmocka_unit_test(an_exit_says_status_and_duration),
		cmocka_unit_test(a_failure_says_its_reason),
		cmocka_unit_test(a_killed_child_is_named_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
