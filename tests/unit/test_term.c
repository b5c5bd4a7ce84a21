/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "pty.h"
#include "sallyport/term.h"
#include "sallyport/util.h"

static int same_termios(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag &&
	    memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

static int is_restored(const struct pty *pty)
{
	struct termios now;
	assert_int_equal(tcgetattr(pty->slave, &now), 0);
	return same_termios(&now, &pty->found);
}

static int set_up(void **state)
{
	static struct pty pty;
	setenv("TERM", "xterm", 1);
	pty_open(&pty);
	*state = &pty;
	return 0;
}

static int tear_down(void **state)
{
	pty_close(*state);
	return 0;
}

static void a_pipe_is_no_terminal(void **state)
{
	struct err err = ERR_INIT;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_null(term_new(ends[0], &err));
	assert_int_equal(err.code, ERR_IO);
	close(ends[0]);
	close(ends[1]);
}

static void raw_passes_every_byte_and_free_restores(void **state)
{
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);
	struct termios now;
	char buf[8];

	assert_int_equal(term_set(term, TERM_RAW), TERM_COOKED);
	assert_int_equal(term_set(term, TERM_RAW), TERM_RAW);
	tcgetattr(pty->slave, &now);
	assert_false(now.c_lflag & (ICANON | ECHO | ISIG | IEXTEN));
	assert_false(now.c_oflag & OPOST);
	assert_int_equal(write(pty->master, "\003\r\n\021\377", 5), 5);
	assert_int_equal(read(pty->slave, buf, sizeof buf), 5);
	assert_memory_equal(buf, "\003\r\n\021\377", 5);
	assert_true(same_termios(term_saved(term), &pty->found));
	term_free(term);
	assert_true(is_restored(pty));
}

static void prompt_has_no_echo_but_signals(void **state)
{
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);
	struct termios now;

	term_set(term, TERM_PROMPT);
	tcgetattr(pty->slave, &now);
	assert_false(now.c_lflag & (ICANON | ECHO));
	assert_true(now.c_lflag & ISIG);
	term_set(term, TERM_COOKED);
	assert_true(is_restored(pty));
	term_free(term);
}

static void size_is_80x24_where_the_terminal_says_0(void **state)
{
	static const struct {
		unsigned short cols, rows;
		int want_cols, want_rows;
	} cases[] = { { 0, 0, 80, 24 }, { 1, 1, 1, 1 }, { 20, 5, 20, 5 }, { 500, 300, 500, 300 },
		{ 0, 40, 80, 40 } };
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct winsize size = { .ws_col = cases[i].cols, .ws_row = cases[i].rows };
		int cols, rows;
		ioctl(pty->master, TIOCSWINSZ, &size);
		term_size(term, &cols, &rows);
		assert_int_equal(cols, cases[i].want_cols);
		assert_int_equal(rows, cases[i].want_rows);
	}
	term_free(term);
}

static void reset_leaves_alternate_screen_and_keeps_the_cursor(void **state)
{
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);
	char shown[1024];
	const char *save, *leave;

	term_reset(term);
	assert_true(pty_shown(pty, shown, sizeof shown) > 0);
	save = strstr(shown, "\0337");
	leave = strstr(shown, "\033[?1049l");
	assert_true(save && leave && save < leave);
	assert_non_null(strstr(shown, "\033[?25h"));
	assert_non_null(strstr(shown, "\033[?2004l"));
	assert_non_null(strstr(shown, "\0337\033[r\0338"));
	term_free(term);
}

static void a_dumb_terminal_gets_no_reset(void **state)
{
	struct pty *pty = *state;
	struct term *term;
	char shown[64];

	setenv("TERM", "dumb", 1);
	term = term_new(pty->slave, NULL);
	term_reset(term);
	assert_int_equal(pty_shown(pty, shown, sizeof shown), 0);
	term_free(term);
}

static void nobody_reading_does_not_hold_the_reset_up(void **state)
{
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);
	int flags = fcntl(pty->slave, F_GETFL);

	fcntl(pty->slave, F_SETFL, flags | O_NONBLOCK);
	while (write(pty->slave, "x", 1) == 1)
		;
	fcntl(pty->slave, F_SETFL, flags);
	term_reset(term); /* or the test would not end */
	assert_int_equal(fcntl(pty->slave, F_GETFL) & O_NONBLOCK, 0);
	term_free(term);
}

static void flush_drops_what_was_typed(void **state)
{
	struct pty *pty = *state;
	struct term *term = term_new(pty->slave, NULL);
	struct pollfd typed = { .fd = pty->slave, .events = POLLIN };

	term_set(term, TERM_RAW);
	assert_int_equal(write(pty->master, "abc", 3), 3);
	assert_int_equal(poll(&typed, 1, 5000), 1);
	term_flush_input(term);
	assert_int_equal(poll(&typed, 1, 0), 0);
	term_free(term);
}

/* ---- ways out: each in a child that has the pty as its controlling terminal ---- */

static volatile bool deeper = true; /* the compiler sees no end to the recursion otherwise */

static char use_up_stack(void)
{
	volatile char here[4096];

	here[0] = 0;
	return deeper ? (char)(use_up_stack() + here[0]) : here[0];
}

static const int fatal[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGSEGV, SIGBUS, SIGABRT, SIGFPE,
	SIGILL };

/* As a program starts: a sanitizer's handlers would hide how it died. */
static void default_signals(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		signal(fatal[i], SIG_DFL);
}

/* signum: 0: exit(); -1: a stack overflow; else raised.  Returns the wait status. */
static int die_in_mode(const struct pty *pty, enum term_mode mode, int signum)
{
	int status;
	pid_t pid;

	fflush(NULL); /* exit() in the child must not write it again */
	if ((pid = fork()) == 0) {
		pty_become(pty);
		default_signals();
		term_set(term_new(pty->slave, NULL), mode);
		if (signum == 0)
			exit(7);
		if (signum == -1)
			use_up_stack();
		raise(signum);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void exit_restores(void **state)
{
	struct pty *pty = *state;
	int status = die_in_mode(pty, TERM_RAW, 0);
	char shown[1024];

	assert_int_equal(WEXITSTATUS(status), 7);
	assert_true(is_restored(pty));
	pty_shown(pty, shown, sizeof shown);
	assert_non_null(strstr(shown, "\033[?1049l"));
}

static void every_fatal_signal_restores_and_kills(void **state)
{
	struct pty *pty = *state;

	for (size_t i = 0; i < ARRAY_LEN(fatal); i++) {
		char shown[1024];
		int status = die_in_mode(pty, TERM_RAW, fatal[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), fatal[i]);
		assert_true(is_restored(pty));
		pty_shown(pty, shown, sizeof shown);
		assert_non_null(strstr(shown, "\033[?1049l"));
	}
}

#ifndef __SANITIZE_ADDRESS__ /* whose stacks have no end that can be reached this way */
static void a_stack_overflow_restores(void **state)
{
	struct pty *pty = *state;
	int status = die_in_mode(pty, TERM_RAW, -1);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
	assert_true(is_restored(pty));
}
#endif

static void a_prompt_that_dies_writes_nothing(void **state)
{
	struct pty *pty = *state;
	char shown[64];

	die_in_mode(pty, TERM_PROMPT, SIGTERM);
	assert_true(is_restored(pty));
	assert_int_equal(pty_shown(pty, shown, sizeof shown), 0);
}

static void an_ignored_signal_stays_ignored(void **state)
{
	struct pty *pty = *state;
	struct sigaction now;
	struct term *term;

	signal(SIGHUP, SIG_IGN);
	term = term_new(pty->slave, NULL);
	sigaction(SIGHUP, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	term_free(term);
	sigaction(SIGHUP, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	signal(SIGHUP, SIG_DFL);
}

static void free_gives_signals_back(void **state)
{
	struct pty *pty = *state;
	struct sigaction before, now;

	sigaction(SIGTERM, NULL, &before);
	term_free(term_new(pty->slave, NULL));
	sigaction(SIGTERM, NULL, &now);
	assert_true(now.sa_handler == before.sa_handler);
}

/* ---- job control: a session leader stands for the shell, its child for the program ---- */

static void take_front(int fd, pid_t pgid)
{
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(fd, pgid);
}

/* The shell took the terminal back and set modes of its own: they are not ours to undo. */
static int shell_while_child_dies(const struct pty *pty)
{
	struct termios marked = pty->found, now;
	int status, go[2];
	char byte;
	pid_t pid;

	pty_become(pty);
	if (pipe(go) == -1)
		return 1;
	if ((pid = fork()) == 0) {
		struct term *term;
		setpgid(0, 0);
		take_front(pty->slave, getpid());
		term = term_new(pty->slave, NULL);
		term_set(term, TERM_RAW);
		if (write(go[1], "x", 1) != 1)
			_exit(1);
		raise(SIGSTOP);
		exit(0);
	}
	if (read(go[0], &byte, 1) != 1 || waitpid(pid, &status, WUNTRACED) != pid)
		return 2;
	take_front(pty->slave, getpgrp());
	marked.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(pty->slave, TCSANOW, &marked);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	tcgetattr(pty->slave, &now);
	return WIFEXITED(status) && same_termios(&now, &marked) ? 0 : 3;
}

static int shell_with_suspended_child(const struct pty *pty)
{
	struct termios now;
	int status;
	pid_t pid;

	pty_become(pty);
	if ((pid = fork()) == 0) {
		struct term *term;
		setpgid(0, 0);
		take_front(pty->slave, getpid());
		term = term_new(pty->slave, NULL);
		term_set(term, TERM_RAW);
		term_suspend(term);
		tcgetattr(pty->slave, &now);
		_exit(now.c_lflag & ICANON ? 1 : 42);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return 1;
	if (WSTOPSIG(status) != SIGTSTP || !is_restored(pty))
		return 2;
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 42 ? 0 : 3;
}

static int in_a_shell(const struct pty *pty, int (*shell)(const struct pty *))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(shell(pty));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_background_process_leaves_the_terminal_alone(void **state)
{
	assert_int_equal(in_a_shell(*state, shell_while_child_dies), 0);
}

static void suspend_restores_stops_and_resumes(void **state)
{
	assert_int_equal(in_a_shell(*state, shell_with_suspended_child), 0);
}

/* ---- $TERM ---- */

static void type_accepts_names(void **state)
{
	static const char *const good[] = { "xterm-256color", "vt100", "dumb", "xterm+256color",
		"screen.xterm-256color", "no-such-terminal" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		setenv("TERM", good[i], 1);
		assert_string_equal(term_type(NULL), good[i]);
	}
}

static void type_refuses_what_is_no_name(void **state)
{
	char longer[4097];
	const char *const bad[] = { "../../etc/passwd", "/dev/zero", ".", "x term", "x\033[2J",
		"x\n", "\xc3\xa9", longer };
	struct err err = ERR_INIT;

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		setenv("TERM", bad[i], 1);
		assert_null(term_type(&err));
		assert_int_equal(err.code, ERR_INVALID);
		assert_null(strchr(err.text, '\033'));
		assert_true(strlen(err.text) < 200);
	}
}

static void type_unset_is_told_apart(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	unsetenv("TERM");
	assert_null(term_type(&err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	setenv("TERM", "", 1);
	assert_null(term_type(&err));
	assert_int_equal(err.code, ERR_NOTFOUND);
}

#define WITH_PTY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_is_no_terminal),
		WITH_PTY(raw_passes_every_byte_and_free_restores),
		WITH_PTY(prompt_has_no_echo_but_signals),
		WITH_PTY(size_is_80x24_where_the_terminal_says_0),
		WITH_PTY(reset_leaves_alternate_screen_and_keeps_the_cursor),
		WITH_PTY(a_dumb_terminal_gets_no_reset),
		WITH_PTY(nobody_reading_does_not_hold_the_reset_up),
		WITH_PTY(flush_drops_what_was_typed),
		WITH_PTY(exit_restores),
		WITH_PTY(every_fatal_signal_restores_and_kills),
#ifndef __SANITIZE_ADDRESS__
		WITH_PTY(a_stack_overflow_restores),
#endif
		WITH_PTY(a_prompt_that_dies_writes_nothing),
		WITH_PTY(an_ignored_signal_stays_ignored),
		WITH_PTY(free_gives_signals_back),
		WITH_PTY(a_background_process_leaves_the_terminal_alone),
		WITH_PTY(suspend_restores_stops_and_resumes),
		cmocka_unit_test(type_accepts_names),
		cmocka_unit_test(type_refuses_what_is_no_name),
		cmocka_unit_test(type_unset_is_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
