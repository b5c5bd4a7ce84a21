/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include "shell.h"

#include <openssl/evp.h>

#include "keys/base64.h"

static int make_keys(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t rsa -b 2048 -N '' -f rsa");
	shell("ssh-keygen -q -t ed25519 -N '' -f ed25519");
	shell("ssh-keygen -q -t ecdsa -b 256 -N '' -f nistp256");
	shell("ssh-keygen -q -t ecdsa -b 384 -N '' -f nistp384");
	shell("ssh-keygen -q -t ecdsa -b 521 -N '' -f nistp521");
	shell("openssl genpkey -algorithm ed25519 -out ed.p8 && chmod 600 ed.p8");
	return 0;
}

static struct secret *secret_of(const char *text)
{
	struct secret *secret = secret_new();

	while (*text)
		assert_true(secret_add(secret, *text++));
	return secret;
}

static struct private_key *must_open(const char *path, const char *passphrase)
{
	struct private_key *key;
	struct err err = ERR_INIT;
	struct secret *secret = passphrase ? secret_of(passphrase) : NULL;

	if (private_key_open(&key, path, secret, &err) != KEY_OPENED)
		fail_msg("%s: %s", path, err.text);
	secret_free(secret);
	return key;
}

static void must_not_open(const char *path, const char *passphrase)
{
	struct private_key *key;
	struct err err = ERR_INIT;
	struct secret *secret = secret_of(passphrase);

	assert_int_equal(private_key_open(&key, path, secret, &err), KEY_WRONG_PASSPHRASE);
	secret_free(secret);
}

/* ---- opening ---- */

static void assert_same_pub(const struct private_key *key, const char *pub_path)
{
	struct str text = STR_INIT;
	struct pubkey pub = { 0 };

	assert_true(file_read(pub_path, 1 << 20, &text, NULL));
	assert_true(pubkey_parse(&pub, text.data, NULL, NULL));
	assert_int_equal(pub.len, private_key_pub(key)->len);
	assert_memory_equal(pub.blob, private_key_pub(key)->blob, pub.len);
	pubkey_done(&pub);
	str_done(&text);
}

static void the_public_half_is_ssh_keygen_s(void **state)
{
	static const char *const makes[] = { "true", "ssh-keygen -q -p -N '' -m PEM -f copy",
		"ssh-keygen -q -p -N '' -m PKCS8 -f copy",
		"ssh-keygen -q -p -N harbour -m PEM -f copy",
		"ssh-keygen -q -p -N harbour -m PKCS8 -f copy" };
	static const char *const names[] = { "rsa", "nistp256", "nistp384", "nistp521" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(makes); k++) {
			shell("cp %s copy && %s", names[i], makes[k]);
			struct private_key *key = must_open("copy", "harbour");
			char *pub = mem_printf("%s.pub", names[i]);
			assert_same_pub(key, pub);
			free(pub);
			private_key_free(key);
		}
}

static void openssl_s_ciphers_are_opened(void **state)
{
	static const char *const makes[] = {
		"openssl rsa -in base -traditional -aes256 -passout pass:harbour -out copy",
		"openssl rsa -in base -traditional -des3 -passout pass:harbour -out copy",
		"openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:harbour -in base -out copy",
		"openssl pkcs8 -topk8 -scrypt -passout pass:harbour -in base -out copy",
		"openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:harbour -in base -out copy",
	};

	(void)state;
	shell("cp rsa base && ssh-keygen -q -p -N '' -m PEM -f base");
	for (size_t i = 0; i < ARRAY_LEN(makes); i++) {
		shell("rm -f copy && %s", makes[i]);
		struct private_key *key = must_open("copy", "harbour");
		assert_same_pub(key, "rsa.pub");
		private_key_free(key);
	}
}

static void ed25519_in_pkcs8_is_opened(void **state)
{
	(void)state;
	shell("openssl pkcs8 -topk8 -in ed.p8 -passout pass:harbour -out ed.locked");
	struct private_key *open = must_open("ed.p8", NULL);
	struct private_key *locked = must_open("ed.locked", "harbour");
	char *type = pubkey_type(private_key_pub(open)->blob, private_key_pub(open)->len);
	assert_string_equal(type, "ssh-ed25519");
	assert_int_equal(private_key_pub(open)->len, private_key_pub(locked)->len);
	assert_memory_equal(
	    private_key_pub(open)->blob, private_key_pub(locked)->blob, private_key_pub(open)->len);
	free(type);
	private_key_free(open);
	private_key_free(locked);
}

static void a_wrong_passphrase_is_told_again_and_again(void **state)
{
	struct private_key *key;
	struct secret *wrong = secret_of("starboard"), *empty = secret_of("");
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 2; i++) {
		shell("cp rsa locked && ssh-keygen -q -p -N harbour -m %s -f locked",
		    i ? "PKCS8" : "PEM");
		for (int k = 0; k < 3; k++) {
			assert_int_equal(
			    private_key_open(&key, "locked", wrong, &err), KEY_WRONG_PASSPHRASE);
			assert_non_null(strstr(err.text, "passphrase is wrong"));
			assert_null(key);
		}
		assert_int_equal(
		    private_key_open(&key, "locked", empty, &err), KEY_WRONG_PASSPHRASE);
		assert_int_equal(
		    private_key_open(&key, "locked", NULL, &err), KEY_WRONG_PASSPHRASE);
		assert_non_null(strstr(err.text, "needs its passphrase"));
		private_key_free(must_open("locked", "harbour"));
	}
	secret_free(wrong);
	secret_free(empty);
}

/* Made with OpenSSL's legacy provider, which is not installed everywhere; the passphrase is "harbour". */
static void an_outdated_cipher_is_no_wrong_passphrase(void **state)
{
	static const char *const texts[] = {
		"-----BEGIN EC PRIVATE KEY-----\n"
		"Proc-Type: 4,ENCRYPTED\n"
		"DEK-Info: DES-CBC,B3EDDEE21939F2DA\n"
		"\n"
		"kuK8U5oTh5+0fcr0lPQTQbJMBn+Ebcz/CD1jpmioanEUD4TklhCvRckjEcjqCB2/\n"
		"K4cHDHxtFuiz87YlCT3tSFDkQRxF1irn0NSxhd8dnVExL7ZkRt/DUwPZnp+UCSSL\n"
		"tC1h2X9R0ne4kBVGJu33wIPKeY8Fy4Ek3Io8LSxgkvc=\n"
		"-----END EC PRIVATE KEY-----\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
		"MIGwMBsGCSqGSIb3DQEFAzAOBAjOXOmHUbYoZgICCAAEgZCM7QrMs+/V3lTqw+Rj\n"
		"meYlrUQz9H+b3BUcTpheRuBe12jkNMWTEoF58iKQ7sJn86PubA3Q82LKcRdNeG7a\n"
		"abRSWh6bmxxwbpq6vSzBt7gpuY5xXKEVcWr+Ys29bVdQIQRisFAR7qB6OQTwnmI+\n"
		"H1CWfqHeMHL6EIg5Nq/IYqIBgar/DZJ3nbRRz5wbTwqBUSw=\n"
		"-----END ENCRYPTED PRIVATE KEY-----\n",
	};
	struct private_key *key;
	struct secret *right = secret_of("harbour");
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		write_text("old", texts[i]);
		assert_int_equal(private_key_open(&key, "old", right, &err), KEY_BROKEN);
		assert_non_null(strstr(err.text, "cipher"));
		assert_non_null(strstr(err.hint, "-provider legacy"));
	}
	secret_free(right);
}

/* K4 */
static void long_and_foreign_passphrases_work(void **state)
{
	char passphrase[1025];

	(void)state;
	memset(passphrase, 'x', sizeof passphrase - 1);
	memcpy(passphrase, "p\xc3\xa4sswort \xe9\xbe\x8d", 13);
	passphrase[1024] = '\0';
	write_text("long", passphrase);
	shell("rm -f locked; ssh-keygen -q -t rsa -b 2048 -m PEM -N \"$(cat long)\" -f locked");
	private_key_free(must_open("locked", passphrase));
}

static void opens_openssh_keys_of_every_cipher(void **state)
{
	static const char *const ciphers[] = { "aes256-ctr", "aes192-ctr", "aes128-ctr",
		"aes256-cbc", "aes192-cbc", "aes128-cbc", "aes256-gcm@openssh.com",
		"aes128-gcm@openssh.com", "3des-cbc", "chacha20-poly1305@openssh.com" };
	struct private_key *key;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++) {
		shell("cp ed25519 locked && ssh-keygen -q -p -a 2 -Z %s -N harbour -f locked",
		    ciphers[i]);
		assert_int_equal(
		    private_key_open(&key, "locked", NULL, &err), KEY_WRONG_PASSPHRASE);
		private_key_free(must_open("locked", "harbour"));
		must_not_open("locked", "harbou");
		must_not_open("locked", "");
	}
}

static void opens_openssh_keys_of_every_type(void **state)
{
	static const char *const types[] = { "ed25519", "rsa", "ecdsa -b 256", "ecdsa -b 384",
		"ecdsa -b 521" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		shell(
		    "rm -f locked; ssh-keygen -q -a 17 -t %s -N 'a long one, with blanks and a \xc3\xa4' -f locked",
		    types[i]);
		private_key_free(must_open("locked", "a long one, with blanks and a \xc3\xa4"));
	}
}

static void no_cut_of_a_locked_key_opens(void **state)
{
	struct str text = STR_INIT;
	struct secret *passphrase = secret_of("harbour");
	struct err err = ERR_INIT;

	(void)state;
	shell(
	    "cp ed25519 locked && ssh-keygen -q -p -a 1 -Z aes256-gcm@openssh.com -N harbour -f locked");
	assert_true(file_read("locked", 1 << 16, &text, &err));
	for (size_t len = 0; len < text.len - 35; len += 7) {
		struct private_key *key;

		write_file("cut", text.data, len);
		assert_int_not_equal(private_key_open(&key, "cut", passphrase, &err), KEY_OPENED);
	}
	secret_free(passphrase);
	str_done(&text);
}

static void what_is_not_ours_to_open_is_said(void **state)
{
	struct private_key *key;
	struct err err = ERR_INIT;

	(void)state;
	shell("puttygen rsa -O private -o rsa.ppk");
	assert_int_equal(private_key_open(&key, "rsa.ppk", NULL, &err), KEY_NOT_SUPPORTED);
	assert_non_null(strstr(err.hint, "puttygen"));
	assert_int_equal(private_key_open(&key, "rsa.pub", NULL, &err), KEY_BROKEN);
	assert_non_null(strstr(err.text, "a public key, not a private key"));
	assert_int_equal(private_key_open(&key, "nowhere", NULL, &err), KEY_BROKEN);
	assert_int_equal(err.code, ERR_NOTFOUND);
}

/* ---- signing: ssh-keygen -Y verify is the oracle ---- */

static void armour_write(const char *path, const struct str *blob)
{
	struct str text = STR_INIT, base64 = STR_INIT;

	base64_encode(&base64, (const unsigned char *)blob->data, blob->len);
	str_add(&text, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t i = 0; i < base64.len; i += 70)
		str_addf(&text, "%.70s\n", base64.data + i);
	str_add(&text, "-----END SSH SIGNATURE-----\n");
	write_file(path, text.data, text.len);
	str_done(&text);
	str_done(&base64);
}

static void add_text(struct str *out, const char *text)
{
	str_add_wire(out, text, strlen(text));
}

/* OpenSSH PROTOCOL.sshsig. */
static void sign_file(const struct private_key *key, const char *algorithm, const char *message)
{
	unsigned char hash[64];
	struct str data = STR_INIT, blob = STR_INIT, raw = STR_INIT, sig = STR_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(EVP_Digest(message, strlen(message), hash, NULL, EVP_sha512(), NULL), 1);
	str_add(&data, "SSHSIG");
	add_text(&data, "file");
	add_text(&data, "");
	add_text(&data, "sha512");
	str_add_wire(&data, hash, sizeof hash);
	if (!private_key_sign(key, algorithm, (unsigned char *)data.data, data.len, &raw, &err))
		fail_msg("%s", err.text);
	add_text(&sig, algorithm);
	str_add_wire(&sig, raw.data, raw.len);
	str_add(&blob, "SSHSIG");
	str_add_u32(&blob, 1);
	str_add_wire(&blob, private_key_pub(key)->blob, private_key_pub(key)->len);
	add_text(&blob, "file");
	add_text(&blob, "");
	add_text(&blob, "sha512");
	str_add_wire(&blob, sig.data, sig.len);
	armour_write("message.sig", &blob);
	write_text("message", message);
	str_done(&data);
	str_done(&blob);
	str_done(&raw);
	str_done(&sig);
}

static void ssh_keygen_verifies_our_signatures(void **state)
{
	static const struct {
		const char *file, *algorithm;
	} rows[] = {
		{ "rsa", "rsa-sha2-512" },
		{ "rsa", "rsa-sha2-256" },
		{ "ed25519", "ssh-ed25519" },
		{ "nistp256", "ecdsa-sha2-nistp256" },
		{ "nistp384", "ecdsa-sha2-nistp384" },
		{ "nistp521", "ecdsa-sha2-nistp521" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct private_key *key = must_open(rows[i].file, NULL);
		shell("echo me $(cat %s.pub) >allowed", rows[i].file);
		/* Several: an ECDSA number with a leading zero or a high bit comes by chance. */
		for (int k = 0; k < 8; k++) {
			sign_file(key, rows[i].algorithm, "a message");
			shell(
			    "ssh-keygen -Y verify -f allowed -I me -n file -s message.sig <message");
		}
		private_key_free(key);
	}
}

static void a_key_refuses_algorithms_of_other_types(void **state)
{
	struct private_key *key = must_open("ed25519", NULL);
	struct str sig = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(
	    private_key_sign(key, "rsa-sha2-512", (const unsigned char *)"x", 1, &sig, &err));
	assert_int_equal(sig.len, 0);
	assert_false(private_key_sign(key, "none", (const unsigned char *)"x", 1, &sig, &err));
	private_key_free(key);
	str_done(&sig);
}

/* ---- public keys ---- */

static void a_broken_public_key_is_refused(void **state)
{
	static const char *const lines[] = { "", "ssh-ed25519", "ssh-ed25519 AAAA",
		"ssh-ed25519 !!!!",
		/* the data says ssh-rsa */
		"ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQABAAAAAwEAAQ==",
		/* a length that runs over the end */
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA/w==" };
	struct pubkey key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_false(pubkey_parse(&key, lines[i], NULL, NULL));
	assert_null(key.blob);
}

static void wire_reading_stops_at_the_end_for_good(void **state)
{
	const unsigned char data[] = { 0, 0, 0, 2, 'o', 'k', 0, 0, 0, 9, 'x' };
	struct wire wire = { data, sizeof data, false };
	size_t len;

	(void)state;
	assert_memory_equal(wire_string(&wire, &len), "ok", 2);
	assert_int_equal(len, 2);
	assert_non_null(wire_string(&wire, &len));
	assert_int_equal(len, 0);
	assert_true(wire.bad);
	assert_int_equal(wire_u8(&wire), 0);
	assert_int_equal(wire_u32(&wire), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_half_is_ssh_keygen_s),
		cmocka_unit_test(openssl_s_ciphers_are_opened),
		cmocka_unit_test(ed25519_in_pkcs8_is_opened),
		cmocka_unit_test(a_wrong_passphrase_is_told_again_and_again),
		cmocka_unit_test(an_outdated_cipher_is_no_wrong_passphrase),
		cmocka_unit_test(long_and_foreign_passphrases_work),
		cmocka_unit_test(opens_openssh_keys_of_every_cipher),
		cmocka_unit_test(opens_openssh_keys_of_every_type),
		cmocka_unit_test(no_cut_of_a_locked_key_opens),
		cmocka_unit_test(what_is_not_ours_to_open_is_said),
		cmocka_unit_test(ssh_keygen_verifies_our_signatures),
		cmocka_unit_test(a_key_refuses_algorithms_of_other_types),
		cmocka_unit_test(a_broken_public_key_is_refused),
		cmocka_unit_test(wire_reading_stops_at_the_end_for_good),
	};

	return cmocka_run_group_tests(tests, make_keys, shell_teardown);
}
