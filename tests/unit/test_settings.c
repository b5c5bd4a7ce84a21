/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

static bool parse(struct settings *settings, const char *text, struct err *err)
{
	return settings_parse(settings, text, strlen(text), "config.json", err);
}

static void assert_refused(const char *text, const char *want)
{
	struct settings settings;
	struct err err = ERR_INIT;

	assert_false(parse(&settings, text, &err));
	assert_string_equal(err.text, want);
	settings_done(&settings);
}

static void what_is_not_set_is_as_the_program_comes(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(parse(&settings, "{}", &err));
	assert_int_equal(settings.auto_check, AUTO_CHECK_REACH);
	assert_int_equal(settings.after_session, AFTER_SESSION_MENU);
	assert_int_equal(settings.warnings.len, 0);
	settings_done(&settings);
}

static void settings_are_read(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(
	    parse(&settings, "{\"auto_check\": \"off\", \"after_session\":\"exit\"}", &err));
	assert_int_equal(settings.auto_check, AUTO_CHECK_OFF);
	assert_int_equal(settings.after_session, AFTER_SESSION_EXIT);
	assert_true(parse(&settings, "{\"auto_check\":\"local\"}", &err));
	assert_int_equal(settings.auto_check, AUTO_CHECK_LOCAL);
	settings_done(&settings);
}

static void a_wrong_value_is_refused_with_its_place(void **state)
{
	(void)state;
	assert_refused("{\n  \"auto_check\": \"of\" }",
	    "config.json:2:17: auto_check: it must be \"reach\" or \"local\" or \"off\"");
	assert_refused("{\"auto_check\": false}",
	    "config.json:1:16: auto_check: it must be \"reach\" or \"local\" or \"off\"");
	assert_refused("{\"auto_check\":\"off\",\n\"auto_check\":\"off\"}",
	    "config.json:2:1: this setting is there twice");
	assert_refused("[]", "config.json:1:1: settings are an object: {...}");
}

static void what_is_no_json_is_refused(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(parse(&settings, "{\n\"auto_check\": }", &err));
	assert_true(str_starts(err.text, "config.json:2:15: "));
	assert_false(parse(&settings, "", &err));
	settings_done(&settings);
}

static void an_unknown_setting_is_a_warning(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(parse(&settings, "{\"theme\": {\"fail\": 3}, \"auto_check\": \"off\"}", &err));
	assert_int_equal(settings.auto_check, AUTO_CHECK_OFF);
	assert_int_equal(settings.warnings.len, 1);
	assert_string_equal(
	    settings.warnings.items[0], "config.json:1:2: unknown setting \"theme\"");
	settings_done(&settings);
}

static void a_file_that_was_named_must_be_there(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_true(settings_load(&settings, NULL, &err));
	settings_done(&settings);
	assert_false(settings_load(&settings, "/nonexistent/config.json", &err));
	settings_done(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_set_is_as_the_program_comes),
		cmocka_unit_test(settings_are_read),
		cmocka_unit_test(a_wrong_value_is_refused_with_its_place),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(an_unknown_setting_is_a_warning),
		cmocka_unit_test(a_file_that_was_named_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
