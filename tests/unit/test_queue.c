/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ssh/queue.h"

static void assert_holds(const struct queue *queue, const char *text)
{
	assert_int_equal(queue_len(queue), strlen(text));
	assert_memory_equal(queue_head(queue), text, strlen(text));
}

static void gives_bytes_in_order(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	queue_add(&queue, "abc", 3);
	queue_add(&queue, "", 0);
	queue_add(&queue, "def", 3);
	assert_holds(&queue, "abcdef");
	queue_drop(&queue, 4);
	assert_holds(&queue, "ef");
	queue_done(&queue);
}

static void an_empty_queue_has_nothing(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	assert_int_equal(queue_len(&queue), 0);
	queue_drop(&queue, 0);
	queue_done(&queue);
	assert_int_equal(queue_len(&queue), 0);
}

static void puts_bytes_back_before_all_others(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	queue_add(&queue, "xworld", 6);
	queue_drop(&queue, 1);
	queue_unread(&queue, "hello ", 6);
	assert_holds(&queue, "hello world");
	queue_unread(&queue, "", 0);
	assert_holds(&queue, "hello world");
	queue_done(&queue);
}

static void room_is_filled_by_the_caller(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	memcpy(queue_room(&queue, 100), "abc", 3);
	queue_filled(&queue, 3);
	assert_holds(&queue, "abc");
	queue_done(&queue);
}

/* A long stream through a short queue: the memory must not grow with what went through. */
static void keeps_its_size_for_a_stream(void **state)
{
	struct queue queue = { 0 };
	unsigned char next = 0, expected = 0;

	(void)state;
	for (int round = 0; round < 10000; round++) {
		for (int i = 0; i < 300; i++) {
			queue_add(&queue, &next, 1);
			next++;
		}
		while (queue_len(&queue) > 100) {
			assert_int_equal(*queue_head(&queue), expected);
			expected++;
			queue_drop(&queue, 1);
		}
	}
	assert_true(queue.cap <= 4096);
	queue_done(&queue);
}

static void gives_much_memory_back_when_empty(void **state)
{
	struct queue queue = { 0 };
	size_t big = 4 * 1024 * 1024;

	(void)state;
	memset(queue_room(&queue, big), 'x', big);
	queue_filled(&queue, big);
	queue_drop(&queue, big);
	assert_int_equal(queue.cap, 0);
	queue_done(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_bytes_in_order),
		cmocka_unit_test(an_empty_queue_has_nothing),
		cmocka_unit_test(puts_bytes_back_before_all_others),
		cmocka_unit_test(room_is_filled_by_the_caller),
		cmocka_unit_test(keeps_its_size_for_a_stream),
		cmocka_unit_test(gives_much_memory_back_when_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
