/* SPDX-License-Identifier: Apache-2.0 */
/* A prompt on a real terminal, and the program of $SSH_ASKPASS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "attach/ask.h"
#include "pty.h"
#include "sallyport/term.h"

struct asked {
	struct pty pty;
	struct loop *loop;
	struct term *term;
	struct prompt *prompt;
	bool done, cancelled;
	char answer[2048]; /* "(none)" when there was none */
};

static void on_answer(void *ctx, struct secret *answer, bool cancelled)
{
	struct asked *asked = ctx;

	asked->done = true;
	asked->cancelled = cancelled;
	strcpy(asked->answer, "(none)");
	if (answer) {
		memcpy(asked->answer, answer->data ? answer->data : "", answer->len);
		asked->answer[answer->len] = '\0';
	}
	secret_free(answer);
	loop_stop(asked->loop);
}

static int set_up(void **state)
{
	struct asked *asked = mem_zalloc(1, sizeof *asked);

	setenv("TERM", "xterm", 1);
	pty_open(&asked->pty);
	asked->loop = loop_new();
	asked->term = term_new(asked->pty.slave, NULL);
	*state = asked;
	return 0;
}

static int tear_down(void **state)
{
	struct asked *asked = *state;

	term_free(asked->term);
	loop_free(asked->loop);
	pty_close(&asked->pty);
	free(asked);
	return 0;
}

static void type(struct asked *asked, const char *keys)
{
	assert_int_equal(write(asked->pty.master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static void ask(struct asked *asked, bool echo)
{
	asked->prompt =
	    prompt_start(asked->loop, asked->term, "sallyport> secret: ", echo, on_answer, asked);
}

static void the_answer_is_what_was_typed_and_not_shown(void **state)
{
	struct asked *asked = *state;
	char shown[256];
	struct termios now;

	ask(asked, false);
	type(asked, "p\xc3\xa4ss\r");
	loop_run(asked->loop, NULL, NULL);
	assert_string_equal(asked->answer, "p\xc3\xa4ss");
	pty_shown(&asked->pty, shown, sizeof shown);
	assert_string_equal(shown, "sallyport> secret: \r\n");
	tcgetattr(asked->pty.slave, &now);
	assert_int_equal(now.c_lflag, asked->pty.found.c_lflag);
}

static void with_echo_it_is_shown(void **state)
{
	struct asked *asked = *state;
	char shown[256];

	ask(asked, true);
	type(asked, "yex\177s\r");
	loop_run(asked->loop, NULL, NULL);
	assert_string_equal(asked->answer, "yes");
	pty_shown(&asked->pty, shown, sizeof shown);
	assert_non_null(strstr(shown, "yex\b \bs"));
}

static void what_was_typed_before_is_no_answer(void **state)
{
	struct asked *asked = *state;
	struct pollfd typed = { .fd = asked->pty.slave, .events = POLLIN };

	type(asked, "for the other host\r");
	assert_int_equal(poll(&typed, 1, 5000), 1);
	ask(asked, false);
	type(asked, "mine\r");
	loop_run(asked->loop, NULL, NULL);
	assert_string_equal(asked->answer, "mine");
}

static void the_rest_of_a_paste_does_not_reach_the_shell(void **state)
{
	struct asked *asked = *state;
	struct pollfd rest = { .fd = asked->pty.slave, .events = POLLIN };

	ask(asked, false);
	type(asked, "secret\rrm -rf /\r");
	loop_run(asked->loop, NULL, NULL);
	assert_string_equal(asked->answer, "secret");
	assert_int_equal(poll(&rest, 1, 0), 0);
}

static void esc_alone_cancels(void **state)
{
	struct asked *asked = *state;

	ask(asked, false);
	type(asked, "abc\033");
	loop_run(asked->loop, NULL, NULL);
	assert_true(asked->cancelled);
	assert_string_equal(asked->answer, "(none)");
}

static void end_of_file_is_no_answer(void **state)
{
	struct asked *asked = *state;

	ask(asked, false);
	type(asked, "\004");
	loop_run(asked->loop, NULL, NULL);
	assert_false(asked->cancelled);
	assert_string_equal(asked->answer, "(none)");
}

static void nothing_is_called_after_cancel(void **state)
{
	struct asked *asked = *state;
	struct termios now;

	ask(asked, false);
	type(asked, "abc\r");
	prompt_cancel(asked->prompt);
	loop_turn(asked->loop);
	assert_false(asked->done);
	tcgetattr(asked->pty.slave, &now);
	assert_int_equal(now.c_lflag, asked->pty.found.c_lflag);
}

/* ---- the program ---- */

static char *script(const char *body)
{
	char *path = mem_strdup("/tmp/sallyport-askpass.XXXXXX");
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, body, strlen(body)), (ssize_t)strlen(body));
	fchmod(fd, 0700);
	close(fd);
	setenv("SSH_ASKPASS", path, 1);
	return path;
}

static void run_script(struct asked *asked, const char *body)
{
	char *path = script(body);

	assert_non_null(askpass_start(asked->loop, "a prompt; $(id)", on_answer, asked, NULL));
	loop_run(asked->loop, NULL, NULL);
	unlink(path);
	free(path);
}

static void the_program_gets_the_prompt_and_gives_the_answer(void **state)
{
	struct asked *asked = *state;

	run_script(asked, "#!/bin/sh\necho \"$1!\"\necho not this\n");
	assert_string_equal(asked->answer, "a prompt; $(id)!");
}

static void a_program_that_fails_gives_none(void **state)
{
	struct asked *asked = *state;

	run_script(asked, "#!/bin/sh\necho secret\nexit 1\n");
	assert_string_equal(asked->answer, "(none)");
	assert_false(asked->cancelled);
}

static void a_program_that_is_not_there_gives_none(void **state)
{
	struct asked *asked = *state;

	setenv("SSH_ASKPASS", "/nonexistent/askpass", 1);
	assert_non_null(askpass_start(asked->loop, "x", on_answer, asked, NULL));
	loop_run(asked->loop, NULL, NULL);
	assert_string_equal(asked->answer, "(none)");
}

#define WITH_TERM(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TERM(the_answer_is_what_was_typed_and_not_shown),
		WITH_TERM(with_echo_it_is_shown),
		WITH_TERM(what_was_typed_before_is_no_answer),
		WITH_TERM(the_rest_of_a_paste_does_not_reach_the_shell),
		WITH_TERM(esc_alone_cancels),
		WITH_TERM(end_of_file_is_no_answer),
		WITH_TERM(nothing_is_called_after_cancel),
		WITH_TERM(the_program_gets_the_prompt_and_gives_the_answer),
		WITH_TERM(a_program_that_fails_gives_none),
		WITH_TERM(a_program_that_is_not_there_gives_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
