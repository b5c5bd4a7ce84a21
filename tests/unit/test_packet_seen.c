/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ssh/session.h"

#include "sallyport/keys.h"

static void see(struct session *session, const struct str *packet)
{
	packet_seen(session, (const unsigned char *)packet->data, packet->len);
}

static void done(struct session *session, struct str *packet)
{
	strlist_done(&session->methods);
	free(session->open_failure);
	str_done(packet);
}

static void add_failure(struct str *packet, const char *methods, char partial)
{
	str_add_char(packet, 51);
	str_add_wire(packet, methods, strlen(methods));
	str_add_char(packet, partial);
}

static void hears_which_methods_remain(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	add_failure(&packet, "publickey,password", 0);
	str_add(&packet, "padding and mac");
	see(&session, &packet);
	assert_int_equal(session.methods.len, 2);
	assert_string_equal(session.methods.items[1], "password");
	assert_false(session.partial);
	assert_int_equal(session.failures, 1);
	done(&session, &packet);
}

static void a_partial_success_is_no_failure(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	add_failure(&packet, "password", 1);
	see(&session, &packet);
	assert_true(session.partial);
	assert_int_equal(session.failures, 0);
	done(&session, &packet);
}

/* The allocator sees all that libssh2 frees; "3des-cbc" begins as an authentication failure does. */
static void other_blocks_say_nothing(void **state)
{
	static const char *const blocks[] = { "3des-cbc,aes128-cbc", "3", "", "b", "bcrypt", "\\" };
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		packet_seen(&session, (const unsigned char *)blocks[i], strlen(blocks[i]));
	add_failure(&packet, "pass word", 0);
	see(&session, &packet);
	str_reset(&packet);
	add_failure(&packet, "password", 2);
	see(&session, &packet);
	assert_int_equal(session.failures, 0);
	assert_int_equal(session.methods.len, 0);
	assert_false(session.exit_status);
	assert_null(session.open_failure);
	done(&session, &packet);
}

static void every_cut_of_a_packet_says_nothing(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	add_failure(&packet, "password", 0);
	for (size_t len = 0; len < packet.len; len++)
		packet_seen(&session, (const unsigned char *)packet.data, len);
	assert_int_equal(session.failures, 0);
	done(&session, &packet);
}

static void hears_that_a_status_came(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	str_add_char(&packet, 98);
	str_add_u32(&packet, 0);
	str_add_wire(&packet, "exit-status", 11);
	str_add_char(&packet, 0);
	str_add_u32(&packet, 0);
	packet.len--;
	see(&session, &packet);
	assert_false(session.exit_status);
	packet.len++;
	see(&session, &packet);
	assert_true(session.exit_status);
	done(&session, &packet);
}

static void other_requests_are_no_status(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	str_add_char(&packet, 98);
	str_add_u32(&packet, 0);
	str_add_wire(&packet, "exit-signal", 11);
	str_add_char(&packet, 0);
	str_add_u32(&packet, 0);
	see(&session, &packet);
	assert_false(session.exit_status);
	done(&session, &packet);
}

static void keeps_the_words_of_a_refused_channel(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	str_add_char(&packet, 92);
	str_add_u32(&packet, 0);
	str_add_u32(&packet, 1);
	str_add_wire(&packet, "not today", 9);
	str_add_wire(&packet, "", 0);
	see(&session, &packet);
	assert_string_equal(session.open_failure, "not today");
	done(&session, &packet);
}

static void hears_which_signatures_are_taken(void **state)
{
	struct session session = { 0 };
	struct str packet = STR_INIT;

	(void)state;
	str_add_char(&packet, 7);
	str_add_u32(&packet, 2);
	str_add_wire(&packet, "other", 5);
	str_add_wire(&packet, "0", 1);
	str_add_wire(&packet, "server-sig-algs", 15);
	str_add_wire(&packet, "rsa-sha2-256,ssh-ed25519", 24);
	packet.len--;
	see(&session, &packet);
	assert_false(session.sig_algs_said);
	packet.len++;
	see(&session, &packet);
	assert_true(session.sig_algs_said);
	assert_int_equal(session.sig_algs.len, 2);
	assert_string_equal(session.sig_algs.items[0], "rsa-sha2-256");
	strlist_done(&session.sig_algs);
	done(&session, &packet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears_which_methods_remain),
		cmocka_unit_test(a_partial_success_is_no_failure),
		cmocka_unit_test(other_blocks_say_nothing),
		cmocka_unit_test(every_cut_of_a_packet_says_nothing),
		cmocka_unit_test(hears_that_a_status_came),
		cmocka_unit_test(other_requests_are_no_status),
		cmocka_unit_test(keeps_the_words_of_a_refused_channel),
		cmocka_unit_test(hears_which_signatures_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
