/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ssh/alive.h"

enum { S = 1000 };

/* A machine whose clock only the test moves. */
struct machine {
	struct alive_rule rule;
	struct alive_clock clock;
	uint64_t bytes;
};

static struct machine machine(double interval_s, long count)
{
	struct machine m = { .clock = { 500 * S, 70 * S } };

	alive_rule_init(&m.rule, interval_s * S, count, &m.clock, m.bytes);
	return m;
}

static enum alive_verdict look(struct machine *m)
{
	return alive_rule_look(&m->rule, &m->clock, m->bytes);
}

/* Looks when the rule says so until something is to be done; returns after how many seconds. */
static double until(struct machine *m, enum alive_verdict wanted)
{
	double begin = m->clock.now_ms;
	enum alive_verdict got;

	do {
		m->clock.now_ms += alive_rule_wait(&m->rule, &m->clock);
		got = look(m);
	} while (got == ALIVE_WELL);
	assert_int_equal(got, wanted);
	return (m->clock.now_ms - begin) / S;
}

static void a_silent_server_is_asked_and_then_given_up(void **state)
{
	struct machine m = machine(15, 3);

	(void)state;
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	assert_int_equal(until(&m, ALIVE_DEAD), 15);
}

static void with_one_question_it_comes_in_the_middle(void **state)
{
	struct machine m = machine(10, 1);

	(void)state;
	assert_int_equal(until(&m, ALIVE_ASK), 5);
	assert_int_equal(until(&m, ALIVE_DEAD), 5);
}

/* As ssh does. */
static void with_no_question_it_is_given_up_after_one_interval(void **state)
{
	struct machine m = machine(10, 0);

	(void)state;
	assert_int_equal(until(&m, ALIVE_DEAD), 10);
}

static void every_byte_is_a_sign_of_life(void **state)
{
	struct machine m = machine(15, 3);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		m.clock.now_ms += 14 * S;
		m.bytes++;
		assert_int_equal(look(&m), ALIVE_WELL);
	}
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	m.clock.now_ms += 14 * S;
	m.bytes++;
	assert_int_equal(look(&m), ALIVE_WELL);
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	assert_int_equal(until(&m, ALIVE_ASK), 15);
	assert_int_equal(until(&m, ALIVE_DEAD), 15);
}

/* E22: the monotonic clock stood still, the other one did not. */
static void after_a_suspend_it_is_asked_at_once(void **state)
{
	struct machine m = machine(15, 3);

	(void)state;
	until(&m, ALIVE_ASK);
	until(&m, ALIVE_ASK);
	m.clock.now_ms += 14 * S;
	m.clock.suspended_ms += 600 * S;
	assert_int_equal(look(&m), ALIVE_ASK);
	assert_int_equal(look(&m), ALIVE_WELL);
	assert_int_equal(until(&m, ALIVE_DEAD), 15);
}

/* What lay in the socket since before the suspend proves nothing. */
static void old_bytes_are_no_answer(void **state)
{
	struct machine m = machine(15, 3);

	(void)state;
	m.clock.suspended_ms += 600 * S;
	m.bytes++;
	assert_int_equal(look(&m), ALIVE_ASK);
	m.bytes++;
	assert_int_equal(look(&m), ALIVE_WELL);
	assert_int_equal(until(&m, ALIVE_ASK), 15);
}

/* E22: stopped for ten minutes, all clocks went on. */
static void after_a_stop_it_is_asked_at_once(void **state)
{
	struct machine m = machine(15, 3);

	(void)state;
	m.clock.now_ms += 600 * S;
	assert_int_equal(look(&m), ALIVE_ASK);
	assert_int_equal(until(&m, ALIVE_DEAD), 15);
}

static void a_machine_that_is_busy_did_not_sleep(void **state)
{
	struct machine m = machine(15, 2);

	(void)state;
	m.clock.now_ms += 16 * S;
	m.clock.suspended_ms += 1;
	assert_int_equal(look(&m), ALIVE_ASK);
	assert_int_equal(until(&m, ALIVE_DEAD), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_server_is_asked_and_then_given_up),
		cmocka_unit_test(with_one_question_it_comes_in_the_middle),
		cmocka_unit_test(with_no_question_it_is_given_up_after_one_interval),
		cmocka_unit_test(every_byte_is_a_sign_of_life),
		cmocka_unit_test(after_a_suspend_it_is_asked_at_once),
		cmocka_unit_test(old_bytes_are_no_answer),
		cmocka_unit_test(after_a_stop_it_is_asked_at_once),
		cmocka_unit_test(a_machine_that_is_busy_did_not_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
