/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_means_two_things),
		cmocka_unit_test(every_action_is_whole),
		cmocka_unit_test(keys_of_the_list_work_in_the_panel_too),
		cmocka_unit_test(escape_never_quits),
		cmocka_unit_test(keys_have_the_names_that_are_printed_on_them),
		cmocka_unit_test(the_help_tells_of_every_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
