/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "checks/crowd.h"

static void those_in_line_go_on_when_the_first_of_it_goes_elsewhere(void **state)
{
	struct crowd crowd = { 0 };
	struct crowd_guest guests[CROWD_MAX + 2] = { 0 };
	struct crowd_guest *next;

	(void)state;
	for (int i = 0; i < CROWD_MAX + 2; i++)
		assert_int_equal(crowd_enter(&crowd, &guests[i], "a 22"), i < CROWD_MAX);
	assert_null(crowd_leave(&crowd, &guests[CROWD_MAX])); /* it has none to give */
	next = crowd_leave(&crowd, &guests[0]);
	assert_ptr_equal(next, &guests[CROWD_MAX]);
	assert_true(crowd_is_in(next, "a 22"));
	assert_true(crowd_enter(&crowd, next, "a 22"));
	assert_ptr_equal(crowd_leave(&crowd, next), &guests[CROWD_MAX + 1]);
	assert_true(crowd_enter(&crowd, next, "b 22"));
	assert_null(crowd_leave(&crowd, next));
	assert_false(crowd_is_in(next, "b 22"));
	crowd_done(&crowd);
}

static void many_places_are_told_apart(void **state)
{
	enum { MANY = 3 * CROWD_BUCKETS };
	static struct crowd_guest guests[MANY];
	struct crowd crowd = { 0 };
	char key[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof key, "192.0.2.%d %d", i % 256, i);
		assert_true(crowd_enter(&crowd, &guests[i], key));
		assert_true(crowd_is_in(&guests[i], key));
	}
	for (int i = 0; i < MANY; i += 2)
		assert_null(crowd_leave(&crowd, &guests[i]));
	snprintf(key, sizeof key, "192.0.2.%d %d", 1, 1);
	assert_true(crowd_is_in(&guests[1], key));
	crowd_done(&crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_in_line_go_on_when_the_first_of_it_goes_elsewhere),
		cmocka_unit_test(many_places_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
