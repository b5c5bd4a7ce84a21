/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "attach/edit.h"

static enum edit_end type(struct edit *edit, const char *keys, size_t len, struct str *shown)
{
	enum edit_end end = EDIT_MORE;

	for (size_t i = 0; i < len && end == EDIT_MORE; i++)
		end = edit_feed(edit, (unsigned char)keys[i], shown);
	return end;
}

static const struct {
	const char *keys;
	const char *text;
	enum edit_end end;
} cases[] = {
	{ "secret\r", "secret", EDIT_LINE },
	{ "secret\n", "secret", EDIT_LINE },
	{ "\r", "", EDIT_LINE },
	{ "ab\177c\r", "ac", EDIT_LINE },
	{ "ab\bc\r", "ac", EDIT_LINE },
	{ "\177\177x\r", "x", EDIT_LINE },
	{ "a\xc3\xa4\177b\r", "ab", EDIT_LINE },
	{ "abc\025d\r", "d", EDIT_LINE },
	{ "one two \027three\r", "one three", EDIT_LINE },
	{ "one\027\027x\r", "x", EDIT_LINE },
	{ "\004", "", EDIT_EOF },
	{ "a\004b\r", "ab", EDIT_LINE },
	{ "a\003", "a", EDIT_CANCEL },
	{ "\033\033", "", EDIT_CANCEL },
	/* keys that are none here */
	{ "a\033[Ab\033OCc\033[1;5Dd\r", "abcd", EDIT_LINE },
	{ "a\001\002\t\026b\r", "ab", EDIT_LINE },
	/* a bracketed paste: its newline and its controls are no keys, its end mark is no text */
	{ "\033[200~pa\nss\003\025\177w\r\033[201~d\r", "passwd", EDIT_LINE },
	{ "a\033[201~b\r", "ab", EDIT_LINE },
	{ "\033[200~a\033[31mb\033[201~\r", "ab", EDIT_LINE },
	{ "\033[200~x\033[201~\003", "x", EDIT_CANCEL },
	/* a sequence that is cut off does not swallow Enter */
	{ "ab\033[\r", "ab", EDIT_LINE },
	{ "p\xc3\xa4ss \xe2\x82\xac\r", "p\xc3\xa4ss \xe2\x82\xac", EDIT_LINE },
};

static void keys_give_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str shown = STR_INIT;
		struct edit edit;
		edit_init(&edit, false);
		assert_int_equal(
		    type(&edit, cases[i].keys, strlen(cases[i].keys), &shown), cases[i].end);
		assert_int_equal(edit.text->len, strlen(cases[i].text));
		assert_memory_equal(
		    edit.text->len ? edit.text->data : "", cases[i].text, edit.text->len);
		assert_int_equal(shown.len, 0);
		edit_done(&edit);
		str_done(&shown);
	}
}

static void echo_shows_and_erases(void **state)
{
	struct str shown = STR_INIT;
	struct edit edit;

	(void)state;
	edit_init(&edit, true);
	type(&edit, "ab\177", 3, &shown);
	assert_string_equal(str_text(&shown), "ab\b \b");
	str_reset(&shown);
	type(&edit, "\025", 1, &shown);
	assert_string_equal(str_text(&shown), "\b \b");
	edit_done(&edit);
	str_done(&shown);
}

static void a_wide_character_is_erased_whole(void **state)
{
	struct str shown = STR_INIT;
	struct edit edit;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fail_msg("no UTF-8 locale");
	edit_init(&edit, true);
	type(&edit, "\xe4\xb8\xad", 3, &shown);
	str_reset(&shown);
	type(&edit, "\177", 1, &shown);
	assert_string_equal(str_text(&shown), "\b \b\b \b");
	assert_int_equal(edit.text->len, 0);
	edit_done(&edit);
	str_done(&shown);
}

static void a_long_secret_fits_and_an_endless_one_does_not_hurt(void **state)
{
	struct str shown = STR_INIT;
	struct edit edit;

	(void)state;
	edit_init(&edit, false);
	for (int i = 0; i < 1024; i++)
		type(&edit, "x", 1, &shown);
	assert_int_equal(edit.text->len, 1024);
	for (int i = 0; i < 10000; i++)
		type(&edit, "x", 1, &shown);
	assert_int_equal(type(&edit, "\r", 1, &shown), EDIT_LINE);
	assert_true(edit.text->len >= 1024 && edit.text->len <= 4096);
	edit_done(&edit);
	str_done(&shown);
}

static void an_esc_waits_for_what_follows(void **state)
{
	struct str shown = STR_INIT;
	struct edit edit;

	(void)state;
	edit_init(&edit, false);
	type(&edit, "\033", 1, &shown);
	assert_true(edit_is_waiting(&edit));
	type(&edit, "[", 1, &shown);
	assert_false(edit_is_waiting(&edit));
	type(&edit, "A", 1, &shown);
	assert_false(edit_is_waiting(&edit));
	edit_done(&edit);
	str_done(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_give_the_line),
		cmocka_unit_test(echo_shows_and_erases),
		cmocka_unit_test(a_wide_character_is_erased_whole),
		cmocka_unit_test(a_long_secret_fits_and_an_endless_one_does_not_hurt),
		cmocka_unit_test(an_esc_waits_for_what_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
