/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libssh2.h>

#include "sallyport/util.h"
#include "ssh/algs.h"
#include "ssh/kexinit.h"

static void split(struct strlist *list, const char *text)
{
	*list = (struct strlist){ 0 };
	strlist_split(list, text, ",");
}

static void assert_libssh2_has(LIBSSH2_SESSION *session, int method, enum alg_kind kind)
{
	const char **names = NULL;
	int count = libssh2_session_supported_algs(session, method, &names);
	struct strlist ours;

	assert_true(count > 0);
	split(&ours, algs_supported(kind));
	for (size_t i = 0; i < ours.len; i++) {
		int j = 0;

		while (j < count && strcmp(names[j], ours.items[i]) != 0)
			j++;
		if (j == count)
			fail_msg("the linked libssh2 cannot do %s", ours.items[i]);
	}
	strlist_done(&ours);
	libssh2_free(session, names);
}

static void the_linked_libssh2_can_do_all_that_we_call_supported(void **state)
{
	LIBSSH2_SESSION *session;

	(void)state;
	assert_int_equal(libssh2_init(0), 0);
	session = libssh2_session_init();
	assert_non_null(session);
	assert_libssh2_has(session, LIBSSH2_METHOD_KEX, ALG_KEX);
	assert_libssh2_has(session, LIBSSH2_METHOD_HOSTKEY, ALG_HOSTKEY);
	assert_libssh2_has(session, LIBSSH2_METHOD_CRYPT_CS, ALG_CIPHER);
	assert_libssh2_has(session, LIBSSH2_METHOD_MAC_CS, ALG_MAC);
	libssh2_session_free(session);
	libssh2_exit();
}

static void the_defaults_are_supported_and_none_is_weak(void **state)
{
	(void)state;
	for (int kind = ALG_KEX; kind <= ALG_PUBKEY; kind++) {
		struct strlist offered, supported;
		char *list = algs_offer((enum alg_kind)kind, NULL, NULL, NULL, NULL);

		split(&offered, list);
		split(&supported, algs_supported((enum alg_kind)kind));
		assert_true(offered.len > 0);
		for (size_t i = 0; i < offered.len; i++) {
			assert_true(strlist_has(&supported, offered.items[i]));
			assert_false(algorithm_weak(offered.items[i]));
		}
		strlist_done(&offered);
		strlist_done(&supported);
		free(list);
	}
}

static void assert_offer(enum alg_kind kind, const char *setting, const char *want)
{
	char *got = algs_offer(kind, setting, NULL, NULL, NULL);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void offers_the_default_without_a_setting(void **state)
{
	(void)state;
	assert_offer(ALG_MAC, NULL,
	    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,"
	    "hmac-sha2-512");
	assert_offer(ALG_MAC, "+",
	    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	    "hmac-sha2-256,hmac-sha2-512");
}

/* The fastest safe one of libssh2 1.11.1 first, GCM last: it is the slowest there. */
static void the_fast_ciphers_come_before_gcm(void **state)
{
	(void)state;
	assert_offer(ALG_CIPHER, NULL,
	    "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
	    "aes128-gcm@openssh.com,aes256-gcm@openssh.com");
}

static void assert_linked(const char *setting, const char *linked, const char *want)
{
	char *got = algs_offer(ALG_KEX, setting, linked, NULL, NULL);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void post_quantum_comes_first_once_the_library_has_it(void **state)
{
	static const char with[] = "ecdh-sha2-nistp256,diffie-hellman-group14-sha1,"
				   "curve25519-sha256,sntrup761x25519-sha512@openssh.com,"
				   "mlkem768x25519-sha256,something-new";

	(void)state;
	assert_linked(NULL, with,
	    "mlkem768x25519-sha256,sntrup761x25519-sha512@openssh.com,curve25519-sha256,"
	    "ecdh-sha2-nistp256");
	assert_linked("mlkem*", with, "mlkem768x25519-sha256");
	assert_linked("-*sntrup*,mlkem*", with, "curve25519-sha256,ecdh-sha2-nistp256");
	assert_linked("+*-sha1", "curve25519-sha256,diffie-hellman-group14-sha1",
	    "curve25519-sha256,diffie-hellman-group14-sha1");
	assert_linked(NULL, "curve25519-sha256", "curve25519-sha256");
}

static void what_the_library_lacks_is_told(void **state)
{
	struct strlist left_out = { 0 };
	char *got =
	    algs_offer(ALG_CIPHER, "nonsense,aes128-ctr,+foo,rijndael*", NULL, &left_out, NULL);
	char *told = strlist_join(&left_out, " ");

	(void)state;
	assert_string_equal(got, "aes128-ctr");
	assert_string_equal(told, "nonsense +foo rijndael*");
	free(told);
	free(got);
	strlist_done(&left_out);
	got = algs_offer(ALG_CIPHER, "-nonsense", NULL, &left_out, NULL);
	assert_int_equal(left_out.len, 0);
	free(got);
}

static void takes_a_list_in_the_users_order_without_what_is_unknown(void **state)
{
	(void)state;
	assert_offer(ALG_KEX,
	    "sntrup761x25519-sha512@openssh.com,ecdh-sha2-nistp256,curve25519-sha256",
	    "ecdh-sha2-nistp256,curve25519-sha256");
	assert_offer(ALG_MAC, "hmac-sha2-256,hmac-sha2-256", "hmac-sha2-256");
}

static void plus_appends(void **state)
{
	(void)state;
	assert_offer(ALG_HOSTKEY, "+ssh-rsa",
	    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
	    "rsa-sha2-512,rsa-sha2-256,ssh-rsa");
}

static void minus_takes_away_by_pattern(void **state)
{
	(void)state;
	assert_offer(ALG_MAC, "-*-etm@openssh.com", "hmac-sha2-256,hmac-sha2-512");
	assert_offer(ALG_MAC, "-hmac-sha2-512*,hmac-sha2-256", "hmac-sha2-256-etm@openssh.com");
}

static void caret_puts_in_front(void **state)
{
	(void)state;
	assert_offer(ALG_MAC, "^hmac-sha2-512",
	    "hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	    "hmac-sha2-256");
}

static void patterns_stand_for_supported_names(void **state)
{
	(void)state;
	assert_offer(ALG_CIPHER, "aes*-ctr", "aes128-ctr,aes192-ctr,aes256-ctr");
}

static void nothing_left_is_an_error_that_names_the_setting(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(algs_offer(ALG_KEX, "sntrup761x25519-sha512", NULL, NULL, &err));
	assert_int_equal(err.code, ERR_INVALID);
	assert_non_null(strstr(err.text, "kex_algorithms"));
	assert_non_null(strstr(err.hint, "curve25519-sha256"));
	assert_null(algs_offer(ALG_MAC, "-*", NULL, NULL, &err));
	assert_null(algs_offer(ALG_MAC, "", NULL, NULL, &err));
}

static void assert_order(
    const char *list, const char *setting, const char *known_types, const char *want)
{
	struct strlist known = { 0 };
	char *got;

	strlist_split(&known, known_types, ",");
	got = algs_prefer_known(list, setting, &known);
	assert_string_equal(got, want);
	free(got);
	strlist_done(&known);
}

static void known_types_come_first(void **state)
{
	static const char all[] = "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256";

	(void)state;
	assert_order(
	    all, NULL, "ssh-rsa", "rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256");
	assert_order(all, "+ssh-rsa", "ecdsa-sha2-nistp256",
	    "ecdsa-sha2-nistp256,ssh-ed25519,rsa-sha2-512,rsa-sha2-256");
	assert_order(all, NULL, "", all);
	/* What is first proves a known key: the order tells nobody what else is known. */
	assert_order(all, NULL, "ssh-rsa,ssh-ed25519", all);
	/* The user's own order. */
	assert_order(all, all, "ssh-rsa", all);
	assert_order(all, "^ssh-ed25519", "ssh-rsa", all);
}

static void assert_signs(
    const char *accepted, const char *type, const char *server, const char *wanted)
{
	struct strlist list = { 0 };
	char *got;

	strlist_split(&list, server ? server : "", ",");
	got = algs_signature(accepted, type, server ? &list : NULL);
	if (wanted)
		assert_string_equal(got, wanted);
	else
		assert_null(got);
	free(got);
	strlist_done(&list);
}

static void an_rsa_key_signs_as_the_server_takes_it(void **state)
{
	const char *all = algs_default(ALG_PUBKEY);

	(void)state;
	assert_signs(all, "ssh-rsa", "ssh-rsa,rsa-sha2-256,rsa-sha2-512", "rsa-sha2-512");
	assert_signs(all, "ssh-rsa", "rsa-sha2-256", "rsa-sha2-256");
	assert_signs(
	    "rsa-sha2-256,rsa-sha2-512", "ssh-rsa", "rsa-sha2-256,rsa-sha2-512", "rsa-sha2-256");
	assert_signs(all, "ssh-rsa-cert-v01@openssh.com", "rsa-sha2-256",
	    "rsa-sha2-256-cert-v01@openssh.com");
	assert_signs("rsa-sha2-512", "ssh-rsa-cert-v01@openssh.com", "rsa-sha2-512", NULL);
}

static void sha1_only_where_it_is_asked_for(void **state)
{
	const char *all = algs_default(ALG_PUBKEY);
	const char *more = algs_supported(ALG_PUBKEY);

	(void)state;
	assert_signs(all, "ssh-rsa", NULL, NULL);
	assert_signs(all, "ssh-rsa", "ssh-rsa", NULL);
	assert_signs(more, "ssh-rsa", NULL, "ssh-rsa");
	assert_signs(more, "ssh-rsa", "ssh-rsa", "ssh-rsa");
	assert_signs(more, "ssh-rsa-cert-v01@openssh.com", NULL, "ssh-rsa-cert-v01@openssh.com");
}

static void other_keys_sign_as_their_type_says(void **state)
{
	const char *all = algs_default(ALG_PUBKEY);

	(void)state;
	assert_signs(all, "ssh-ed25519", NULL, "ssh-ed25519");
	assert_signs(all, "ssh-ed25519", "rsa-sha2-512", "ssh-ed25519");
	assert_signs(all, "sk-ssh-ed25519@openssh.com", NULL, "sk-ssh-ed25519@openssh.com");
	assert_signs("rsa-sha2-512", "ssh-ed25519", NULL, NULL);
	assert_signs(all, "ssh-dss", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_linked_libssh2_can_do_all_that_we_call_supported),
		cmocka_unit_test(the_defaults_are_supported_and_none_is_weak),
		cmocka_unit_test(offers_the_default_without_a_setting),
		cmocka_unit_test(the_fast_ciphers_come_before_gcm),
		cmocka_unit_test(post_quantum_comes_first_once_the_library_has_it),
		cmocka_unit_test(what_the_library_lacks_is_told),
		cmocka_unit_test(takes_a_list_in_the_users_order_without_what_is_unknown),
		cmocka_unit_test(plus_appends),
		cmocka_unit_test(minus_takes_away_by_pattern),
		cmocka_unit_test(caret_puts_in_front),
		cmocka_unit_test(patterns_stand_for_supported_names),
		cmocka_unit_test(nothing_left_is_an_error_that_names_the_setting),
		cmocka_unit_test(known_types_come_first),
		cmocka_unit_test(an_rsa_key_signs_as_the_server_takes_it),
		cmocka_unit_test(sha1_only_where_it_is_asked_for),
		cmocka_unit_test(other_keys_sign_as_their_type_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
