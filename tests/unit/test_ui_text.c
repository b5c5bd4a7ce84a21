/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"
#include "ui/doc.h"
#include "ui/text.h"

#define KANJI "\xe6\x97\xa5" /* two columns */
#define ACUTE "\xcc\x81" /* combining: none */
#define E_ACUTE "e" ACUTE
#define DOTS "\xe2\x80\xa6"

static void assert_clipped(const char *text, int width, const char *want)
{
	struct str out = STR_INIT;

	text_clip(&out, text, width);
	assert_string_equal(str_text(&out), want);
	assert_true(text_width(str_text(&out)) <= width);
	str_done(&out);
}

static void width_counts_columns_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width(KANJI KANJI), 4);
	assert_int_equal(text_width(E_ACUTE "x"), 2);
	assert_int_equal(text_width("\xf0\x9f\x9a\x80"), 2);
}

static void text_that_fits_is_not_cut(void **state)
{
	(void)state;
	assert_clipped("abc", 3, "abc");
	assert_clipped(KANJI KANJI, 4, KANJI KANJI);
	assert_clipped("", 0, "");
}

static void a_cut_is_shown_in_the_last_column(void **state)
{
	(void)state;
	assert_clipped("abcd", 3, "ab" DOTS);
	assert_clipped("abcd", 1, DOTS);
	assert_clipped("abcd", 0, "");
}

static void a_wide_character_is_never_halved(void **state)
{
	(void)state;
	assert_clipped(KANJI KANJI KANJI, 5, KANJI KANJI DOTS);
	assert_clipped(KANJI KANJI KANJI, 4, KANJI DOTS);
	assert_clipped(KANJI KANJI, 1, DOTS);
}

static void marks_stay_with_their_letter(void **state)
{
	(void)state;
	assert_int_equal(text_fit(E_ACUTE E_ACUTE, 1), strlen(E_ACUTE));
	assert_clipped(E_ACUTE E_ACUTE E_ACUTE, 2, E_ACUTE DOTS);
}

static void cleaned_text_has_a_width_throughout(void **state)
{
	static const char *const hostile[] = { "a\033[31mb", "\xff\xfe", "\xe2\x80\xae", "a\nb\tc",
		"\xe2\x80\x8b", "\xf4\x8f\xbf\xbf", "\xcd\xb8" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *clean = text_clean(hostile[i]);

		assert_true(text_width(clean) > 0);
		assert_null(strpbrk(clean, "\033\n\t"));
		free(clean);
	}
}

static void lines_break_at_blanks(void **state)
{
	const char *text = "chmod 600 key";
	size_t next;

	(void)state;
	assert_int_equal(text_wrap(text, 9, &next), 9);
	assert_int_equal(next, 10);
	assert_int_equal(text_wrap(text, 8, &next), 5);
	assert_int_equal(next, 6);
	assert_int_equal(text_wrap(text, 80, &next), strlen(text));
	assert_int_equal(next, strlen(text));
}

static void a_long_word_is_cut(void **state)
{
	size_t next;

	(void)state;
	assert_int_equal(text_wrap("SHA256:abcdef", 6, &next), 6);
	assert_int_equal(next, 6);
	assert_int_equal(text_wrap("ab SHA256:abcdef", 6, &next), 2);
	assert_int_equal(next, 3);
}

static void a_path_breaks_after_a_slash(void **state)
{
	size_t next;

	(void)state;
	assert_int_equal(text_wrap("~/.ssh/ecs.pem", 10, &next), 7);
	assert_int_equal(next, 7);
	assert_int_equal(text_wrap("/a/very-long-name", 12, &next), 12);
}

static void wrapping_always_gets_on(void **state)
{
	size_t next;

	(void)state;
	assert_int_equal(text_wrap(KANJI "x", 1, &next), strlen(KANJI));
	assert_int_equal(next, strlen(KANJI));
	assert_int_equal(text_wrap("", 5, &next), 0);
	assert_int_equal(next, 0);
}

/* ---- documents ---- */

struct page {
	char lines[20][64];
};

static void keep_line(void *ctx, size_t number, const struct doc_line *line)
{
	struct page *page = ctx;

	assert_true(number < ARRAY_LEN(page->lines) && line->len < sizeof page->lines[0]);
	memcpy(page->lines[number], line->text, line->len);
}

static void a_label_beside_a_long_text_gives_way_when_narrow(void **state)
{
	struct doc doc = { .label_width = 10 };
	struct page wide = { 0 }, narrow = { 0 };

	(void)state;
	doc_add(&doc, ROLE_TEXT, "x", "key.mode", "everybody may read the key");
	assert_int_equal(doc_lines(&doc, 60, keep_line, &wide), 1);
	assert_string_equal(wide.lines[0], "everybody may read the key");
	assert_int_equal(doc_lines(&doc, 20, keep_line, &narrow), 3);
	assert_string_equal(narrow.lines[0], "");
	assert_string_equal(narrow.lines[1], "everybody may read");
	assert_string_equal(narrow.lines[2], "the key");
	doc_done(&doc);
}

static void a_brief_row_takes_one_line(void **state)
{
	struct doc doc = { .label_width = 10 };

	(void)state;
	doc_add(&doc, ROLE_TEXT, "x", "key.mode", "everybody may read the key")->brief = true;
	assert_int_equal(doc_lines(&doc, 20, NULL, NULL), 1);
	doc_done(&doc);
}

static int use_utf8(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C.UTF-8") != NULL ? 0 : -1;
}

static int use_ascii(void **state)
{
	(void)state;
	return setlocale(LC_ALL, "C") != NULL ? 0 : -1;
}

static void in_a_c_locale_all_is_ascii(void **state)
{
	char *clean = text_clean(KANJI);

	(void)state;
	assert_false(text_is_utf8());
	assert_string_equal(clean, "\\u{65e5}");
	assert_clipped("abcd", 3, "ab~");
	free(clean);
}

static void assert_age(long minutes, const char *want)
{
	char buf[4];

	age_text(buf, minutes);
	assert_string_equal(buf, want);
}

static void an_age_takes_three_columns(void **state)
{
	(void)state;
	assert_age(-1, "");
	assert_age(0, "now");
	assert_age(3, "3m");
	assert_age(99, "99m");
	assert_age(120, "2h");
	assert_age(99 * 60 + 59, "99h");
	assert_age(5 * 24 * 60, "5d");
	assert_age(105 * 24 * 60, "15w");
	assert_age(3 * 366 * 24 * 60L, "3y");
	assert_age(1000 * 366 * 24 * 60L, "99y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_counts_columns_not_bytes),
		cmocka_unit_test(text_that_fits_is_not_cut),
		cmocka_unit_test(a_cut_is_shown_in_the_last_column),
		cmocka_unit_test(a_wide_character_is_never_halved),
		cmocka_unit_test(marks_stay_with_their_letter),
		cmocka_unit_test(cleaned_text_has_a_width_throughout),
		cmocka_unit_test(lines_break_at_blanks),
		cmocka_unit_test(a_long_word_is_cut),
		cmocka_unit_test(a_path_breaks_after_a_slash),
		cmocka_unit_test(wrapping_always_gets_on),
		cmocka_unit_test(a_label_beside_a_long_text_gives_way_when_narrow),
		cmocka_unit_test(a_brief_row_takes_one_line),
		cmocka_unit_test(an_age_takes_three_columns),
		cmocka_unit_test_setup_teardown(in_a_c_locale_all_is_ascii, use_ascii, use_utf8),
	};

	return cmocka_run_group_tests(tests, use_utf8, NULL);
}
