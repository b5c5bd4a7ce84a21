/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include "shell.h"

#include <errno.h>
#include <sys/stat.h>

static struct pubkey ed, ed2, rsa, ec;

static void load_pub(struct pubkey *key, const char *path)
{
	struct str text = STR_INIT;

	assert_true(file_read(path, 1 << 20, &text, NULL));
	assert_true(pubkey_parse(key, text.data, NULL, NULL));
	str_done(&text);
}

/* Keys e, f (ed25519), r (rsa), c (ecdsa); in the texts below @e@ and so on stand for "type base64". */
static int make_keys(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t ed25519 -N '' -f e && ssh-keygen -q -t ed25519 -N '' -f f");
	shell("ssh-keygen -q -t rsa -b 2048 -N '' -f r && ssh-keygen -q -t ecdsa -N '' -f c");
	load_pub(&ed, "e.pub");
	load_pub(&ed2, "f.pub");
	load_pub(&rsa, "r.pub");
	load_pub(&ec, "c.pub");
	return 0;
}

static int drop_keys(void **state)
{
	pubkey_done(&ed);
	pubkey_done(&ed2);
	pubkey_done(&rsa);
	pubkey_done(&ec);
	return shell_teardown(state);
}

static void expand(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (text[0] == '@' && strchr("efrc", text[1]) && text[2] == '@') {
			char *line = shell_line("cut -d' ' -f1,2 %c.pub", text[1]);
			str_add(out, line);
			free(line);
			text += 2;
		} else {
			str_add_char(out, *text);
		}
	}
}

static void write_known(const char *text)
{
	struct str out = STR_INIT;

	expand(&out, text);
	write_file("known", str_text(&out), out.len);
	str_done(&out);
}

static struct known_hosts *load(const char *path)
{
	struct strlist files = { 0 };
	struct err err = ERR_INIT;

	strlist_add(&files, path);
	struct known_hosts *known = known_hosts_load(&files, &err);
	if (!known)
		fail_msg("%s", err.text);
	strlist_done(&files);
	return known;
}

static bool check(const struct known_hosts *known, const char *name, const struct pubkey *key,
    struct hostkey_match *match, struct err *err)
{
	return known_hosts_check(known, name, key->blob, key->len, match, err);
}

static void assert_verdict(
    const char *name, const struct pubkey *key, enum hostkey_verdict verdict, unsigned line)
{
	struct known_hosts *known = load("known");
	struct hostkey_match match;
	struct err err = ERR_INIT;

	if (!check(known, name, key, &match, &err))
		fail_msg("%s: %s", name, err.text);
	assert_int_equal(match.verdict, verdict);
	assert_int_equal(match.line, line);
	assert_int_equal(match.file != NULL, line != 0);
	hostkey_match_done(&match);
	known_hosts_free(known);
}

/* ---- verdicts ---- */

static void each_verdict_names_the_line_that_decided(void **state)
{
	(void)state;
	write_known("# a comment\n\nhost @r@\nhost @e@\nother @c@\n@cert-authority *.org @e@\n");
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 4);
	assert_verdict("host", &ed2, HOSTKEY_CHANGED, 4);
	assert_verdict("host", &ec, HOSTKEY_OTHER_TYPE, 3);
	assert_verdict("nobody", &ed, HOSTKEY_NEW, 0);
	assert_verdict("a.org", &ed, HOSTKEY_CA, 6);
}

static void a_changed_key_tells_the_known_fingerprint(void **state)
{
	struct known_hosts *known;
	struct hostkey_match match;
	char *line, *end;

	(void)state;
	write_known("host @e@\n");
	known = load("known");
	assert_true(check(known, "host", &ed2, &match, NULL));
	line = shell_line("ssh-keygen -l -f e.pub | cut -d' ' -f2");
	end = strchr(line, '\n');
	assert_null(end);
	assert_string_equal(match.fingerprint, line);
	assert_string_equal(match.type, "ssh-ed25519");
	assert_string_equal(match.file, "known");
	free(line);
	hostkey_match_done(&match);
	known_hosts_free(known);
}

static void revoked_wins_wherever_it_stands(void **state)
{
	(void)state;
	write_known("host @e@\n@revoked host @e@\n");
	assert_verdict("host", &ed, HOSTKEY_REVOKED, 2);
	write_known("@revoked * @e@\nhost @e@\n");
	assert_verdict("host", &ed, HOSTKEY_REVOKED, 1);
	assert_verdict("host", &ed2, HOSTKEY_CHANGED, 2);
	/* A revoked key of the host is no known key. */
	write_known("@revoked host @e@\n");
	assert_verdict("host", &ed2, HOSTKEY_NEW, 0);
}

static void known_wins_over_changed_in_any_order(void **state)
{
	(void)state;
	write_known("host @f@\nhost @e@\n");
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 2);
	assert_verdict("host", &ed2, HOSTKEY_KNOWN, 1);
}

static void other_ports_are_other_hosts(void **state)
{
	char *name = known_hosts_name("Host.Example", 2222), *plain = known_hosts_name("HOST", 22);

	(void)state;
	assert_string_equal(name, "[host.example]:2222");
	assert_string_equal(plain, "host");
	write_known("host.example @e@\n");
	assert_verdict(name, &ed, HOSTKEY_NEW, 0);
	write_known("host.example @f@\n[host.example]:2222 @e@\n");
	assert_verdict(name, &ed, HOSTKEY_KNOWN, 2);
	assert_verdict(name, &ed2, HOSTKEY_CHANGED, 2);
	free(name);
	free(plain);
}

/* ---- names: ssh-keygen -F is the oracle ---- */

static void names_match_as_ssh_keygen_finds_them(void **state)
{
	static const char *const lists[] = { "host", "HOST", "a,host,b", "ho?t", "h*t", "*",
		"h*o*t", "*host*", "??st", "host,!host", "!host,*", "*,!h*", "!other,*", "hos",
		"hostt", "?", "*.org", "*.*", "[host]:22", "[host]:2222", "[*]:2222", "[host]:*",
		"host,10.0.0.1", "!*", "ho**t", "*?*?*?*?", "*?*?*?*?*?", ",", "host,", ",host",
		"-", "**", "h\\*t" };
	static const char *const names[] = { "host", "other", "a.org", "[host]:2222", "10.0.0.1",
		"::1", "h" };
	int found = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		char *text = mem_printf("%s @e@\n", lists[i]);
		write_known(text);
		struct known_hosts *known = load("known");
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			struct hostkey_match match;
			char *command = mem_printf(
			    "ssh-keygen -F '%s' -f known >out 2>/dev/null; test -s out", names[k]);
			bool oracle = shell_status(NULL, command) == 0;
			assert_true(check(known, names[k], &ed, &match, NULL));
			if (oracle != (match.verdict == HOSTKEY_KNOWN))
				fail_msg(
				    "'%s' in '%s': ssh-keygen says %d", names[k], lists[i], oracle);
			found += oracle;
			hostkey_match_done(&match);
			free(command);
		}
		known_hosts_free(known);
		free(text);
	}
	assert_true(found > 40);
}

static void hashed_names_are_found(void **state)
{
	(void)state;
	write_known("host @e@\n[host]:2222 @f@\nthird @r@\n");
	shell("ssh-keygen -H -f known && ! grep -q host known");
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 1);
	assert_verdict("[host]:2222", &ed2, HOSTKEY_KNOWN, 2);
	assert_verdict("[host]:2222", &ed, HOSTKEY_CHANGED, 2);
	assert_verdict("hos", &ed, HOSTKEY_NEW, 0);
}

static void broken_hashes_match_nobody(void **state)
{
	(void)state;
	write_known("|1|AAAA|BBBB @e@\n|1| @e@\n| @e@\n|2|x|y @e@\n|1|%%|%% @e@\nhost @e@\n");
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 6);
	assert_verdict("other", &ed, HOSTKEY_NEW, 0);
}

/* ---- odd files ---- */

static void odd_line_ends_are_read(void **state)
{
	(void)state;
	write_known("one @e@\r\ntwo @e@ comment\r\n\r\n  \tthree\t@e@");
	assert_verdict("one", &ed, HOSTKEY_KNOWN, 1);
	assert_verdict("two", &ed, HOSTKEY_KNOWN, 2);
	assert_verdict("three", &ed, HOSTKEY_KNOWN, 4);
}

static void junk_is_passed_over_and_counted(void **state)
{
	(void)state;
	write_known(
	    "<<<<<<< HEAD\njunk\n@nonsense host @e@\n@revoked\nold 1024 35 12345\nhost @e@\n");
	struct known_hosts *known = load("known");
	assert_int_equal(known_hosts_broken(known), 4);
	known_hosts_free(known);
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 6);
	assert_verdict("old", &ed, HOSTKEY_NEW, 0);
}

static void a_nul_ends_its_line_only(void **state)
{
	struct str out = STR_INIT;

	(void)state;
	expand(&out, "bad");
	str_add_char(&out, '\0');
	expand(&out, " @e@\ngood @e@\n");
	write_file("known", out.data, out.len);
	str_done(&out);
	assert_verdict("good", &ed, HOSTKEY_KNOWN, 2);
}

static void a_line_of_a_megabyte_is_read(void **state)
{
	struct str out = STR_INIT;

	(void)state;
	str_add(&out, "first @e@\n");
	for (int i = 0; i < 100000; i++)
		str_addf(&out, "name%05d,", i);
	str_add(&out, "last @e@ a comment\nhost @e@\n");
	write_known(out.data);
	str_done(&out);
	assert_verdict("first", &ed, HOSTKEY_KNOWN, 1);
	assert_verdict("last", &ed, HOSTKEY_KNOWN, 2);
	assert_verdict("name00000", &ed, HOSTKEY_KNOWN, 2);
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 3);
}

static void fifty_megabytes_are_read(void **state)
{
	struct str out = STR_INIT;
	char *e = shell_line("cut -d' ' -f1,2 e.pub");

	(void)state;
	for (unsigned i = 1; out.len < 50 << 20; i++)
		str_addf(&out, "host%u %s\n", i, e);
	str_addf(&out, "the-last %s\n", e);
	write_file("known", out.data, out.len);
	str_done(&out);
	free(e);
	struct known_hosts *known = load("known");
	struct hostkey_match match;
	assert_true(check(known, "the-last", &ed, &match, NULL));
	assert_int_equal(match.verdict, HOSTKEY_KNOWN);
	hostkey_match_done(&match);
	known_hosts_free(known);
}

static void several_files_are_one_list(void **state)
{
	struct strlist files = { 0 };
	struct hostkey_match match;

	(void)state;
	write_known("host @f@\n");
	shell("mv known known_a");
	write_known("host @e@\n");
	strlist_add(&files, "missing");
	strlist_add(&files, "/dev/null");
	strlist_add(&files, "known_a");
	strlist_add(&files, "known");
	struct known_hosts *known = known_hosts_load(&files, NULL);
	assert_non_null(known);
	assert_true(check(known, "host", &ed, &match, NULL));
	assert_int_equal(match.verdict, HOSTKEY_KNOWN);
	assert_string_equal(match.file, "known");
	hostkey_match_done(&match);
	known_hosts_free(known);
	strlist_done(&files);
}

static void the_known_types_come_in_file_order(void **state)
{
	struct strlist types = { 0 };

	(void)state;
	write_known(
	    "@revoked host @c@\nhost @r@\nh* @e@\nhost @f@\n@cert-authority host @c@\nx @c@\n");
	struct known_hosts *known = load("known");
	known_hosts_types(known, "host", &types);
	char *joined = strlist_join(&types, " ");
	assert_string_equal(joined, "ssh-rsa ssh-ed25519");
	free(joined);
	strlist_done(&types);
	known_hosts_free(known);
}

/* ---- not knowing means refusing (faults S7, S14) ---- */

static void assert_refused(const char *text, const struct pubkey *key, const char *why)
{
	struct hostkey_match match;
	struct err err = ERR_INIT;

	write_known(text);
	struct known_hosts *known = load("known");
	assert_false(check(known, "host", key, &match, &err));
	assert_non_null(strstr(err.text, why));
	hostkey_match_done(&match);
	known_hosts_free(known);
}

static void a_damaged_line_of_the_host_refuses(void **state)
{
	(void)state;
	assert_refused("host ssh-ed25519 AAAA\n", &ed, "known:1");
	assert_refused("x @e@\nhost ssh-ed25519 %%%%\n", &ed, "known:2");
	assert_refused("host\n", &ed, "known:1");
	assert_refused("host ssh-rsa\n", &ed, "known:1");
	assert_refused("host ssh-rsa AAAAC3NzaC1lZDI1NTE5\n", &ed, "known:1");
	/* What was revoked here can no longer be told. */
	assert_refused("host @e@\n@revoked host ssh-ed25519 AAAA\n", &ed, "known:2");
}

static void a_good_line_settles_a_damaged_one(void **state)
{
	(void)state;
	write_known("host ssh-ed25519 AAAA\nhost @e@\n");
	assert_verdict("host", &ed, HOSTKEY_KNOWN, 2);
	assert_verdict("host", &ed2, HOSTKEY_CHANGED, 2);
	assert_verdict("other", &ed, HOSTKEY_NEW, 0);
}

static void a_broken_key_from_the_server_refuses(void **state)
{
	const struct pubkey cut = { ed.blob, ed.len - 1 };
	const struct pubkey none = { ed.blob, 0 };

	(void)state;
	assert_refused("host @e@\n", &cut, "broken");
	assert_refused("host @e@\n", &none, "broken");
}

static void an_unreadable_file_refuses(void **state)
{
	struct strlist files = { 0 };
	struct err err = ERR_INIT;
	bool root = geteuid() == 0;
	struct known_hosts *known;

	(void)state;
	strlist_add(&files, shell_dir); /* a folder */
	assert_null(known_hosts_load(&files, &err));
	assert_non_null(strstr(err.text, "cannot be read"));
	strlist_done(&files);
	write_known("host @e@\n");
	shell("chmod 0 known && chmod 711 .");
	strlist_add(&files, "known");
	if (root)
		assert_int_equal(seteuid(65534), 0);
	known = known_hosts_load(&files, &err);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_null(known);
	assert_non_null(strstr(err.text, "Permission denied"));
	strlist_done(&files);
	shell("rm -f known");
}

/* ---- adding (faults S7, S9, S10, S12) ---- */

static void add(const char *file, const char *name, const struct pubkey *key, bool hash)
{
	struct err err = ERR_INIT;

	if (!known_hosts_add(file, name, key->blob, key->len, hash, &err))
		fail_msg("%s", err.text);
}

static void ssh_keygen_finds_what_we_add(void **state)
{
	static const char *const names[] = { "host", "[host]:2222", "10.0.0.1", "::1",
		"[::1]:2200" };

	(void)state;
	for (int hash = 0; hash < 2; hash++) {
		write_known("# mine\nfirst @r@"); /* no newline at the end */
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			add("known", names[i], i % 2 ? &rsa : &ed, hash);
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			char *found =
			    shell_line("ssh-keygen -F '%s' -f known | sed -n 2p", names[i]);
			char *pub = shell_line("cut -d' ' -f1,2 %s.pub", i % 2 ? "r" : "e");
			assert_true(str_ends(found, pub));
			assert_int_equal(strncmp(found, "|1|", 3) == 0, hash);
			assert_verdict(
			    names[i], i % 2 ? &rsa : &ed, HOSTKEY_KNOWN, (unsigned)i + 3);
			free(found);
			free(pub);
		}
		assert_verdict("first", &rsa, HOSTKEY_KNOWN, 2);
	}
}

static void the_folder_is_made_private(void **state)
{
	struct stat st;

	(void)state;
	shell("rm -rf new");
	add("new/known_hosts", "host", &ed, false);
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat("new/known_hosts", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_link_is_written_through(void **state)
{
	(void)state;
	shell("rm -f target link; : >target && ln -s target link");
	add("link", "host", &ed, false);
	shell("test -L link && grep -q '^host ssh-ed25519' target");
}

static void names_that_mean_more_are_not_added(void **state)
{
	static const char *const names[] = { "", "*", "a,b", "a b", "a\nb", "!a", "@revoked", "#a",
		"|1|x|y", "a\tb", "host?" };
	struct err err;
	struct stat st;

	(void)state;
	shell("rm -f untouched");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_false(known_hosts_add("untouched", names[i], ed.blob, ed.len, false, &err));
	assert_false(known_hosts_add("untouched", "host", ed.blob, ed.len - 1, false, &err));
	assert_int_equal(stat("untouched", &st), -1);
}

static void a_full_disk_is_told_and_changes_nothing(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_false(known_hosts_add("/dev/full", "host", ed.blob, ed.len, false, &err));
	assert_true(err.text[0] != '\0');
}

enum { EACH = 500 };

static pid_t adder(char letter)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	for (int i = 0; i < EACH; i++) {
		char name[16];
		snprintf(name, sizeof name, "%c%d", letter, i);
		if (!known_hosts_add("crowd", name, rsa.blob, rsa.len, i % 2, NULL))
			_exit(1);
	}
	_exit(0);
}

static void two_writers_at_once_lose_nothing(void **state)
{
	pid_t pids[2];

	(void)state;
	shell("rm -f crowd");
	pids[0] = adder('a');
	pids[1] = adder('b');
	for (int i = 0; i < 2; i++) {
		int status;
		while (waitpid(pids[i], &status, 0) < 0)
			assert_int_equal(errno, EINTR);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	char *lines = shell_line("wc -l <crowd");
	assert_int_equal(strtol(lines, NULL, 10), 2 * EACH);
	free(lines);
	struct known_hosts *known = load("crowd");
	assert_int_equal(known_hosts_broken(known), 0);
	for (int i = 0; i < 2 * EACH; i++) {
		struct hostkey_match match;
		char name[16];
		snprintf(name, sizeof name, "%c%d", i < EACH ? 'a' : 'b', i % EACH);
		assert_true(check(known, name, &rsa, &match, NULL));
		assert_int_equal(match.verdict, HOSTKEY_KNOWN);
		hostkey_match_done(&match);
	}
	known_hosts_free(known);
}

/* ---- which files ---- */

static void the_files_are_ssh_s_or_the_host_s(void **state)
{
	struct strlist given = { 0 }, files = { 0 };

	(void)state;
	assert_true(known_hosts_files(&given, NULL, &files, NULL));
	char *joined = strlist_join(&files, " ");
	char *wanted =
	    mem_printf("%s/.ssh/known_hosts %s/.ssh/known_hosts2 /etc/ssh/ssh_known_hosts "
		       "/etc/ssh/ssh_known_hosts2",
		shell_dir, shell_dir);
	assert_string_equal(joined, wanted);
	free(joined);
	free(wanted);
	strlist_done(&files);
	strlist_add(&given, "none");
	strlist_add(&given, "~/mine");
	assert_true(known_hosts_files(&given, NULL, &files, NULL));
	assert_int_equal(files.len, 3);
	assert_true(str_starts(files.items[0], shell_dir) && str_ends(files.items[0], "/mine"));
	strlist_done(&files);
	strlist_done(&given);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_verdict_names_the_line_that_decided),
		cmocka_unit_test(a_changed_key_tells_the_known_fingerprint),
		cmocka_unit_test(revoked_wins_wherever_it_stands),
		cmocka_unit_test(known_wins_over_changed_in_any_order),
		cmocka_unit_test(other_ports_are_other_hosts),
		cmocka_unit_test(names_match_as_ssh_keygen_finds_them),
		cmocka_unit_test(hashed_names_are_found),
		cmocka_unit_test(broken_hashes_match_nobody),
		cmocka_unit_test(odd_line_ends_are_read),
		cmocka_unit_test(junk_is_passed_over_and_counted),
		cmocka_unit_test(a_nul_ends_its_line_only),
		cmocka_unit_test(a_line_of_a_megabyte_is_read),
		cmocka_unit_test(fifty_megabytes_are_read),
		cmocka_unit_test(several_files_are_one_list),
		cmocka_unit_test(the_known_types_come_in_file_order),
		cmocka_unit_test(a_damaged_line_of_the_host_refuses),
		cmocka_unit_test(a_good_line_settles_a_damaged_one),
		cmocka_unit_test(a_broken_key_from_the_server_refuses),
		cmocka_unit_test(an_unreadable_file_refuses),
		cmocka_unit_test(ssh_keygen_finds_what_we_add),
		cmocka_unit_test(the_folder_is_made_private),
		cmocka_unit_test(a_link_is_written_through),
		cmocka_unit_test(names_that_mean_more_are_not_added),
		cmocka_unit_test(a_full_disk_is_told_and_changes_nothing),
		cmocka_unit_test(two_writers_at_once_lose_nothing),
		cmocka_unit_test(the_files_are_ssh_s_or_the_host_s),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
