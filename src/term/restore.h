/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of term that must work when all else is lost: giving the terminal
 * back at exit(), on a fatal signal and in a crash.  What runs in the signal
 * handler uses async-signal-safe calls only (signal-safety(7)).
 */
#ifndef TERM_RESTORE_H
#define TERM_RESTORE_H

#include <signal.h>
#include <sys/types.h>
#include <termios.h>

#include "sallyport/term.h"

enum { RESTORE_SIGNALS = 9, RESTORE_STACK = 64 * 1024 };

struct term {
	int fd;
	int out; /* the same terminal, non-blocking: for a reset that must not wait; -1: none */
	pid_t pid; /* a forked child that dies must not touch our terminal */
	volatile sig_atomic_t mode; /* enum term_mode */
	bool dumb; /* escape sequences would be seen as text */
	struct termios saved;
	struct sigaction before[RESTORE_SIGNALS]; /* what the signals did before us */
	char *stack; /* the handler's own: a crash may be a stack that is used up; NULL: none */
};

/* Makes term the one that is restored; undone by restore_disarm(). */
void restore_arm(struct term *term);
void restore_disarm(struct term *term);
/* Puts the saved termios back, unless another job has the terminal now. */
void restore_termios(const struct term *term, int when);
/* Writes it without waiting; not to a dumb terminal, nor from the background. */
void restore_write(const struct term *term, const char *text, size_t len);
/* ... the reset string. */
void restore_write_reset(const struct term *term);

#endif
