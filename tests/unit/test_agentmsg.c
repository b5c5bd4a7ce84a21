/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"
#include "ssh/agentmsg.h"

enum { FAILURE = 5, IDENTITIES = 12, SIGNATURE = 14 };

static void add_key(struct str *body, const char *type, const char *comment)
{
	struct str blob = STR_INIT;

	str_add_wire(&blob, type, strlen(type));
	str_add_wire(&blob, "material", 8);
	str_add_wire(body, blob.data, blob.len);
	str_add_wire(body, comment, strlen(comment));
	str_done(&blob);
}

static struct str answer(unsigned char type)
{
	struct str body = STR_INIT;

	str_add_char(&body, (char)type);
	return body;
}

/* Exactly as long as it is, so that valgrind sees a read beyond it. */
static struct wire exact(const struct str *body)
{
	return (struct wire){ mem_dup(body->data, body->len), body->len, false };
}

static bool read_keys(
    const struct str *body, struct agent_key **keys, size_t *count, struct err *err)
{
	struct wire wire = exact(body);
	bool ok = agentmsg_read_keys(wire, keys, count, err);

	free((void *)(uintptr_t)wire.data);
	return ok;
}

static void assert_no_keys(struct str *body, enum err_code code, const char *says)
{
	struct agent_key *keys;
	size_t count;
	struct err err = ERR_INIT;

	assert_false(read_keys(body, &keys, &count, &err));
	assert_int_equal(count, 0);
	assert_null(keys);
	assert_int_equal(err.code, code);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", says, err.text);
	str_done(body);
}

static void no_keys_are_no_error(void **state)
{
	struct str body = answer(IDENTITIES);
	struct agent_key *keys;
	size_t count;

	(void)state;
	str_add_u32(&body, 0);
	assert_true(read_keys(&body, &keys, &count, NULL));
	assert_int_equal(count, 0);
	agentmsg_free_keys(keys, count);
	str_done(&body);
}

static void keys_without_a_type_are_left_out(void **state)
{
	struct str body = answer(IDENTITIES);
	struct agent_key *keys;
	size_t count;

	(void)state;
	str_add_u32(&body, 2);
	str_add_wire(&body, "\377\377\377\377", 4);
	str_add_wire(&body, "bad", 3);
	add_key(&body, "ssh-ed25519", "good");
	assert_true(read_keys(&body, &keys, &count, NULL));
	assert_int_equal(count, 1);
	assert_string_equal(keys[0].comment, "good");
	agentmsg_free_keys(keys, count);
	str_done(&body);
}

static void more_than_2048_keys_are_refused(void **state)
{
	struct str body = answer(IDENTITIES);

	(void)state;
	str_add_u32(&body, 2049);
	assert_no_keys(&body, ERR_PROTOCOL, "2049 keys");
}

static void a_list_cut_short_anywhere_is_refused(void **state)
{
	struct str whole = answer(IDENTITIES);

	(void)state;
	str_add_u32(&whole, 2);
	add_key(&whole, "ssh-ed25519", "one");
	add_key(&whole, "ssh-ed25519", "two");
	for (size_t len = 1; len < whole.len; len++) {
		struct str part = STR_INIT;

		str_add_mem(&part, whole.data, len);
		assert_no_keys(&part, ERR_PROTOCOL, "cut short");
	}
	str_done(&whole);
}

static void another_message_is_refused(void **state)
{
	struct str body = answer(99);

	(void)state;
	assert_no_keys(&body, ERR_PROTOCOL, "message 99");
}

static void every_kind_of_failure_is_a_refusal(void **state)
{
	static const unsigned char kinds[] = { FAILURE, 30, 102 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct str body = answer(kinds[i]);

		assert_no_keys(&body, ERR_REFUSED, "does not list");
	}
}

static void a_broken_signature_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "", 0 }, { "\0\0\0\1", 4 }, /* a name that is not there */
		{ "\0\0\0\0\0\0\0\1x", 9 }, /* no name */
		{ "\0\0\0\1x\0\0\0\0", 9 }, /* no signature */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str body = answer(SIGNATURE);
		const unsigned char *sig;
		size_t len;
		struct err err = ERR_INIT;
		struct wire wire;

		str_add_wire(&body, cases[i].bytes, cases[i].len);
		wire = exact(&body);
		assert_false(agentmsg_read_signature(wire, &sig, &len, &err));
		assert_int_equal(err.code, ERR_PROTOCOL);
		free((void *)(uintptr_t)wire.data);
		str_done(&body);
	}
}

static void an_answer_is_whole_when_its_last_byte_is_there(void **state)
{
	static const unsigned char bytes[] = "\0\0\0\2ab";
	struct wire body;

	(void)state;
	for (size_t len = 0; len < 6; len++)
		assert_int_equal(agentmsg_frame(bytes, len, &body, NULL), AGENTMSG_MORE);
	assert_int_equal(agentmsg_frame(bytes, 6, &body, NULL), AGENTMSG_WHOLE);
	assert_int_equal(body.len, 2);
	assert_memory_equal(body.data, "ab", 2);
}

/* A7 */
static void impossible_lengths_are_refused(void **state)
{
	static const char *const lengths[] = { "\0\0\0\0", "\0\4\0\1", "\377\377\377\377" };
	struct wire body;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(agentmsg_frame((const unsigned char *)lengths[i], 4, &body, &err),
		    AGENTMSG_BROKEN);
		assert_int_equal(err.code, ERR_PROTOCOL);
	}
	assert_int_equal(
	    agentmsg_frame((const unsigned char *)"\0\4\0\0", 4, &body, NULL), AGENTMSG_MORE);
}

/* The bytes of draft-miller-ssh-agent sections 3.2 and 3.2.7. */
static void adds_a_key_with_its_limits(void **state)
{
	static const struct {
		long seconds;
		bool confirm;
		unsigned char type;
		const char *tail;
		size_t len;
	} cases[] = {
		{ 0, false, 17, "", 0 },
		{ 258, false, 25, "\1\0\0\1\2", 5 },
		{ 0, true, 25, "\2", 1 },
		{ 1, true, 25, "\1\0\0\0\1\2", 6 },
	};
	struct secret *key = secret_new();

	(void)state;
	for (const char *p = "fields"; *p; p++)
		secret_add(key, *p);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = STR_INIT;
		size_t room;

		agentmsg_add_key(&out, key, "me", cases[i].seconds, cases[i].confirm);
		room = out.cap;
		assert_int_equal(out.len, 4 + 1 + 6 + 4 + 2 + cases[i].len);
		assert_int_equal((unsigned char)out.data[3], out.len - 4);
		assert_int_equal((unsigned char)out.data[4], cases[i].type);
		assert_memory_equal(out.data + 5, "fields\0\0\0\2me", 12);
		assert_memory_equal(out.data + 17, cases[i].tail, cases[i].len);
		assert_true(room > out.len); /* and so it was never moved */
		str_done(&out);
	}
	secret_free(key);
}

static void a_yes_is_a_yes_and_nothing_else(void **state)
{
	static const unsigned char yes[] = { 6 }, no[] = { 5 }, other[] = { 12 };
	struct err err = ERR_INIT;

	(void)state;
	assert_true(agentmsg_read_success((struct wire){ yes, 1, false }, "no", &err));
	assert_false(agentmsg_read_success((struct wire){ no, 1, false }, "it will not", &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_string_equal(err.text, "it will not");
	assert_false(agentmsg_read_success((struct wire){ other, 1, false }, "no", &err));
	assert_int_equal(err.code, ERR_PROTOCOL);
	assert_false(agentmsg_read_success((struct wire){ yes, 0, false }, "no", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_keys_are_no_error),
		cmocka_unit_test(adds_a_key_with_its_limits),
		cmocka_unit_test(a_yes_is_a_yes_and_nothing_else),
		cmocka_unit_test(keys_without_a_type_are_left_out),
		cmocka_unit_test(more_than_2048_keys_are_refused),
		cmocka_unit_test(a_list_cut_short_anywhere_is_refused),
		cmocka_unit_test(another_message_is_refused),
		cmocka_unit_test(every_kind_of_failure_is_a_refusal),
		cmocka_unit_test(a_broken_signature_is_refused),
		cmocka_unit_test(an_answer_is_whole_when_its_last_byte_is_there),
		cmocka_unit_test(impossible_lengths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
