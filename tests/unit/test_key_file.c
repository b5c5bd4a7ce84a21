/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include "shell.h"

#include <sys/stat.h>

/* ---- every format that ssh-keygen, openssl and puttygen write ---- */

/*
 * How each file is made: $B is an OpenSSH key without a passphrase, $P its copy in the traditional PEM
 * form, $F the file to make.  The oracle for type, bits and fingerprint is ssh-keygen -l on $B.pub.
 */
static const struct form {
	const char *bases; /* which kinds of key */
	const char *make;
	enum key_format format;
	bool encrypted;
	bool no_pub; /* the public half cannot be seen without the passphrase */
} forms[] = {
	{ "rsa dsa ecdsa256 ecdsa384 ecdsa521 ed25519", "cp $B $F", KEY_OPENSSH, false, false },
	{ "rsa ecdsa256 ed25519", "cp $B $F; ssh-keygen -p -N harbour -f $F", KEY_OPENSSH, true,
	    false },
	{ "rsa", "cp $B $F; ssh-keygen -p -N harbour -Z aes256-gcm@openssh.com -f $F", KEY_OPENSSH,
	    true, false },
	{ "ed25519", "cp $B $F; ssh-keygen -p -N harbour -Z chacha20-poly1305@openssh.com -f $F",
	    KEY_OPENSSH, true, false },
	{ "rsa", "cp $P $F", KEY_PEM_PKCS1, false, false },
	{ "rsa", "cp $B $F; ssh-keygen -p -N harbour -m PEM -f $F", KEY_PEM_PKCS1, true, true },
	{ "rsa", "openssl rsa -in $P -traditional -aes256 -passout pass:harbour -out $F",
	    KEY_PEM_PKCS1, true, true },
	{ "rsa", "openssl rsa -in $P -traditional -des3 -passout pass:harbour -out $F",
	    KEY_PEM_PKCS1, true, true },
	{ "dsa", "cp $P $F", KEY_PEM_DSA, false, false },
	{ "dsa", "puttygen $B.ppk -O private-openssh --new-passphrase secret -o $F", KEY_PEM_DSA,
	    true, true },
	{ "ecdsa256 ecdsa384 ecdsa521", "cp $P $F", KEY_PEM_SEC1, false, false },
	{ "ecdsa256", "cp $B $F; ssh-keygen -p -N harbour -m PEM -f $F", KEY_PEM_SEC1, true, true },
	{ "ecdsa256 ecdsa521",
	    "{ openssl ec -in $P -param_out; openssl ec -in $P -conv_form compressed; } >$F",
	    KEY_PEM_SEC1, false, false },
	{ "ecdsa384", "openssl ec -in $P -no_public -out $F", KEY_PEM_SEC1, false, false },
	{ "rsa dsa ecdsa256 ecdsa384 ecdsa521", "openssl pkcs8 -topk8 -nocrypt -in $P -out $F",
	    KEY_PEM_PKCS8, false, false },
	{ "rsa", "{ echo 'Bag Attributes'; openssl pkcs8 -topk8 -nocrypt -in $P; } >$F",
	    KEY_PEM_PKCS8, false, false },
	{ "rsa", "openssl pkcs8 -topk8 -nocrypt -in $P | sed 's/$/\\r/' >$F", KEY_PEM_PKCS8, false,
	    false },
	{ "rsa ecdsa256", "cp $B $F; ssh-keygen -p -N harbour -m PKCS8 -f $F", KEY_PEM_PKCS8, true,
	    true },
	{ "rsa", "openssl pkcs8 -topk8 -v2 aes-128-cbc -passout pass:harbour -in $P -out $F",
	    KEY_PEM_PKCS8, true, true },
	{ "rsa", "openssl pkcs8 -topk8 -scrypt -passout pass:harbour -in $P -out $F", KEY_PEM_PKCS8,
	    true, true },
	{ "rsa", "openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:harbour -in $P -out $F",
	    KEY_PEM_PKCS8, true, true },
	{ "rsa ecdsa256 ed25519",
	    "puttygen $B -O private -o $F.ppk; puttygen $F.ppk -O private-openssh-new -o $F",
	    KEY_OPENSSH, false, false },
	{ "rsa", "puttygen $B -O private -o $F.ppk; puttygen $F.ppk -O private-openssh -o $F",
	    KEY_PEM_PKCS1, false, false },
	{ "ecdsa384", "puttygen $B -O private -o $F.ppk; puttygen $F.ppk -O private-openssh -o $F",
	    KEY_PEM_SEC1, false, false },
	{ "rsa dsa ecdsa521 ed25519", "puttygen $B -O private -o $F", KEY_PPK3, false, false },
	{ "rsa ed25519", "puttygen $B -O private -P --new-passphrase secret -o $F", KEY_PPK3, true,
	    false },
	{ "rsa ecdsa256", "puttygen $B -O private --ppk-param version=2 -o $F", KEY_PPK2, false,
	    false },
	{ "rsa", "puttygen $B -O private --ppk-param version=2 -P --new-passphrase secret -o $F",
	    KEY_PPK2, true, false },
	{ "rsa", "puttygen $B -O private-sshcom -o $F", KEY_SSHCOM, false, true },
	{ "rsa dsa ecdsa256 ed25519", "cp $B.pub $F", KEY_PUBLIC, false, false },
	{ "rsa ed25519", "ssh-keygen -e -f $B.pub >$F", KEY_PUBLIC, false, false },
	{ "rsa ecdsa256", "ssh-keygen -e -m PKCS8 -f $B.pub >$F", KEY_PUBLIC, false, false },
	{ "rsa", "puttygen $B -O public -o $F", KEY_PUBLIC, false, false },
	{ "ecdsa256", "puttygen $B -O public-openssh -o $F", KEY_PUBLIC, false, false },
	{ "rsa ecdsa256 ed25519", "ssh-keygen -s ed25519 -I me -n root $B.pub; mv $B-cert.pub $F",
	    KEY_CERTIFICATE, false, false },
};

static const struct {
	const char *name, *type;
} bases[] = {
	{ "dsa", "ssh-dss" }, /* first: the loops over those with a PEM form leave it out */
	{ "rsa", "ssh-rsa" },
	{ "ecdsa256", "ecdsa-sha2-nistp256" },
	{ "ecdsa384", "ecdsa-sha2-nistp384" },
	{ "ecdsa521", "ecdsa-sha2-nistp521" },
	{ "ed25519", "ssh-ed25519" },
};

static int make_bases(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	write_text("secret", "harbour");
	shell("ssh-keygen -q -t rsa -b 2048 -N '' -C 'rsa key' -f rsa");
	/* OpenSSH 10 has no DSA any more: PuTTY's keys, and PuTTY as the oracle. */
	shell(
	    "puttygen -q -t dsa -b 1024 --random-device /dev/urandom -C dsa"
	    " --new-passphrase /dev/null -o dsa.ppk && puttygen dsa.ppk -O private-openssh-new -o dsa"
	    " && puttygen dsa.ppk -O private-openssh -o dsa.p && puttygen dsa.ppk -L -o dsa.pub"
	    " && chmod 600 dsa dsa.p");
	shell("ssh-keygen -q -t ed25519 -N '' -C ed -f ed25519");
	for (int bits = 256; bits <= 521; bits += bits == 384 ? 137 : 128)
		shell("ssh-keygen -q -t ecdsa -b %d -N '' -C ec -f ecdsa%d", bits, bits);
	for (size_t i = 1; i + 1 < ARRAY_LEN(bases); i++)
		shell("cp %s %s.p && ssh-keygen -q -p -N '' -m PEM -f %s.p", bases[i].name,
		    bases[i].name, bases[i].name);
	return 0;
}

/* "2048 SHA256:... comment (RSA)", and of PuTTY "ssh-dss 1024 SHA256:... comment". */
static void compare_with_oracle(const struct key_file *key, const char *base)
{
	bool dsa = str_eq(base, "dsa");
	char *line = shell_line(dsa ? "puttygen -l %s.ppk" : "ssh-keygen -l -f %s.pub", base);
	char fingerprint[128];
	unsigned bits;
	char *ours = pubkey_fingerprint(key->pub.blob, key->pub.len);

	assert_int_equal(sscanf(dsa ? strchr(line, ' ') : line, "%u %127s", &bits, fingerprint), 2);
	assert_int_equal(key->bits, bits);
	assert_string_equal(ours, fingerprint);
	free(ours);
	free(line);
}

static void try_form(const struct form *form, size_t number, const char *base, const char *type)
{
	struct key_file key;
	struct err err = ERR_INIT;
	char *file = mem_printf("form%zu-%s", number, base);

	shell("B=%s P=%s.p F=%s; { %s; } </dev/null && chmod 600 $F && rm -f $F.pub", base, base,
	    file, form->make);
	if (!key_file_load(&key, file, &err))
		fail_msg("%s: %s", file, err.text);
	if (key.format != form->format || key.encrypted != form->encrypted)
		fail_msg("%s (%s): %s, encrypted %d", file, form->make, key_format_name(key.format),
		    key.encrypted);
	if (form->no_pub)
		assert_null(key.pub.blob);
	else
		compare_with_oracle(&key, base);
	if (!form->no_pub && form->format != KEY_CERTIFICATE)
		assert_string_equal(key.type, type);
	key_file_done(&key);
	free(file);
}

static void every_format_is_told_as_its_maker_would(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		for (size_t k = 0; k < ARRAY_LEN(bases); k++) {
			struct strlist which = { 0 };
			strlist_split(&which, forms[i].bases, " ");
			if (strlist_has(&which, bases[k].name))
				try_form(&forms[i], i, bases[k].name, bases[k].type);
			strlist_done(&which);
		}
}

static void an_ed25519_key_in_pkcs8_is_read(void **state)
{
	struct key_file key;

	(void)state;
	shell(
	    "openssl genpkey -algorithm ed25519 -out ed.p8 && openssl genpkey -algorithm x25519 -out x.p8");
	assert_true(key_file_load(&key, "ed.p8", NULL));
	assert_int_equal(key.format, KEY_PEM_PKCS8);
	assert_string_equal(key.type, "ssh-ed25519");
	assert_int_equal(key.bits, 256);
	key_file_done(&key);
	/* A key, but none that SSH could use. */
	assert_true(key_file_load(&key, "x.p8", NULL));
	assert_int_equal(key.format, KEY_PEM_PKCS8);
	assert_null(key.type);
	key_file_done(&key);
}

static void a_puttygen_ed448_key_is_named(void **state)
{
	struct key_file key;

	(void)state;
	shell(
	    "puttygen -q -t ed448 --random-device /dev/urandom -C four --new-passphrase /dev/null -o ed448.ppk");
	assert_true(key_file_load(&key, "ed448.ppk", NULL));
	assert_int_equal(key.format, KEY_PPK3);
	assert_string_equal(key.type, "ssh-ed448");
	assert_int_equal(key.bits, 448);
	key_file_done(&key);
}

/* ---- files that are no private key ---- */

/* K3 */
static void what_is_no_key_is_called_by_its_name(void **state)
{
	static const struct {
		const char *text;
		enum key_format format;
	} rows[] = {
		{ "", KEY_EMPTY },
		{ " \n\n\t", KEY_EMPTY },
		{ "\xef\xbb\xbf", KEY_EMPTY },
		{ "<!DOCTYPE html><html>login</html>", KEY_HTML },
		{ "\n <html>", KEY_HTML },
		{ "hello", KEY_UNKNOWN },
		{ "\xff\xfe-\0-\0", KEY_UNKNOWN },
		{ "ssh-rsa AAAA", KEY_UNKNOWN },
		{ "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
		    KEY_CERTIFICATE },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
		    KEY_PEM_BROKEN },
		{ "-----BEGIN PRIVATE KEY-----\n", KEY_PEM_BROKEN },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		    KEY_PEM_BROKEN },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		    KEY_PEM_BROKEN },
		{ "PuTTY-User-Key-File-3: ssh-rsa\n", KEY_PEM_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct key_file key;
		write_text("odd", rows[i].text);
		assert_true(key_file_load(&key, "odd", NULL));
		if (key.format != rows[i].format)
			fail_msg("row %zu: %s", i, key_format_name(key.format));
		assert_false(key_format_private(key.format));
		key_file_done(&key);
	}
}

static void every_truncation_of_a_key_is_survived(void **state)
{
	static const char *const files[] = { "rsa.p", "ed25519", "form24-rsa", "rsa.pub" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct str text = STR_INIT;
		struct key_file key;
		assert_true(file_read(files[i], 1 << 20, &text, NULL));
		for (size_t len = 0; len < text.len; len += 1 + len / 64) {
			write_file("cut", text.data, len);
			assert_true(key_file_load(&key, "cut", NULL));
			key_file_done(&key);
		}
		str_done(&text);
	}
}

/* K2 */
static void what_cannot_be_read_says_why(void **state)
{
	struct key_file key;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(key_file_load(&key, "nowhere", &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	assert_false(key.exists);
	key_file_done(&key);
	assert_false(key_file_load(&key, ".", &err));
	assert_non_null(strstr(err.text, "folder"));
	assert_true(key.exists);
	key_file_done(&key);
	shell("mkfifo fifo; truncate -s 10M big");
	assert_false(key_file_load(&key, "fifo", &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	key_file_done(&key);
	assert_false(key_file_load(&key, "big", &err));
	assert_non_null(strstr(err.text, "too big"));
	key_file_done(&key);
	shell("ln -s nowhere dangling");
	assert_false(key_file_load(&key, "dangling", &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	key_file_done(&key);
}

static void a_file_of_mode_0_cannot_be_read(void **state)
{
	struct key_file key;
	struct err err = ERR_INIT;
	bool root = geteuid() == 0;

	(void)state;
	shell("cp ed25519 secretive && chmod 0 secretive && chmod 711 .");
	if (root)
		assert_int_equal(seteuid(65534), 0);
	bool loaded = key_file_load(&key, "secretive", &err);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_false(loaded);
	assert_int_equal(err.code, ERR_IO);
	assert_non_null(strstr(err.text, "Permission denied"));
	key_file_done(&key);
}

/* ---- the .pub beside a key ---- */

static void the_pub_beside_names_a_locked_key(void **state)
{
	struct key_file key;

	(void)state;
	shell(
	    "cp rsa locked && ssh-keygen -q -p -N harbour -m PEM -f locked && cp rsa.pub locked.pub");
	assert_true(key_file_load(&key, "locked", NULL));
	assert_true(key.pub_beside);
	assert_false(key.pub_mismatch);
	assert_string_equal(key.comment, "rsa key");
	compare_with_oracle(&key, "rsa");
	key_file_done(&key);
}

static void a_foreign_pub_beside_is_noticed(void **state)
{
	struct key_file key;

	(void)state;
	shell("cp rsa other && cp ed25519.pub other.pub");
	assert_true(key_file_load(&key, "other", NULL));
	assert_true(key.pub_mismatch);
	assert_false(key.pub_beside);
	assert_string_equal(key.type, "ssh-rsa");
	key_file_done(&key);
}

static void a_tilde_is_the_home_folder(void **state)
{
	struct key_file key;

	(void)state;
	assert_true(key_file_load(&key, "~/ed25519", NULL));
	assert_int_equal(key.format, KEY_OPENSSH);
	key_file_done(&key);
}

/* ---- rules ---- */

static void the_mode_rule_is_openssh_s(void **state)
{
	struct stat st = { .st_mode = S_IFREG | 0600, .st_uid = 1000 };

	(void)state;
	assert_int_equal(key_perm_of(&st, 1000), KEY_PERM_OK);
	assert_int_equal(key_perm_of(&st, 0), KEY_PERM_FOREIGN);
	st.st_mode = S_IFREG | 0400;
	assert_int_equal(key_perm_of(&st, 1000), KEY_PERM_OK);
	for (unsigned bit = 1; bit < 0100; bit <<= 1) {
		st.st_mode = S_IFREG | 0600 | bit;
		assert_int_equal(key_perm_of(&st, 1000), KEY_PERM_OPEN);
		assert_int_equal(key_perm_of(&st, 1001), KEY_PERM_FOREIGN);
	}
}

static void ssh_keygen_agrees_on_modes(void **state)
{
	static const unsigned modes[] = { 0600, 0400, 0700, 0640, 0644, 0666, 0604, 0610, 0601 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct stat st;
		char *command = mem_printf(
		    "cp ed25519 moded && chmod %o moded && ssh-keygen -y -f moded 2>/dev/null",
		    modes[i]);
		int status = shell_status(NULL, command);
		assert_int_equal(stat("moded", &st), 0);
		assert_int_equal(key_perm_of(&st, geteuid()) == KEY_PERM_OK, status == 0);
		shell("rm -f moded");
		free(command);
	}
}

static void a_folder_that_others_may_write_is_bad(void **state)
{
	static const struct {
		unsigned mode, uid;
		bool bad;
	} rows[] = {
		{ 0700, 1000, false },
		{ 0755, 1000, false },
		{ 0755, 0, false },
		{ 0755, 1001, true },
		{ 0775, 1000, true },
		{ 0777, 0, true },
		{ 01777, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct stat st = { .st_mode = S_IFDIR | rows[i].mode, .st_uid = rows[i].uid };
		assert_int_equal(folder_perm_bad(&st, 1000), rows[i].bad);
	}
}

static void the_default_files_are_ssh_s_that_exist(void **state)
{
	struct strlist files = { 0 };

	(void)state;
	shell("mkdir -p .ssh && cp ed25519 .ssh/id_ed25519 && cp rsa .ssh/id_rsa");
	key_default_files(&files);
	assert_int_equal(files.len, 2);
	assert_true(str_ends(files.items[0], "/.ssh/id_rsa"));
	assert_true(str_ends(files.items[1], "/.ssh/id_ed25519"));
	strlist_done(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_is_told_as_its_maker_would),
		cmocka_unit_test(an_ed25519_key_in_pkcs8_is_read),
		cmocka_unit_test(a_puttygen_ed448_key_is_named),
		cmocka_unit_test(what_is_no_key_is_called_by_its_name),
		cmocka_unit_test(every_truncation_of_a_key_is_survived),
		cmocka_unit_test(what_cannot_be_read_says_why),
		cmocka_unit_test(a_file_of_mode_0_cannot_be_read),
		cmocka_unit_test(the_pub_beside_names_a_locked_key),
		cmocka_unit_test(a_foreign_pub_beside_is_noticed),
		cmocka_unit_test(a_tilde_is_the_home_folder),
		cmocka_unit_test(the_mode_rule_is_openssh_s),
		cmocka_unit_test(ssh_keygen_agrees_on_modes),
		cmocka_unit_test(a_folder_that_others_may_write_is_bad),
		cmocka_unit_test(the_default_files_are_ssh_s_that_exist),
	};

	return cmocka_run_group_tests(tests, make_bases, shell_teardown);
}
