/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"
#include "ui/doc.h"
#include "ui/keymap.h"
#include "ui/menu.h"

static void no_key_means_two_things(void **state)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++) {
			bool meet = keymap_mode_includes(bindings[i].mode, bindings[j].mode) ||
			    keymap_mode_includes(bindings[j].mode, bindings[i].mode);
			char buf[8];

			if (meet && bindings[i].key == bindings[j].key)
				fail_msg(
				    "%s is bound twice", keymap_key_name(bindings[i].key, buf));
		}
}

static void every_action_is_whole(void **state)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);

	(void)state;
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		const struct action *action = bindings[i].action;

		assert_true(action->run != NULL && *action->name != '\0' && *action->help != '\0');
		if (action->label != NULL)
			assert_true(strlen(action->label) <= 10);
	}
}

static void keys_of_the_list_work_in_the_panel_too(void **state)
{
	(void)state;
	assert_non_null(keymap_find(MODE_LIST, 'j'));
	assert_ptr_equal(keymap_find(MODE_LIST, 'j'), keymap_find(MODE_PANEL, 'j'));
	assert_null(keymap_find(MODE_FILTER, 'j'));
	assert_null(keymap_find(MODE_LIST, 'Q'));
}

static void escape_never_quits(void **state)
{
	(void)state;
	for (enum mode mode = MODE_ALL; mode < MODE_COUNT; mode++) {
		const struct action *action = keymap_find(mode, 27);

		if (action != NULL)
			assert_string_not_equal(action->name, "quit");
	}
}

static void keys_have_the_names_that_are_printed_on_them(void **state)
{
	char buf[8];

	(void)state;
	assert_string_equal(keymap_key_name('\r', buf), "Enter");
	assert_string_equal(keymap_key_name(27, buf), "Esc");
	assert_string_equal(keymap_key_name(4, buf), "Ctrl-D");
	assert_string_equal(keymap_key_name('g', buf), "g");
}

static bool doc_says(const struct doc *doc, const char *text)
{
	for (size_t i = 0; i < doc->len; i++)
		if (strstr(doc->rows[i].text, text) != NULL)
			return true;
	return false;
}

static void the_help_tells_of_every_action(void **state)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	struct doc doc = { 0 };

	(void)state;
	help_make(&doc);
	for (size_t i = 0; i < count; i++)
		if (!doc_says(&doc, bindings[i].action->help))
			fail_msg("the help lacks %s", bindings[i].action->name);
	doc_done(&doc);
}

static void the_help_tells_of_every_prefix_of_a_filter(void **state)
{
	const struct filter_prefix *prefix;
	struct doc doc = { 0 };
	size_t count = 0, found = 0;

	(void)state;
	help_make(&doc);
	for (; (prefix = query_prefix(count)) != NULL; count++)
		for (size_t i = 0; i < doc.len; i++)
			found += str_eq(doc.rows[i].label, prefix->text) &&
			    str_eq(doc.rows[i].text, prefix->help);
	assert_int_equal(count, 4);
	assert_int_equal(found, count);
	assert_string_equal(query_prefix(0)->text, "tag:");
	assert_string_equal(query_prefix(3)->text, "is:");
	doc_done(&doc);
}

/* ---- the manual page's part about keys is made from the tables ---- */

#define BEGIN ".\\\" Made from the tables of actions: GENERATE=1 tests/unit/test_ui_keymap\n"
#define END ".\\\" The end of what is made.\n"

static void add_title(struct str *out, const char *title)
{
	str_addf(out, "%s.Ss \\&%s\n.Bl -tag -width \"PgUp, PgDn\" -compact\n",
	    out->len > 0 ? ".El\n" : "", title);
}

/* The help screen in mdoc(7): its headings, and its rows of keys. */
static char *make_section(void)
{
	struct str out = STR_INIT;
	struct doc doc = { 0 };

	help_make(&doc);
	for (size_t i = 0; i < doc.len; i++) {
		const struct doc_row *row = &doc.rows[i];

		if (row->role == ROLE_TITLE)
			add_title(&out, row->label);
		else if (row->label != NULL)
			str_addf(&out, ".It \\&%s\n%s\n", row->label, row->text);
	}
	str_add(&out, ".El\n");
	doc_done(&doc);
	return str_take(&out);
}

static void write_manual(const char *path, const char *text, const char *section, const char *rest)
{
	FILE *file = fopen(path, "w");
	char *made = make_section();

	assert_non_null(file);
	fprintf(file, "%.*s%s%s", (int)(section - text), text, made, rest);
	fclose(file);
	free(made);
}

static void the_manual_page_has_the_keys_of_the_tables(void **state)
{
	const char *top = getenv("top_srcdir");
	char *path = mem_printf("%s/docs/sallyport.1", top != NULL ? top : ".."), *want;
	struct str text = STR_INIT;

	(void)state;
	assert_true(file_read(path, 1 << 20, &text, NULL));
	const char *section = strstr(str_text(&text), BEGIN), *end = strstr(str_text(&text), END);
	assert_true(section != NULL && end != NULL && section < end);
	section += strlen(BEGIN);
	if (getenv("GENERATE") != NULL)
		write_manual(path, str_text(&text), section, end);
	want = make_section();
	if (getenv("GENERATE") == NULL &&
	    (strlen(want) != (size_t)(end - section) || strncmp(want, section, strlen(want)) != 0))
		fail_msg(
		    "the keys in docs/sallyport.1 are not those of the program; wanted:\n%s", want);
	free(want);
	free(path);
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_means_two_things),
		cmocka_unit_test(every_action_is_whole),
		cmocka_unit_test(keys_of_the_list_work_in_the_panel_too),
		cmocka_unit_test(escape_never_quits),
		cmocka_unit_test(keys_have_the_names_that_are_printed_on_them),
		cmocka_unit_test(the_help_tells_of_every_action),
		cmocka_unit_test(the_help_tells_of_every_prefix_of_a_filter),
		cmocka_unit_test(the_manual_page_has_the_keys_of_the_tables),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
