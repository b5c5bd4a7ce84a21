/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to ask the user for one line while the loop goes on: on the terminal, and by
 * the program that $SSH_ASKPASS names.  done() gets the answer, which is then its own,
 * or NULL; cancelled says that the user wants none of this (^C, Esc).
 */
#ifndef ATTACH_ASK_H
#define ATTACH_ASK_H

#include "sallyport/loop.h"
#include "sallyport/util.h"

struct term;
struct prompt;
struct askpass;

typedef void ask_done(void *ctx, struct secret *answer, bool cancelled);

/*
 * text is shown as it is: it is clean and carries its prefixes.  Input that was typed ahead is
 * thrown away before and after.  The terminal must be one that may be non-blocking.
 */
struct prompt *prompt_start(
    struct loop *loop, struct term *term, const char *text, bool echo, ask_done *done, void *ctx);
/* After a stop: takes the terminal again and shows the prompt anew. */
void prompt_redraw(struct prompt *prompt);
/* Forgets what was typed; NULL is fine. */
void prompt_cancel(struct prompt *prompt);

/* Runs the program without a shell, with text as its argument, as read_passphrase() in OpenSSH's
 * readpass.c does.  NULL with err when it cannot be run. */
struct askpass *askpass_start(
    struct loop *loop, const char *text, ask_done *done, void *ctx, struct err *err);
void askpass_cancel(struct askpass *askpass);

#endif
