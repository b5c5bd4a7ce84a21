/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "attach/policy.h"
#include "attach/say.h"
#include "sallyport/hosts.h"

/* What ssh does, by RequestTTY (-T no, -t yes, -tt force) and what standard input is. */
static const struct {
	const char *request;
	const char *command;
	bool stdin_is_tty, stdin_null;
	bool pty, refused;
} ttys[] = {
	{ NULL, NULL, true, false, true, false },
	{ NULL, NULL, false, false, false, true },
	{ NULL, NULL, true, true, false, true },
	{ NULL, "ls", true, false, false, false },
	{ NULL, "ls", false, false, false, false },
	{ "auto", NULL, true, false, true, false },
	{ "no", NULL, true, false, false, false },
	{ "yes", "ls", true, false, true, false },
	{ "yes", "ls", false, false, false, true },
	{ "yes", NULL, true, true, false, true },
	{ "force", "ls", false, false, true, false },
	{ "force", NULL, false, false, true, false },
};

static void set(struct host *host, const char *member, const char *value)
{
	assert_true(host_set(host, host_field_find(member), value, false, ORIGIN_HOST, NULL));
}

static void a_terminal_is_asked_for_as_ssh_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ttys); i++) {
		struct host *host = host_new();
		struct attach_options options = { .host = host, .stdin_null = ttys[i].stdin_null };
		struct tty_choice choice;
		if (ttys[i].request)
			set(host, "request_tty", ttys[i].request);
		choice = policy_tty(&options, ttys[i].command, ttys[i].stdin_is_tty);
		assert_int_equal(choice.pty, ttys[i].pty);
		assert_int_equal(choice.refused, ttys[i].refused);
		host_free(host);
	}
}

static void levels_come_from_the_host(void **state)
{
	struct host *host = host_new();

	(void)state;
	assert_int_equal(policy_level(host), LEVEL_INFO);
	host->log_level = NULL;
	assert_int_equal(policy_level(host), LEVEL_INFO);
	set(host, "log_level", "ERROR");
	assert_int_equal(policy_level(host), LEVEL_ERROR);
	set(host, "log_level", "DEBUG3");
	assert_int_equal(policy_level(host), LEVEL_DEBUG2);
	set(host, "log_level", "quiet");
	assert_int_equal(policy_level(host), LEVEL_QUIET);
	host_free(host);
}

static void what_matches_and_set_env_are_sent(void **state)
{
	char lang[] = "LANG=C.UTF-8", time[] = "LC_TIME=de_DE", other[] = "SECRET=1",
	     language[] = "LANGUAGE=de";
	char *environment[] = { lang, other, time, language, NULL };
	struct host *host = host_new();
	struct strlist env = { NULL, 0 }, patterns = { NULL, 0 };

	(void)state;
	strlist_add(&host->set_env, "LC_TIME=C");
	strlist_add(&host->set_env, "FOO=bar baz");
	strlist_add(&patterns, "LANG");
	strlist_add(&patterns, "LC_*");
	policy_env(host, &patterns, environment, &env);
	strlist_done(&patterns);
	assert_int_equal(env.len, 3);
	assert_true(strlist_has(&env, "LANG=C.UTF-8"));
	assert_true(strlist_has(&env, "LC_TIME=C"));
	assert_true(strlist_has(&env, "FOO=bar baz"));
	strlist_done(&env);
	host_free(host);
}

static void signals_become_128_and_their_number(void **state)
{
	(void)state;
	assert_int_equal(policy_signal_status("KILL"), 128 + SIGKILL);
	assert_int_equal(policy_signal_status("SEGV"), 128 + SIGSEGV);
	assert_int_equal(policy_signal_status("NONSENSE"), 255);
	assert_int_equal(policy_signal_status(NULL), 255);
}

static void questions_go_where_ssh_sends_them(void **state)
{
	(void)state;
	assert_int_equal(policy_ask(true, true, ":0", "force"), ASK_NOBODY);
	assert_int_equal(policy_ask(false, true, NULL, NULL), ASK_TTY);
	assert_int_equal(policy_ask(false, true, ":0", NULL), ASK_TTY);
	assert_int_equal(policy_ask(false, false, ":0", NULL), ASK_PROGRAM);
	assert_int_equal(policy_ask(false, false, "", NULL), ASK_NOBODY);
	assert_int_equal(policy_ask(false, false, NULL, NULL), ASK_NOBODY);
	assert_int_equal(policy_ask(false, true, NULL, "force"), ASK_PROGRAM);
	assert_int_equal(policy_ask(false, true, ":0", "prefer"), ASK_PROGRAM);
	assert_int_equal(policy_ask(false, true, NULL, "prefer"), ASK_TTY);
	assert_int_equal(policy_ask(false, false, ":0", "never"), ASK_NOBODY);
	assert_int_equal(policy_ask(false, true, ":0", "never"), ASK_TTY);
}

/* ---- text of the server ---- */

static void check_prefixed(const char *text, int cols, const char *want)
{
	struct str out = STR_INIT;

	say_prefixed(&out, SERVER_PREFIX, text, strlen(text), cols);
	assert_string_equal(str_text(&out), want);
	str_done(&out);
}

static void every_line_of_the_server_has_its_prefix(void **state)
{
	(void)state;
	check_prefixed("one", 80, "server> one\n");
	check_prefixed("one\r\ntwo\n", 80, "server> one\nserver> two\n");
	check_prefixed("\n\n", 80, "server> \nserver> \n");
	check_prefixed("", 80, "");
}

static void a_line_cannot_wrap_into_one_of_ours(void **state)
{
	(void)state;
	check_prefixed("aaaaaaaaaaasallyport> Password:", 20,
	    "server> aaaaaaaaaaa\nserver> sallyport> \nserver> Password:\n");
	check_prefixed("\t\tsallyport> x", 20, "server> \t\nserver> \tsal\nserver> lyport> x\n");
}

static void controls_are_shown_and_not_obeyed(void **state)
{
	struct str out = STR_INIT;
	static const char evil[] = "a\rsallyport> \033[2J\b\a\0z";

	(void)state;
	say_prefixed(&out, SERVER_PREFIX, evil, sizeof evil - 1, 200);
	for (size_t i = 0; i + 1 < out.len; i++)
		assert_true((unsigned char)out.data[i] >= ' ');
	assert_true(str_starts(str_text(&out), "server> a\\x"));
	str_done(&out);
}

static void a_huge_text_is_cut_and_says_so(void **state)
{
	struct str out = STR_INIT, huge = STR_INIT;

	(void)state;
	for (int i = 0; i < 1024 * 1024; i++)
		str_add_char(&huge, i % 70 ? 'x' : '\n');
	say_prefixed(&out, SERVER_PREFIX, str_text(&huge), huge.len, 80);
	assert_true(out.len < 128 * 1024);
	assert_non_null(strstr(str_text(&out), "cut after"));
	str_done(&out);
	str_done(&huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_is_asked_for_as_ssh_does),
		cmocka_unit_test(levels_come_from_the_host),
		cmocka_unit_test(what_matches_and_set_env_are_sent),
		cmocka_unit_test(signals_become_128_and_their_number),
		cmocka_unit_test(questions_go_where_ssh_sends_them),
		cmocka_unit_test(every_line_of_the_server_has_its_prefix),
		cmocka_unit_test(a_line_cannot_wrap_into_one_of_ours),
		cmocka_unit_test(controls_are_shown_and_not_obeyed),
		cmocka_unit_test(a_huge_text_is_cut_and_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
