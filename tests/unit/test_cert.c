/* SPDX-License-Identifier: Apache-2.0 */
#include "shell.h"

#include <time.h>

#include "sallyport/keys.h"

/* ssh-keygen makes a certificate of key.pub with these options; its blob. */
static struct pubkey made(const char *type, const char *options)
{
	struct pubkey pub = { 0 };
	struct err err = ERR_INIT;
	struct str text = STR_INIT;
	char *command =
	    mem_printf("rm -f ca ca.pub key key.pub; ssh-keygen -q -t ed25519 -N '' -f ca && "
		       "ssh-keygen -q -t %s -N '' -f key && "
		       "TZ=UTC ssh-keygen -q -s ca -I 'the id' %s key.pub",
		type, options);

	assert_int_equal(shell_status(NULL, command), 0);
	free(command);
	assert_true(file_read("key-cert.pub", 1 << 16, &text, &err));
	assert_true(pubkey_parse(&pub, str_text(&text), NULL, &err));
	str_done(&text);
	return pub;
}

static void assert_problem(
    const struct cert *cert, enum cert_kind kind, uint64_t now, const char *words)
{
	char *problem = cert_problem(cert, kind, now);

	if (!words)
		assert_null(problem);
	else
		assert_non_null(strstr(problem, words));
	free(problem);
}

static void tells_what_a_certificate_says(void **state)
{
	static const char *const types[] = { "ed25519", "ecdsa", "rsa" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct pubkey blob = made(types[i], "-n alice,bob -z 77"), plain = { 0 };
		struct cert cert;
		struct str text = STR_INIT;
		struct err err = ERR_INIT;

		assert_true(cert_read(&cert, blob.blob, blob.len, &err));
		assert_int_equal(cert.serial, 77);
		assert_int_equal(cert.kind, CERT_USER);
		assert_string_equal(cert.id, "the id");
		assert_int_equal(cert.principals.len, 2);
		assert_string_equal(cert.principals.items[1], "bob");
		assert_true(cert.valid_before == UINT64_MAX);
		assert_true(file_read("key.pub", 1 << 16, &text, &err));
		assert_true(pubkey_parse(&plain, str_text(&text), NULL, &err));
		assert_int_equal(plain.len, cert.key.len);
		assert_memory_equal(plain.blob, cert.key.blob, plain.len);
		assert_problem(&cert, CERT_USER, 1, NULL);
		assert_problem(&cert, CERT_HOST, 1, "host certificate");
		pubkey_done(&plain);
		pubkey_done(&blob);
		str_done(&text);
		cert_done(&cert);
	}
}

static void tells_when_it_is_valid(void **state)
{
	struct pubkey blob = made("ed25519", "-V 20200101000000:20200201000000");
	struct cert cert;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_true(cert_read(&cert, blob.blob, blob.len, NULL));
	assert_problem(&cert, CERT_USER, 1577836799, "not valid before 2020-01-01T00:00:00");
	assert_problem(&cert, CERT_USER, 1577836800, NULL);
	assert_problem(&cert, CERT_USER, 1580515199, NULL);
	assert_problem(&cert, CERT_USER, 1580515200, "expired at 2020-02-01T00:00:00");
	cert_done(&cert);
	pubkey_done(&blob);
}

static void knows_a_host_certificate(void **state)
{
	struct pubkey blob = made("ed25519", "-h -n example.org");
	struct cert cert;

	(void)state;
	assert_true(cert_read(&cert, blob.blob, blob.len, NULL));
	assert_problem(&cert, CERT_USER, 1, "user certificate");
	assert_problem(&cert, CERT_HOST, 1, NULL);
	cert_done(&cert);
	pubkey_done(&blob);
}

static void no_cut_and_no_addition_is_a_certificate(void **state)
{
	struct pubkey blob = made("ed25519", "-n alice");
	unsigned char *longer = mem_zalloc(1, blob.len + 1);
	struct cert cert;

	(void)state;
	for (size_t len = 0; len < blob.len; len++)
		assert_false(cert_read(&cert, blob.blob, len, NULL));
	memcpy(longer, blob.blob, blob.len);
	assert_false(cert_read(&cert, longer, blob.len + 1, NULL));
	free(longer);
	pubkey_done(&blob);
}

static void a_plain_key_is_none(void **state)
{
	struct pubkey blob = made("ed25519", ""), plain = { 0 };
	struct cert cert, again;
	struct err err = ERR_INIT;

	(void)state;
	assert_true(cert_read(&cert, blob.blob, blob.len, NULL));
	assert_false(cert_read(&again, cert.key.blob, cert.key.len, &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	pubkey_done(&plain);
	cert_done(&cert);
	pubkey_done(&blob);
}

static void names_the_algorithm_that_signs(void **state)
{
	static const char *const pairs[][2] = {
		{ "ssh-ed25519", "ssh-ed25519" },
		{ "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519" },
		{ "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-512" },
		{ "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com" },
		{ "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com" },
		{ "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
		    "sk-ecdsa-sha2-nistp256@openssh.com" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		char *got = pubkey_plain_algorithm(pairs[i][0]);

		assert_string_equal(got, pairs[i][1]);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_a_certificate_says),
		cmocka_unit_test(tells_when_it_is_valid),
		cmocka_unit_test(knows_a_host_certificate),
		cmocka_unit_test(no_cut_and_no_addition_is_a_certificate),
		cmocka_unit_test(a_plain_key_is_none),
		cmocka_unit_test(names_the_algorithm_that_signs),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
