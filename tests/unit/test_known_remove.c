/* SPDX-License-Identifier: Apache-2.0 */
/* A key is taken out of known_hosts, and nothing else: compared with what ssh-keygen -R does. */
#include "sallyport/keys.h"

#include "shell.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *ed_line, *rsa_line, *ed_print;

static int make_keys(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t ed25519 -N '' -f e && ssh-keygen -q -t rsa -b 2048 -N '' -f r");
	ed_line = shell_line("cut -d' ' -f1,2 e.pub");
	rsa_line = shell_line("cut -d' ' -f1,2 r.pub");
	ed_print = shell_line("ssh-keygen -lf e.pub | cut -d' ' -f2");
	return 0;
}

static int drop_keys(void **state)
{
	free(ed_line);
	free(rsa_line);
	free(ed_print);
	return shell_teardown(state);
}

/* "E" and "R" stand for the keys. */
static void expand(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == 'E' || *text == 'R')
			str_add(out, *text == 'E' ? ed_line : rsa_line);
		else
			str_add_char(out, *text);
	}
}

static void assert_file(const char *path, const char *text)
{
	struct str expected = STR_INIT, found = STR_INIT;

	expand(&expected, text);
	assert_true(file_read(path, 64 << 20, &found, NULL));
	assert_string_equal(str_text(&found), str_text(&expected));
	str_done(&expected);
	str_done(&found);
}

static void write_known(const char *text)
{
	struct str out = STR_INIT;

	expand(&out, text);
	write_file("known", str_text(&out), out.len);
	str_done(&out);
}

static bool drop(unsigned line, const char *name, struct err *err)
{
	return known_hosts_remove("known", line, name, ed_print, err);
}

static void nothing_else_changes(void **state)
{
	static const struct {
		const char *before, *name, *after;
		unsigned line;
	} cases[] = {
		{ "# mine\nhost E\nhost R\nother E\n", "host", "# mine\nhost R\nother E\n", 2 },
		{ "host E", "host", "", 1 },
		{ "a R\nhost E", "host", "a R\n", 2 },
		{ "a R\r\nhost E me\r\nb R\r\n", "host", "a R\r\nb R\r\n", 2 },
		{ "a,HOST,b E me\nc R\n", "host", "a,b E me\nc R\n", 1 },
		{ "host,*.org E\n", "host", "*.org E\n", 1 },
		{ "host,!a E\nb R\n", "host", "b R\n", 1 },
		{ "[host]:2222,[::1]:2222 E\n", "[host]:2222", "[::1]:2222 E\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;

		write_known(cases[i].before);
		if (!drop(cases[i].line, cases[i].name, &err))
			fail_msg("%s: %s", cases[i].before, err.text);
		assert_file("known", cases[i].after);
		assert_file("known.old", cases[i].before);
	}
}

static void a_hashed_name_goes_as_with_ssh_keygen(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	write_known("first R\nhost E\nlast R\n");
	shell("ssh-keygen -H -f known && cp known theirs");
	assert_true(drop(2, "host", &err));
	shell("ssh-keygen -R host -f theirs && cmp known theirs");
	shell("! ssh-keygen -F host -f known && ssh-keygen -F last -f known");
}

static void what_is_not_that_key_stays(void **state)
{
	static const struct {
		const char *text, *name;
		unsigned line;
	} cases[] = {
		{ "host R\n", "host", 1 }, /* another key */
		{ "other E\n", "host", 1 },
		{ "host E\n", "host", 2 },
		{ "host E\n", "host", 0 },
		{ "# host E\n", "host", 1 },
		{ "@revoked host E\n", "host", 1 },
		{ "@cert-authority host E\n", "host", 1 },
		{ "ho* E\n", "host", 1 }, /* a pattern */
		{ "!host,* E\n", "host", 1 },
		{ "host\n", "host", 1 },
		{ "", "host", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;

		shell("rm -f known.old");
		write_known(cases[i].text);
		assert_false(drop(cases[i].line, cases[i].name, &err));
		assert_int_equal(err.code, ERR_INVALID);
		assert_file("known", cases[i].text);
		shell("test ! -e known.old");
	}
}

static void odd_files_lose_nothing(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	/* A NUL, a line of a megabyte, and no newline at the end. */
	shell("{ printf 'a\\0b\\n'; head -c 1000000 /dev/zero | tr '\\0' x; echo; } >known");
	shell("cp known before && printf 'host %%s' '%s' >>known", ed_line);
	assert_true(drop(3, "host", &err));
	shell("cmp known before");
}

static void mode_and_link_stay(void **state)
{
	struct err err = ERR_INIT;
	struct stat st;

	(void)state;
	shell("mkdir -p real && rm -f known");
	write_known("host E\n");
	shell("mv known real/hosts && ln -s real/hosts known && chmod 640 real/hosts");
	assert_true(drop(1, "host", &err));
	shell("test -L known && test ! -s real/hosts && test -s real/hosts.old");
	assert_int_equal(stat("known", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	shell("rm known");
}

static void a_file_that_cannot_be_written_stays(void **state)
{
	const struct rlimit small = { 16, RLIM_INFINITY };
	struct rlimit before;
	struct err err = ERR_INIT;

	(void)state;
	write_known("host E\nother R\n");
	getrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	assert_false(drop(1, "host", &err));
	setrlimit(RLIMIT_FSIZE, &before);
	assert_file("known", "host E\nother R\n");
	shell("test \"$(ls known.*)\" = known.old || ! ls known.*"); /* no leavings */
	assert_false(known_hosts_remove("nowhere", 1, "host", ed_print, &err));
	assert_true(err.text[0] != 0);
}

enum { EACH = 200 };

/* Others append lines all the time: none is lost, though the file is another one each time. */
static void writers_at_once_lose_nothing(void **state)
{
	struct pubkey key = { 0 };
	struct str pub = STR_INIT;
	pid_t pid;
	int status;

	(void)state;
	assert_true(file_read("e.pub", 1 << 16, &pub, NULL));
	assert_true(pubkey_parse(&key, pub.data, NULL, NULL));
	shell("rm -f known");
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < EACH; i++) {
			char name[16];
			snprintf(name, sizeof name, "b%d", i);
			if (!known_hosts_add("known", name, key.blob, key.len, false, NULL))
				_exit(1);
		}
		_exit(0);
	}
	for (int i = 0; i < EACH; i++) {
		struct err err = ERR_INIT;
		char *line;

		assert_true(known_hosts_add("known", "host", key.blob, key.len, i % 2, NULL));
		line = shell_line("ssh-keygen -F host -f known | sed -n 's/.* line //p'");
		if (!drop((unsigned)strtoul(line, NULL, 10), "host", &err))
			fail_msg("%s", err.text);
		free(line);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	shell("test $(grep -c '^b[0-9]* ssh-ed25519' known) = %d && test $(wc -l <known) = %d",
	    EACH, EACH);
	pubkey_done(&key);
	str_done(&pub);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_else_changes),
		cmocka_unit_test(a_hashed_name_goes_as_with_ssh_keygen),
		cmocka_unit_test(what_is_not_that_key_stays),
		cmocka_unit_test(odd_files_lose_nothing),
		cmocka_unit_test(mode_and_link_stay),
		cmocka_unit_test(a_file_that_cannot_be_written_stays),
		cmocka_unit_test(writers_at_once_lose_nothing),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
