/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <locale.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/util.h"

static char folder[] = "/tmp/sallyport-util-XXXXXX";

static char *in_folder(const char *name)
{
	return mem_printf("%s/%s", folder, name);
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int folder_remove(void **state)
{
	static const char *const names[] = { "a", "new/deep/file", "new/deep", "new", "fifo",
		"sock", "locked" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *path = in_folder(names[i]);

		remove(path);
		free(path);
	}
	return rmdir(folder);
}

static void assert_clean(const char *text, unsigned flags, const char *want)
{
	struct str out = STR_INIT;

	clean_text(&out, text, strlen(text), flags);
	assert_string_equal(str_text(&out), want);
	str_done(&out);
}

static void clean_escapes_what_steers_a_terminal(void **state)
{
	(void)state;
	assert_clean("plain \\ text", 0, "plain \\ text");
	assert_clean("\033[31m", 0, "\\x1b[31m");
	assert_clean("a\r\nb\tc", 0, "a\\x0d\\x0ab\\x09c");
	assert_clean("a\r\nb\tc", CLEAN_LINES, "a\\x0d\nb\tc");
	assert_clean("\x7f", 0, "\\x7f");
	assert_clean("\xc2\x9b", 0, "\\u{9b}");
	assert_clean("\xe2\x80\xae", 0, "\\u{202e}");
	assert_clean("\xe2\x81\xa6", 0, "\\u{2066}");
	assert_clean("\xe2\x80\x8b", 0, "\\u{200b}");
	assert_clean("\xef\xbb\xbf", 0, "\\u{feff}");
}

static void clean_escapes_invalid_utf8(void **state)
{
	(void)state;
	assert_clean("\xff", 0, "\\xff");
	assert_clean("\xc0\xaf", 0, "\\xc0\\xaf");
	assert_clean("\xed\xa0\x80", 0, "\\xed\\xa0\\x80");
	assert_clean("\xf4\x90\x80\x80", 0, "\\xf4\\x90\\x80\\x80");
	assert_clean("\xe2\x82", 0, "\\xe2\\x82");
	assert_clean("\x80", 0, "\\x80");
}

static void clean_keeps_printable_utf8_or_escapes_it_in_ascii(void **state)
{
	(void)state;
	assert_clean("gr\xc3\xbc\xc3\x9f \xe4\xb8\xad", 0, "gr\xc3\xbc\xc3\x9f \xe4\xb8\xad");
	assert_clean("\xc3\xbc", CLEAN_ASCII, "\\u{fc}");
	assert_clean("\xf0\x9f\x9a\x80", CLEAN_ASCII, "\\u{1f680}");
}

static void str_grows_and_consumes(void **state)
{
	struct str s = STR_INIT;

	(void)state;
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%03d", i % 1000);
	assert_int_equal(s.len, 3000);
	str_consume(&s, 2994);
	assert_string_equal(str_text(&s), "998999");
	str_consume(&s, 6);
	assert_string_equal(str_text(&s), "");
	str_done(&s);
}

static void strlist_splits_and_joins(void **state)
{
	struct strlist list = { NULL, 0 };
	char *joined;

	(void)state;
	strlist_split(&list, ",a,,bc,d", ",");
	assert_int_equal(list.len, 3);
	assert_true(strlist_has(&list, "bc"));
	assert_false(strlist_has(&list, "b"));
	joined = strlist_join(&list, "+");
	assert_string_equal(joined, "a+bc+d");
	free(joined);
	strlist_done(&list);
}

static void err_takes_its_own_text_as_an_argument(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_false(err_set(&err, ERR_IO, "cannot read"));
	assert_false(err_set(&err, ERR_SYNTAX, "file: %s", err.text));
	err_context(&err, "host %s", "web1");
	assert_string_equal(err.text, "host web1: file: cannot read");
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_false(err_set(NULL, ERR_IO, "nobody listens"));
}

static void err_is_cut_at_its_size(void **state)
{
	struct err err = ERR_INIT;
	char *longer = mem_zalloc(5000, 1);

	(void)state;
	memset(longer, 'x', 4999);
	err_set(&err, ERR_IO, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	err_context(&err, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	free(longer);
}

static void secret_edits_by_characters(void **state)
{
	struct secret *secret = secret_new();
	struct secret *copy;

	(void)state;
	for (const char *p = "a\xc3\xbc"; *p != '\0'; p++)
		assert_true(secret_add(secret, *p));
	copy = secret_dup(secret);
	secret_chop(secret);
	assert_string_equal(secret->data, "a");
	assert_string_equal(copy->data, "a\xc3\xbc");
	secret_clear(secret);
	assert_int_equal(secret->len, 0);
	while (secret_add(secret, 'x'))
		;
	assert_int_equal(secret->len, 4096);
	secret_free(copy);
	secret_free(secret);
}

static void path_follows_home_and_xdg(void **state)
{
	char *path;

	(void)state;
	setenv("HOME", "/home/a b\nc", 1);
	path = path_expand("~/x", NULL);
	assert_string_equal(path, "/home/a b\nc/x");
	free(path);
	path = mem_printf("~%s/x", getpwuid(getuid())->pw_name);
	char *others = path_expand(path, NULL),
	     *wanted = mem_printf("%s/x", getpwuid(getuid())->pw_dir);

	assert_string_equal(others, wanted);
	free(others);
	free(wanted);
	free(path);
	assert_null(path_expand("~no-such-account/x", NULL));
	path = path_expand("x~/y", NULL);
	assert_string_equal(path, "x~/y");
	free(path);
	path = path_show("/home/a b\nc/x\033");
	assert_string_equal(path, "~/x\\x1b");
	free(path);
	unsetenv("XDG_CONFIG_HOME");
	path = path_config("hosts.json", NULL);
	assert_string_equal(path, "/home/a b\nc/.config/sallyport/hosts.json");
	free(path);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	path = path_config("hosts.json", NULL);
	assert_string_equal(path, "/home/a b\nc/.config/sallyport/hosts.json");
	free(path);
	setenv("XDG_CONFIG_HOME", "/xdg", 1);
	path = path_config("hosts.json", NULL);
	assert_string_equal(path, "/xdg/sallyport/hosts.json");
	free(path);
}

static void assert_unreadable(const char *path, const char *part)
{
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	assert_false(file_read(path, 1000, &out, &err));
	assert_non_null(strstr(err.text, part));
	str_done(&out);
}

static void file_read_refuses_what_is_no_file(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char *fifo = in_folder("fifo"), *sock = in_folder("sock");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	memcpy(sun.sun_path, sock, strlen(sock) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	assert_unreadable(folder, "is a folder");
	assert_unreadable(fifo, "is a FIFO");
	assert_unreadable(sock, "is a socket");
	assert_unreadable("/dev/zero", "is a device");
	assert_unreadable("/nonexistent/x", "No such file");
	close(fd);
	free(fifo);
	free(sock);
}

static void file_append_makes_whole_lines(void **state)
{
	char *path = in_folder("a");
	struct str out = STR_INIT;
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	(void)state;
	assert_int_equal(write(fd, "one", 3), 3);
	close(fd);
	assert_true(file_append(path, "two\n", 4, NULL));
	assert_true(file_append(path, "three\n", 6, NULL));
	assert_true(file_read(path, 1000, &out, NULL));
	assert_string_equal(str_text(&out), "one\ntwo\nthree\n");
	str_done(&out);
	free(path);
}

static void file_append_makes_private_files_and_folders(void **state)
{
	char *path = in_folder("new/deep/file"), *deep = in_folder("new/deep");
	struct stat st;

	(void)state;
	assert_true(file_append(path, "x\n", 2, NULL));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(path);
	free(deep);
}

static void file_read_keeps_to_its_limit(void **state)
{
	char *path = in_folder("a");
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(file_read(path, 5, &out, &err));
	assert_non_null(strstr(err.text, "14 bytes are too many"));
	str_done(&out);
	free(path);
}

static void file_append_does_not_wait_for_ever(void **state)
{
	char *path = in_folder("locked");
	struct err err = ERR_INIT;
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX), 0);
	alarm(60);
	assert_false(file_append(path, "x\n", 2, &err));
	assert_non_null(strstr(err.text, "locked"));
	close(fd);
	assert_true(file_append(path, "x\n", 2, &err));
	alarm(0);
	free(path);
}

static void file_append_tells_why_not(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_false(file_append(folder, "x\n", 2, &err));
	assert_non_null(strstr(err.text, "is a folder"));
	assert_false(file_append("/dev/full", "x\n", 2, &err));
	assert_non_null(strstr(err.text, "is a device"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_escapes_what_steers_a_terminal),
		cmocka_unit_test(clean_escapes_invalid_utf8),
		cmocka_unit_test(clean_keeps_printable_utf8_or_escapes_it_in_ascii),
		cmocka_unit_test(str_grows_and_consumes),
		cmocka_unit_test(strlist_splits_and_joins),
		cmocka_unit_test(err_takes_its_own_text_as_an_argument),
		cmocka_unit_test(err_is_cut_at_its_size),
		cmocka_unit_test(secret_edits_by_characters),
		cmocka_unit_test(path_follows_home_and_xdg),
		cmocka_unit_test(file_read_refuses_what_is_no_file),
		cmocka_unit_test(file_append_makes_whole_lines),
		cmocka_unit_test(file_read_keeps_to_its_limit),
		cmocka_unit_test(file_append_makes_private_files_and_folders),
		cmocka_unit_test(file_append_does_not_wait_for_ever),
		cmocka_unit_test(file_append_tells_why_not),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
