/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/term.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "restore.h"
#include "sallyport/util.h"

static bool type_is_dumb(void)
{
	const char *type = getenv("TERM");
	return !type || !*type || str_eq(type, "dumb");
}

/* Not by a flag on fd, which others share. */
static int open_without_waiting(int fd)
{
	enum { FLAGS = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };
	char name[64];
	int out = ttyname_r(fd, name, sizeof name) == 0 ? open(name, FLAGS) : -1;

	if (out == -1 && tcgetpgrp(fd) != -1) /* it is our controlling terminal */
		out = open("/dev/tty", FLAGS);
	return out;
}

struct term *term_new(int fd, struct err *err)
{
	struct termios saved;
	struct term *term;

	if (tcgetattr(fd, &saved) == -1) {
		err_set(err, ERR_IO, _("not a terminal: %s"), strerror(errno));
		return NULL;
	}
	term = mem_zalloc(1, sizeof *term);
	term->fd = fd;
	term->out = open_without_waiting(fd);
	term->pid = getpid();
	term->mode = TERM_COOKED;
	term->dumb = type_is_dumb();
	term->saved = saved;
	restore_arm(term);
	return term;
}

void term_free(struct term *term)
{
	if (!term)
		return;
	term_set(term, TERM_COOKED);
	restore_disarm(term);
	if (term->out != -1)
		close(term->out);
	free(term);
}

/* As enter_raw_mode() in OpenSSH's sshtty.c. */
static void make_raw(struct termios *tio)
{
	tio->c_iflag |= IGNPAR;
	tio->c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXANY | IXOFF);
#ifdef IUCLC
	tio->c_iflag &= ~(tcflag_t)IUCLC;
#endif
	tio->c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN);
	tio->c_oflag &= ~(tcflag_t)OPOST;
	tio->c_cc[VMIN] = 1;
	tio->c_cc[VTIME] = 0;
}

/* ^C and ^Z stay signals, so that they reach the whole job, as at any prompt. */
static void make_prompt(struct termios *tio)
{
	tio->c_iflag &= ~(tcflag_t)(ISTRIP | IXON);
	tio->c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN);
	tio->c_cc[VMIN] = 1;
	tio->c_cc[VTIME] = 0;
}

/* ECHOCTL: what is typed shows as ^[, and the terminal is sent no escape. */
static void make_line(struct termios *tio)
{
	tio->c_lflag |= ICANON | ECHO | ECHOCTL;
	tio->c_cc[VEOL] = '\033';
}

/* Done from the background this stops us until we are in front again (SIGTTOU), as it should. */
static void apply(const struct term *term, void (*make)(struct termios *))
{
	struct termios tio = term->saved;

	make(&tio);
	while (tcsetattr(term->fd, TCSADRAIN, &tio) == -1 && errno == EINTR)
		;
}

static void apply_mode(const struct term *term, enum term_mode mode)
{
	switch (mode) {
	case TERM_COOKED:
		restore_termios(term, TCSADRAIN);
		break;
	case TERM_CURSES:
		break;
	case TERM_RAW:
		apply(term, make_raw);
		break;
	case TERM_LINE:
		apply(term, make_line);
		break;
	case TERM_PROMPT:
		apply(term, make_prompt);
		break;
	}
}

enum term_mode term_set(struct term *term, enum term_mode mode)
{
	enum term_mode before = (enum term_mode)term->mode;

	if (mode == before)
		return before;
	/* Said first: a signal between the two must find what there is to undo. */
	if (mode != TERM_COOKED)
		term->mode = mode;
	apply_mode(term, mode);
	term->mode = mode;
	return before;
}

void term_resume(struct term *term)
{
	if (term->mode != TERM_COOKED) /* else it is not ours to change */
		apply_mode(term, (enum term_mode)term->mode);
}

int term_fd(const struct term *term)
{
	return term->fd;
}

const struct termios *term_saved(const struct term *term)
{
	return &term->saved;
}

void term_size(const struct term *term, int *cols, int *rows)
{
	struct winsize size;

	if (ioctl(term->fd, TIOCGWINSZ, &size) == -1)
		size.ws_col = size.ws_row = 0;
	*cols = size.ws_col ? size.ws_col : 80;
	*rows = size.ws_row ? size.ws_row : 24;
}

void term_reset(struct term *term)
{
	restore_write_reset(term);
}

void term_keep_title(struct term *term)
{
	static const char keep[] = "\033[22;0t";

	restore_write(term, keep, sizeof keep - 1);
}

void term_give_title_back(struct term *term)
{
	static const char give_back[] = "\033[23;0t";

	restore_write(term, give_back, sizeof give_back - 1);
}

void term_flush_input(struct term *term)
{
	tcflush(term->fd, TCIFLUSH);
}

void term_suspend(struct term *term)
{
	enum term_mode mode = term_set(term, TERM_COOKED);
	struct sigaction action = { .sa_handler = SIG_DFL }, before;

	sigaction(SIGTSTP, &action, &before);
	kill(0, SIGTSTP); /* returns when continued, or at once in an orphaned group */
	sigaction(SIGTSTP, &before, NULL);
	term_set(term, mode);
}
