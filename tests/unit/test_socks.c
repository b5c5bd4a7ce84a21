/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ssh/socks.h"

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
	const char *in;
	size_t in_len;
	const char *host;
	long port;
	size_t left; /* bytes behind the request */
	const char *reply; /* before the last answer */
	size_t reply_len;
} requests[] = {
	{ BYTES("\4\1\0\120\177\0\0\1\0"), "127.0.0.1", 80, 0, BYTES("") },
	{ BYTES("\4\1\1\273\12\0\0\1root\0hello"), "10.0.0.1", 443, 5, BYTES("") },
	{ BYTES("\4\1\0\26\0\0\0\1me\0db.example\0"), "db.example", 22, 0, BYTES("") },
	/* 0.0.0.0 is an address, and no sign of 4a. */
	{ BYTES("\4\1\0\26\0\0\0\0\0x"), "0.0.0.0", 22, 1, BYTES("") },
	{ BYTES("\5\1\0\5\1\0\1\177\0\0\1\0\26"), "127.0.0.1", 22, 0, BYTES("\5\0") },
	{ BYTES("\5\3\2\1\0\5\1\0\3\2db\25\70rest"), "db", 5432, 4, BYTES("\5\0") },
	{ BYTES("\5\1\0\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1\0\26"), "2001:db8::1", 22, 0,
	    BYTES("\5\0") },
};

/* As a client does that waits for no answer, in pieces; how much was used of it. */
static enum socks_step feed(
    struct socks *socks, const char *in, size_t len, size_t piece, size_t *used, struct str *reply)
{
	enum socks_step step = SOCKS_MORE;
	size_t seen = 0, more;

	for (*used = 0; step == SOCKS_MORE && seen < len; *used += more) {
		seen = seen + piece < len ? seen + piece : len;
		step = socks_take(socks, in + *used, seen - *used, &more, reply);
	}
	return step;
}

static void requests_are_understood_in_pieces_of_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		for (size_t piece = 1; piece <= requests[i].in_len; piece++) {
			struct socks socks = { 0 };
			struct str reply = STR_INIT;
			size_t used, len = requests[i].in_len;

			assert_int_equal(
			    feed(&socks, requests[i].in, len, piece, &used, &reply), SOCKS_TARGET);
			assert_string_equal(socks.host, requests[i].host);
			assert_int_equal(socks.port, requests[i].port);
			assert_int_equal(used, len - requests[i].left);
			assert_int_equal(reply.len, requests[i].reply_len);
			assert_memory_equal(str_text(&reply), requests[i].reply, reply.len);
			str_done(&reply);
			socks_done(&socks);
		}
	}
}

static void the_last_answer_says_whether_it_is_connected(void **state)
{
	static const struct {
		int version;
		bool connected;
		const char *reply;
		size_t len;
	} cases[] = {
		{ 4, true, BYTES("\0\132\0\0\0\0\0\0") },
		{ 4, false, BYTES("\0\133\0\0\0\0\0\0") },
		{ 5, true, BYTES("\5\0\0\1\0\0\0\0\0\0") },
		{ 5, false, BYTES("\5\1\0\1\0\0\0\0\0\0") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct socks socks = { .version = cases[i].version };
		struct str reply = STR_INIT;

		socks_answer(&socks, cases[i].connected, &reply);
		assert_int_equal(reply.len, cases[i].len);
		assert_memory_equal(reply.data, cases[i].reply, reply.len);
		str_done(&reply);
	}
}

static void what_cannot_be_done_is_refused(void **state)
{
	static const struct {
		const char *in;
		size_t in_len;
		const char *reply;
		size_t reply_len;
	} cases[] = {
		{ BYTES("GET / HTTP/1.1\r\n"), BYTES("") },
		{ BYTES("\4\2\0\26\177\0\0\1\0"), BYTES("") }, /* BIND */
		{ BYTES("\4\1\0\26\0\0\0\1\0\0"), BYTES("") }, /* an empty name */
		{ BYTES("\5\1\2"), BYTES("\5\377") }, /* only with a password */
		{ BYTES("\5\0"), BYTES("\5\377") },
		{ BYTES("\5\1\0\5\2\0\1\177\0\0\1\0\26"), BYTES("\5\0\5\7\0\1\0\0\0\0\0\0") },
		{ BYTES("\5\1\0\5\1\0\7\177\0\0\1\0\26"), BYTES("\5\0\5\10\0\1\0\0\0\0\0\0") },
		{ BYTES("\5\1\0\5\1\0\3\3a\0b\0\26"), BYTES("\5\0\5\1\0\1\0\0\0\0\0\0") },
		{ BYTES("\5\1\0\5\1\0\3\0\0\26"), BYTES("\5\0\5\1\0\1\0\0\0\0\0\0") },
		{ BYTES("\5\1\0\4\1\0\3\0\0\26"), BYTES("\5\0") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct socks socks = { 0 };
		struct str reply = STR_INIT;
		size_t used;

		assert_int_equal(
		    feed(&socks, cases[i].in, cases[i].in_len, cases[i].in_len, &used, &reply),
		    SOCKS_BROKEN);
		assert_int_equal(reply.len, cases[i].reply_len);
		assert_memory_equal(str_text(&reply), cases[i].reply, reply.len);
		assert_null(socks.host);
		str_done(&reply);
	}
}

static void a_request_without_end_is_given_up(void **state)
{
	struct socks socks = { 0 };
	struct str reply = STR_INIT;
	char in[SOCKS_REQUEST_MAX] = "\4\1\0\26\177\0\0\1";
	size_t used;

	(void)state;
	memset(in + 8, 'x', sizeof in - 8);
	assert_int_equal(socks_take(&socks, in, sizeof in - 1, &used, &reply), SOCKS_MORE);
	assert_int_equal(socks_take(&socks, in, sizeof in, &used, &reply), SOCKS_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_understood_in_pieces_of_every_size),
		cmocka_unit_test(the_last_answer_says_whether_it_is_connected),
		cmocka_unit_test(what_cannot_be_done_is_refused),
		cmocka_unit_test(a_request_without_end_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
