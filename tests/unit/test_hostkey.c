/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about a host key beside "known or not"; the oracle is ssh-keygen. */
#include "sallyport/keys.h"

#include "shell.h"

#include "ssh/hostkey.h"

static void load_pub(struct pubkey *key, const char *path)
{
	struct str text = STR_INIT;

	assert_true(file_read(path, 1 << 20, &text, NULL));
	assert_true(pubkey_parse(key, text.data, NULL, NULL));
	str_done(&text);
}

/* ---- the picture ---- */

static void assert_same_art(const char *pub)
{
	struct pubkey key = { NULL, 0 };
	struct str theirs = STR_INIT;
	char *art;

	shell("ssh-keygen -lvf %s | tail -n +2 >art", pub);
	assert_true(file_read("art", 4096, &theirs, NULL));
	load_pub(&key, pub);
	art = pubkey_randomart(key.blob, key.len);
	assert_non_null(art);
	theirs.data[theirs.len - 1] = '\0';
	assert_string_equal(art, theirs.data);
	free(art);
	str_done(&theirs);
	pubkey_done(&key);
}

static void the_picture_is_ssh_keygen_s(void **state)
{
	static const char *const kinds[] = { "ed25519", "rsa -b 2048", "rsa -b 3072", "ecdsa",
		"ecdsa -b 521" };

	(void)state;
	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			shell("rm -f k k.pub && ssh-keygen -q -t %s -N '' -f k", kinds[i]);
			assert_same_art("k.pub");
		}
	/* The size does not fit beside this name. */
	shell("rm -f ca* k k.pub && ssh-keygen -q -t ed25519 -N '' -f ca");
	shell("ssh-keygen -q -t ed25519 -N '' -f k && ssh-keygen -q -h -s ca -I x k.pub");
	assert_same_art("k-cert.pub");
}

static void a_broken_key_has_no_picture(void **state)
{
	(void)state;
	assert_null(pubkey_randomart((const unsigned char *)"\0\0\0\013ssh-ed25519", 15));
	assert_null(pubkey_randomart((const unsigned char *)"", 0));
}

static void types_are_called_what_ssh_calls_them(void **state)
{
	static const char *const pairs[][2] = { { "ssh-rsa", "RSA" }, { "ssh-ed25519", "ED25519" },
		{ "ecdsa-sha2-nistp384", "ECDSA" }, { "sk-ssh-ed25519@openssh.com", "ED25519-SK" },
		{ "ssh-ed25519-cert-v01@openssh.com", "ED25519-CERT" }, { "new@x", "new@x" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		char *shown = pubkey_type_show(pairs[i][0]);
		assert_string_equal(shown, pairs[i][1]);
		free(shown);
	}
}

/* ---- the file of revoked keys ---- */

static struct pubkey ed, other;

static int make_keys(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t ed25519 -N '' -f e && ssh-keygen -q -t ed25519 -N '' -f o");
	load_pub(&ed, "e.pub");
	load_pub(&other, "o.pub");
	return 0;
}

static int drop_keys(void **state)
{
	pubkey_done(&ed);
	pubkey_done(&other);
	return shell_teardown(state);
}

static bool revoked(const struct pubkey *key)
{
	struct err err = ERR_INIT;
	bool found;

	if (!hostkey_in_file("revoked", key->blob, key->len, &found, &err))
		fail_msg("%s", err.text);
	return found;
}

static void a_revoked_key_is_found(void **state)
{
	(void)state;
	shell("{ printf '# mine\\n\\n  \\r\\n'; cat o.pub e.pub; } >revoked");
	assert_true(revoked(&ed));
	assert_true(revoked(&other));
	shell("tr -d '\\n' <e.pub >revoked");
	assert_true(revoked(&ed));
	assert_false(revoked(&other));
	write_text("revoked", "");
	assert_false(revoked(&ed));
}

/* S14: whatever cannot be read might have named this key. */
static void assert_refused(const char *why)
{
	struct err err = ERR_INIT;
	bool found;

	assert_false(hostkey_in_file("revoked", ed.blob, ed.len, &found, &err));
	if (!strstr(err.text, why))
		fail_msg("not \"%s\": %s", why, err.text);
}

static void what_cannot_be_read_refuses(void **state)
{
	(void)state;
	shell("rm -f revoked");
	assert_refused("No such file");
	shell("{ cat o.pub; echo junk; cat e.pub; } >revoked");
	assert_refused("revoked:2");
	shell("{ cat o.pub; printf 'ssh-ed25519 AAAA\\n'; } >revoked");
	assert_refused("revoked:2");
	shell("printf 'a\\0b' >revoked");
	assert_refused("not a text file");
	shell("rm -f revoked && ssh-keygen -q -k -f revoked o.pub");
	assert_refused("KRL");
	shell("rm -f revoked && mkdir revoked");
	assert_refused("folder");
	shell("rmdir revoked");
}

/* ---- where else the key is known ---- */

static void other_names_of_a_key_are_told(void **state)
{
	struct strlist files = { 0 }, others = { 0 };

	(void)state;
	shell(
	    "e=$(cut -d' ' -f1,2 e.pub) && o=$(cut -d' ' -f1,2 o.pub) &&"
	    " { echo \"here $e\"; echo \"a,10.0.0.1 $e mine\"; echo \"b $o\"; echo \"@revoked c $e\";"
	    " echo \"d ssh-ed25519 AAAA\"; echo \"[e]:2222 $e\"; } >known &&"
	    " echo \"hashed $e\" >hashed && ssh-keygen -q -H -f hashed && cat hashed >>known");
	strlist_add(&files, "known");
	struct known_hosts *known = known_hosts_load(&files, NULL);
	known_hosts_others(known, "here", ed.blob, ed.len, &others);
	char *all = strlist_join(&others, "; ");
	assert_string_equal(all, "known:2: a,10.0.0.1; known:6: [e]:2222; known:7: a hashed name");
	free(all);
	strlist_done(&others);
	strlist_done(&files);
	known_hosts_free(known);
}

static void new_keys_go_to_the_first_file(void **state)
{
	struct strlist user = { 0 }, files = { 0 };

	(void)state;
	strlist_add(&user, "~/a");
	strlist_add(&user, "~/b");
	assert_true(known_hosts_files(&user, NULL, &files, NULL));
	assert_true(str_ends(known_hosts_store(&user, &files), "/a"));
	strlist_done(&files);
	strlist_done(&user);
	strlist_add(&user, "none");
	assert_true(known_hosts_files(&user, NULL, &files, NULL));
	assert_null(known_hosts_store(&user, &files));
	strlist_done(&files);
	strlist_done(&user);
}

static void global_files_can_be_named(void **state)
{
	struct strlist user = { 0 }, global = { 0 }, files = { 0 };

	(void)state;
	strlist_add(&user, "u");
	strlist_add(&global, "/g1");
	strlist_add(&global, "~/g2");
	assert_true(known_hosts_files(&user, &global, &files, NULL));
	assert_int_equal(files.len, 3);
	assert_string_equal(files.items[1], "/g1");
	assert_true(str_starts(files.items[2], shell_dir));
	strlist_done(&files);
	strlist_done(&global);
	strlist_done(&user);
}

/* ---- CheckHostIP: sshconnect.c, check_host_key() ---- */

static void the_address_beside_the_name(void **state)
{
	static const struct {
		enum hostkey_verdict name, ip;
		enum ip_verdict verdict;
	} rows[] = {
		{ HOSTKEY_KNOWN, HOSTKEY_KNOWN, IP_SILENT },
		{ HOSTKEY_KNOWN, HOSTKEY_NEW, IP_ADD },
		{ HOSTKEY_KNOWN, HOSTKEY_CHANGED, IP_DIFFERS },
		{ HOSTKEY_KNOWN, HOSTKEY_OTHER_TYPE, IP_DIFFERS },
		{ HOSTKEY_KNOWN, HOSTKEY_REVOKED, IP_DIFFERS },
		{ HOSTKEY_NEW, HOSTKEY_NEW, IP_ADD },
		{ HOSTKEY_NEW, HOSTKEY_KNOWN, IP_SILENT },
		{ HOSTKEY_NEW, HOSTKEY_CHANGED, IP_DIFFERS },
		{ HOSTKEY_CHANGED, HOSTKEY_NEW, IP_SILENT },
		{ HOSTKEY_CHANGED, HOSTKEY_KNOWN, IP_SILENT },
		{ HOSTKEY_REVOKED, HOSTKEY_NEW, IP_SILENT },
		{ HOSTKEY_OTHER_TYPE, HOSTKEY_NEW, IP_SILENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(ip_judge(rows[i].name, rows[i].ip), rows[i].verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_picture_is_ssh_keygen_s),
		cmocka_unit_test(a_broken_key_has_no_picture),
		cmocka_unit_test(types_are_called_what_ssh_calls_them),
		cmocka_unit_test(a_revoked_key_is_found),
		cmocka_unit_test(what_cannot_be_read_refuses),
		cmocka_unit_test(other_names_of_a_key_are_told),
		cmocka_unit_test(new_keys_go_to_the_first_file),
		cmocka_unit_test(global_files_can_be_named),
		cmocka_unit_test(the_address_beside_the_name),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
