/* SPDX-License-Identifier: Apache-2.0 */
#include "restore.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "sallyport/util.h"

/* The handler's only way to the terminal: a signal handler gets no argument of ours. */
static struct term *volatile armed;

static const int signals[RESTORE_SIGNALS] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGSEGV, SIGBUS,
	SIGABRT, SIGFPE, SIGILL };

static bool is_crash(int signum)
{
	return signum == SIGSEGV || signum == SIGBUS || signum == SIGABRT || signum == SIGFPE ||
	    signum == SIGILL;
}

/*
 * Order matters.  ST first ends a string that was cut off.  DECSC and DECRC around 1049l, because
 * leaving an alternate screen that is not shown still moves the cursor: xterm to where DECSC
 * saved it (ctlseqs.txt), tmux to where the last 1049h found it.  The same around the scroll
 * region, which moves it home.  The kitty
 * keyboard's stack is one a screen, so it is emptied on both.
 */
#define KEYBOARD                                                                                   \
	"\033[<99u" /* kitty keyboard: all that was pushed */                                      \
	"\033[>4m" /* modifyOtherKeys */
static const char reset_string[] =
    "\033\\" /* ST */
    "\033[?2026l" /* synchronized output */
    KEYBOARD "\0337\033[?1049l\0338" /* alternate screen */
    KEYBOARD "\017\033(B\033)B" /* SI, G0 and G1 ASCII */
    "\033[0m" /* colours and attributes */
    "\033[4l\033[?7h" /* insert mode off, wrapping on */
    "\0337\033[r\0338" /* scroll region */
    "\033[?1l\033>" /* cursor keys, keypad */
    "\033[?9l\033[?1000l\033[?1001l\033[?1002l\033[?1003l" /* mouse */
    "\033[?1005l\033[?1006l\033[?1015l\033[?1016l"
    "\033[?1004l" /* focus */
    "\033[?2004l" /* bracketed paste */
    "\033[0 q\033[?25h"; /* cursor shape, cursor shown */

static bool is_background(const struct term *term)
{
	pid_t front = tcgetpgrp(term->fd);
	return front != -1 && front != getpgrp();
}

void restore_termios(const struct term *term, int when)
{
	if (is_background(term))
		return;
	while (tcsetattr(term->fd, when, &term->saved) == -1 && errno == EINTR)
		;
}

/* If nobody reads the terminal, going on matters more than what it shows. */
void restore_write(const struct term *term, const char *text, size_t len)
{
	struct pollfd room = { .fd = term->fd, .events = POLLOUT };

	if (term->dumb || is_background(term))
		return;
	if (term->out == -1 && poll(&room, 1, 0) != 1)
		return;
	while (write(term->out != -1 ? term->out : term->fd, text, len) == -1 && errno == EINTR)
		;
}

void restore_write_reset(const struct term *term)
{
	restore_write(term, reset_string, sizeof reset_string - 1);
}

static void restore_now(void)
{
	struct term *term = armed;

	if (!term || term->pid != getpid() || term->mode == TERM_COOKED)
		return;
	if (term->mode != TERM_PROMPT)
		restore_write_reset(term);
	restore_termios(term, TCSANOW);
	term->mode = TERM_COOKED;
}

/* Does not return to the program: the signal, raised again, is delivered with its earlier action
 * as soon as this handler ends. */
static void on_signal(int signum)
{
	const struct term *term = armed;
	int saved_errno = errno;

	restore_now();
	for (size_t i = 0; term && i < RESTORE_SIGNALS; i++)
		if (signals[i] == signum)
			sigaction(signum, &term->before[i], NULL);
	raise(signum);
	errno = saved_errno;
}

/* The sanitizers bring a stack of their own, which is as good. */
static void arm_stack(struct term *term)
{
	stack_t stack = { .ss_size = RESTORE_STACK }, before;

	if (sigaltstack(NULL, &before) == -1 || !(before.ss_flags & SS_DISABLE))
		return;
	stack.ss_sp = term->stack = mem_alloc(RESTORE_STACK);
	sigaltstack(&stack, NULL);
}

static void disarm_stack(struct term *term)
{
	stack_t none = { .ss_flags = SS_DISABLE };

	if (!term->stack)
		return;
	sigaltstack(&none, NULL);
	free(term->stack);
	term->stack = NULL;
}

/*
 * A signal that somebody ignores (nohup) or handles stays theirs.  A crash is caught
 * even then: its earlier handler, such as a sanitizer's report, runs after ours.
 */
void restore_arm(struct term *term)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };

	armed = term;
	sigfillset(&action.sa_mask); /* SIGTTOU too: restoring must not stop us */
	arm_stack(term);
	for (size_t i = 0; i < RESTORE_SIGNALS; i++) {
		sigaction(signals[i], NULL, &term->before[i]);
		if (is_crash(signals[i]) || term->before[i].sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
	}
	atexit(restore_now);
}

void restore_disarm(struct term *term)
{
	struct sigaction now;

	for (size_t i = 0; i < RESTORE_SIGNALS; i++)
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == on_signal)
			sigaction(signals[i], &term->before[i], NULL);
	disarm_stack(term);
	armed = NULL;
}
