/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "attach/escape.h"

/* Feeds all, in pieces of at most step bytes, until the first action. */
static enum escape_action feed(
    struct escape *escape, const char *in, size_t len, size_t step, struct str *out)
{
	enum escape_action action = ESCAPE_NONE;

	while (len > 0 && action == ESCAPE_NONE) {
		size_t part = len < step ? len : step;
		size_t used = escape_feed(escape, in, part, out, &action);
		assert_true(used == part || action != ESCAPE_NONE);
		in += used;
		len -= used;
	}
	return action;
}

static const struct {
	const char *in;
	const char *out; /* up to the action */
	enum escape_action action;
} cases[] = {
	{ "ls\r", "ls\r", ESCAPE_NONE },
	{ "~.", "", ESCAPE_END },
	{ "~?", "", ESCAPE_HELP },
	{ "~\032", "", ESCAPE_SUSPEND },
	{ "~~", "~", ESCAPE_NONE },
	{ "~~.", "~.", ESCAPE_NONE },
	{ "x~.", "x~.", ESCAPE_NONE },
	{ "x\r~.", "x\r", ESCAPE_END },
	{ "x\n~.", "x\n", ESCAPE_END },
	{ "\r\r~.", "\r\r", ESCAPE_END },
	{ "~x~.", "~x~.", ESCAPE_NONE },
	{ "~\r~.", "~\r", ESCAPE_END },
	{ "~B", "~B", ESCAPE_NONE },
	{ "~#", "", ESCAPE_LIST },
	{ "ls\r~C", "ls\r", ESCAPE_COMMAND },
	{ "~c", "~c", ESCAPE_NONE },
	{ "a~\r~~\r~.", "a~\r~\r", ESCAPE_END },
	{ "\xff\xfe~.", "\xff\xfe~.", ESCAPE_NONE },
};

static void sequences_work_however_the_bytes_arrive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t step = 1; step < 5; step++) {
			struct str out = STR_INIT;
			struct escape escape;
			escape_init(&escape, '~');
			assert_int_equal(
			    feed(&escape, cases[i].in, strlen(cases[i].in), step, &out),
			    cases[i].action);
			assert_string_equal(str_text(&out), cases[i].out);
			str_done(&out);
		}
}

static void the_rest_is_left_after_an_action(void **state)
{
	struct escape escape;
	struct str out = STR_INIT;
	enum escape_action action;

	(void)state;
	escape_init(&escape, '~');
	assert_int_equal(escape_feed(&escape, "a\r~?rest", 8, &out, &action), 4);
	assert_int_equal(action, ESCAPE_HELP);
	assert_int_equal(escape_feed(&escape, "~.", 2, &out, &action), 2);
	assert_int_equal(action, ESCAPE_END); /* help does not end the line's start, as in ssh */
	str_done(&out);
}

static void without_a_key_everything_passes(void **state)
{
	static const char in[] = "~.\r~.\0~?";
	struct escape escape;
	struct str out = STR_INIT;

	(void)state;
	escape_init(&escape, -1);
	assert_int_equal(feed(&escape, in, sizeof in, 64, &out), ESCAPE_NONE);
	assert_int_equal(out.len, sizeof in);
	assert_memory_equal(out.data, in, sizeof in);
	str_done(&out);
}

static void another_key_works_and_the_usual_one_passes(void **state)
{
	struct escape escape;
	struct str out = STR_INIT, name = STR_INIT;

	(void)state;
	escape_init(&escape, 1);
	assert_int_equal(feed(&escape, "~.\r\001.", 5, 64, &out), ESCAPE_END);
	assert_string_equal(str_text(&out), "~.\r");
	escape_key_name(&escape, &name);
	assert_string_equal(str_text(&name), "^A");
	str_done(&out);
	str_done(&name);
}

static void help_lists_what_works_and_nothing_else(void **state)
{
	struct escape escape;
	struct str out = STR_INIT;

	(void)state;
	escape_init(&escape, '~');
	escape_help(&escape, &out);
	assert_non_null(strstr(str_text(&out), " ~.   - "));
	assert_non_null(strstr(str_text(&out), " ~^Z  - "));
	assert_non_null(strstr(str_text(&out), " ~~   - "));
	assert_non_null(strstr(str_text(&out), " ~#   - "));
	assert_non_null(strstr(str_text(&out), " ~C   - "));
	assert_null(strstr(str_text(&out), "~B"));
	for (const char *c = strchr(str_text(&out), '\n'); c; c = strchr(c + 1, '\n'))
		assert_int_equal(c[-1], '\r');
	str_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences_work_however_the_bytes_arrive),
		cmocka_unit_test(the_rest_is_left_after_an_action),
		cmocka_unit_test(without_a_key_everything_passes),
		cmocka_unit_test(another_key_works_and_the_usual_one_passes),
		cmocka_unit_test(help_lists_what_works_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
