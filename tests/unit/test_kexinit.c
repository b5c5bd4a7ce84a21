/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"
#include "ssh/kexinit.h"

enum { IGNORE = 2, KEXINIT = 20 };

static void add_packet(struct str *out, const struct str *payload)
{
	size_t padding = 8 - (5 + payload->len) % 8 + 8;

	str_add_u32(out, (uint32_t)(1 + payload->len + padding));
	str_add_char(out, (char)padding);
	str_add_mem(out, payload->data, payload->len);
	for (size_t i = 0; i < padding; i++)
		str_add_char(out, '\0');
}

static void add_message(struct str *out, unsigned char type, const char *body, size_t len)
{
	struct str payload = STR_INIT;

	str_add_char(&payload, (char)type);
	str_add_mem(&payload, body, len);
	add_packet(out, &payload);
	str_done(&payload);
}

static const char *const sent[KEXINIT_LISTS] = {
	[KEXINIT_KEX] = "curve25519-sha256,ext-info-s",
	[KEXINIT_HOSTKEY] = "ssh-ed25519",
	[KEXINIT_CIPHER_CS] = "aes128-ctr,aes256-ctr",
	[KEXINIT_CIPHER_SC] = "aes128-ctr",
	[KEXINIT_MAC_CS] = "hmac-sha2-256",
	[KEXINIT_MAC_SC] = "hmac-sha2-512",
	[KEXINIT_COMP_CS] = "none",
	[KEXINIT_COMP_SC] = "none,zlib@openssh.com",
	[KEXINIT_LANG_CS] = "",
	[KEXINIT_LANG_SC] = "",
};

static void add_kexinit(struct str *out, const char *const *lists)
{
	struct str body = STR_INIT;

	str_add_mem(&body, "0123456789abcdef", 16);
	for (size_t i = 0; i < KEXINIT_LISTS; i++)
		str_add_wire(&body, lists[i], strlen(lists[i]));
	str_add_mem(&body, "\0\0\0\0\0", 5);
	add_message(out, KEXINIT, body.data, body.len);
	str_done(&body);
}

static enum kexinit_status parse(struct kexinit *kexinit, const struct str *bytes, struct err *err)
{
	/* exactly as long as it is, so that valgrind sees a read beyond it */
	unsigned char *exact = mem_dup(bytes->data, bytes->len);
	enum kexinit_status status = kexinit_parse(kexinit, exact, bytes->len, err);

	free(exact);
	return status;
}

static void assert_lists_as_sent(const struct kexinit *kexinit)
{
	for (size_t i = 0; i < KEXINIT_LISTS; i++) {
		char *joined = strlist_join(&kexinit->lists[i], ",");

		assert_string_equal(joined, sent[i]);
		free(joined);
	}
}

static void reads_all_ten_lists(void **state)
{
	struct str bytes = STR_INIT;
	struct kexinit kexinit = { 0 };

	(void)state;
	add_kexinit(&bytes, sent);
	assert_int_equal(parse(&kexinit, &bytes, NULL), KEXINIT_DONE);
	assert_lists_as_sent(&kexinit);
	kexinit_done(&kexinit);
	str_done(&bytes);
}

static void waits_for_every_missing_byte(void **state)
{
	struct str bytes = STR_INIT;
	struct kexinit kexinit = { 0 };
	size_t whole;

	(void)state;
	add_message(&bytes, IGNORE, "\0\0\0\1x", 5);
	add_kexinit(&bytes, sent);
	whole = bytes.len;
	for (bytes.len = 1; bytes.len < whole; bytes.len++)
		assert_int_equal(parse(&kexinit, &bytes, NULL), KEXINIT_MORE);
	assert_int_equal(parse(&kexinit, &bytes, NULL), KEXINIT_DONE);
	assert_lists_as_sent(&kexinit);
	kexinit_done(&kexinit);
	str_done(&bytes);
}

static void assert_broken(const struct str *bytes, enum err_code code, const char *says)
{
	struct kexinit kexinit = { 0 };
	struct err err = ERR_INIT;

	assert_int_equal(parse(&kexinit, bytes, &err), KEXINIT_BROKEN);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, says));
}

/* N17 */
static void refuses_impossible_packet_lengths(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 5, 40001, 0x80000000u, 0xffffffffu };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		struct str bytes = STR_INIT;

		str_add_u32(&bytes, lengths[i]);
		str_add_char(&bytes, 4);
		assert_broken(&bytes, ERR_PROTOCOL, "broken SSH packet");
		str_done(&bytes);
	}
}

/* N17 */
static void refuses_padding_longer_than_the_packet(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	str_add_u32(&bytes, 12);
	str_add_char(&bytes, 11);
	str_add(&bytes, "12345678901");
	assert_broken(&bytes, ERR_PROTOCOL, "padding 11");
	str_done(&bytes);
}

/* N18 */
static void refuses_a_name_list_that_runs_over_the_packet(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	add_message(&bytes, KEXINIT,
	    "0123456789abcdef\xff\xff\xff\xff"
	    "abc",
	    23);
	assert_broken(&bytes, ERR_PROTOCOL, "SSH_MSG_KEXINIT");
	str_done(&bytes);
}

static void refuses_names_that_are_not_printable(void **state)
{
	const char *lists[KEXINIT_LISTS];
	struct str bytes = STR_INIT;

	(void)state;
	memcpy(lists, sent, sizeof lists);
	lists[KEXINIT_MAC_SC] = "hmac-\033[2J";
	add_kexinit(&bytes, lists);
	assert_broken(&bytes, ERR_PROTOCOL, "SSH_MSG_KEXINIT");
	str_done(&bytes);
}

/* N28 */
static void tells_the_servers_reason_cleaned(void **state)
{
	struct str bytes = STR_INIT, body = STR_INIT;

	(void)state;
	str_add_u32(&body, 12);
	str_add_wire(&body, "too \033[31mmany", 13);
	str_add_wire(&body, "", 0);
	add_message(&bytes, 1, body.data, body.len);
	assert_broken(&bytes, ERR_REFUSED, "\"too \\x1b[31mmany\" (reason 12)");
	str_done(&body);
	str_done(&bytes);
}

static void survives_a_disconnect_without_text(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	add_message(&bytes, 1, "\0\0", 2);
	assert_broken(&bytes, ERR_REFUSED, "ended the connection");
	str_done(&bytes);
}

static void refuses_other_messages(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	add_message(&bytes, 21, "", 0);
	assert_broken(&bytes, ERR_PROTOCOL, "message 21");
	str_done(&bytes);
}

/* N29 */
static void gives_up_on_a_flood_of_ignored_messages(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	while (bytes.len < 300 * 1024)
		add_message(&bytes, IGNORE, "\0\0\0\0", 4);
	assert_broken(&bytes, ERR_PROTOCOL, "message after message");
	str_done(&bytes);
}

static void picks_the_first_of_ours_that_they_have(void **state)
{
	struct strlist theirs = { 0 };

	(void)state;
	strlist_split(&theirs, "c,b,bb", ",");
	assert_string_equal(kexinit_agree("a,b,c", &theirs), "b");
	assert_string_equal(kexinit_agree("bb", &theirs), "bb");
	assert_null(kexinit_agree("a,bbb,", &theirs));
	assert_null(kexinit_agree("", &theirs));
	strlist_done(&theirs);
}

static void knows_weak_algorithms(void **state)
{
	static const char *const weak[] = { "diffie-hellman-group1-sha1",
		"diffie-hellman-group14-sha1", "ssh-rsa", "ssh-dss", "aes128-cbc", "3des-cbc",
		"arcfour256", "hmac-sha1", "hmac-md5-96", "hmac-sha1-etm@openssh.com", "none" };
	static const char *const good[] = { "curve25519-sha256", "diffie-hellman-group14-sha256",
		"diffie-hellman-group16-sha512", "rsa-sha2-512", "ssh-ed25519", "aes128-ctr",
		"chacha20-poly1305@openssh.com", "hmac-sha2-256", "sntrup761x25519-sha512" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(weak); i++)
		assert_true(algorithm_weak(weak[i]));
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_false(algorithm_weak(good[i]));
}

static void knows_post_quantum_key_exchange(void **state)
{
	(void)state;
	assert_true(algorithm_post_quantum("mlkem768x25519-sha256"));
	assert_true(algorithm_post_quantum("sntrup761x25519-sha512@openssh.com"));
	assert_false(algorithm_post_quantum("curve25519-sha256"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_ten_lists),
		cmocka_unit_test(waits_for_every_missing_byte),
		cmocka_unit_test(refuses_impossible_packet_lengths),
		cmocka_unit_test(refuses_padding_longer_than_the_packet),
		cmocka_unit_test(refuses_a_name_list_that_runs_over_the_packet),
		cmocka_unit_test(refuses_names_that_are_not_printable),
		cmocka_unit_test(tells_the_servers_reason_cleaned),
		cmocka_unit_test(survives_a_disconnect_without_text),
		cmocka_unit_test(refuses_other_messages),
		cmocka_unit_test(gives_up_on_a_flood_of_ignored_messages),
		cmocka_unit_test(picks_the_first_of_ours_that_they_have),
		cmocka_unit_test(knows_weak_algorithms),
		cmocka_unit_test(knows_post_quantum_key_exchange),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
