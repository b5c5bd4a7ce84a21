/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"
#include "ssh/ttymodes.h"

/* The value of one opcode; fails the test when it is not there. */
static uint32_t value_of(const struct str *encoded, unsigned char op)
{
	struct wire wire = { (const unsigned char *)encoded->data, encoded->len, false };
	unsigned char found;

	while ((found = wire_u8(&wire)) != 0) {
		uint32_t value = wire_u32(&wire);

		assert_false(wire.bad);
		if (found == op)
			return value;
	}
	fail_msg("opcode %u is missing", op);
	return 0;
}

static void encodes_nothing_as_the_end_mark(void **state)
{
	struct str out = STR_INIT;

	(void)state;
	ttymodes_encode(NULL, 256, &out);
	assert_int_equal(out.len, 1);
	assert_int_equal(out.data[0], 0);
	str_done(&out);
}

static void encodes_characters_flags_and_speeds(void **state)
{
	struct termios modes = { 0 };
	struct str out = STR_INIT;

	(void)state;
	modes.c_cc[VINTR] = 3;
	modes.c_cc[VERASE] = 127;
	modes.c_cc[VSTOP] = _POSIX_VDISABLE;
	modes.c_iflag = ICRNL | IUTF8;
	modes.c_lflag = ISIG | ECHO;
	modes.c_oflag = OPOST | ONLCR;
	modes.c_cflag = CS8;
	cfsetospeed(&modes, B38400);
	cfsetispeed(&modes, B38400); /* one speed for both where the system knows only one */
	ttymodes_encode(&modes, 256, &out);
	assert_int_equal(value_of(&out, 1), 3);
	assert_int_equal(value_of(&out, 3), 127);
	assert_int_equal(value_of(&out, 9), 255);
	assert_int_equal(value_of(&out, 36), 1);
	assert_int_equal(value_of(&out, 38), 0);
	assert_int_equal(value_of(&out, 42), 1);
	assert_int_equal(value_of(&out, 50), 1);
	assert_int_equal(value_of(&out, 51), 0);
	assert_int_equal(value_of(&out, 53), 1);
	assert_int_equal(value_of(&out, 72), 1);
	assert_int_equal(value_of(&out, 91), 1);
	assert_int_equal(value_of(&out, 129), 38400);
	assert_int_equal(value_of(&out, 128), 38400);
	str_done(&out);
}

static void is_pairs_of_opcode_and_number_up_to_one_end_mark(void **state)
{
	struct termios modes = { 0 };
	struct str out = STR_INIT;

	(void)state;
	ttymodes_encode(&modes, 256, &out);
	assert_int_equal(out.len % 5, 1);
	for (size_t i = 0; i + 5 < out.len; i += 5)
		assert_int_not_equal(out.data[i], 0);
	assert_int_equal(out.data[out.len - 1], 0);
	str_done(&out);
}

static void all_modes_of_a_usual_terminal_fit(void **state)
{
	struct termios modes = { 0 };
	struct str out = STR_INIT;

	(void)state;
	ttymodes_encode(&modes, 256 - strlen("screen-256color-bce"), &out);
	assert_int_equal(value_of(&out, 128), 0);
	str_done(&out);
}

static void keeps_to_its_room_and_drops_the_least(void **state)
{
	struct termios modes = { 0 };
	struct str out = STR_INIT;

	(void)state;
	modes.c_oflag = ONLCR;
	for (size_t max = 1; max <= 256; max++) {
		str_reset(&out);
		ttymodes_encode(&modes, max, &out);
		assert_true(out.len <= max);
		assert_int_equal(out.data[out.len - 1], 0);
	}
	str_reset(&out);
	ttymodes_encode(&modes, 128, &out);
	assert_int_equal(value_of(&out, 72), 1);
	str_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_nothing_as_the_end_mark),
		cmocka_unit_test(encodes_characters_flags_and_speeds),
		cmocka_unit_test(all_modes_of_a_usual_terminal_fit),
		cmocka_unit_test(keeps_to_its_room_and_drops_the_least),
		cmocka_unit_test(is_pairs_of_opcode_and_number_up_to_one_end_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
