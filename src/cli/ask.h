/* SPDX-License-Identifier: Apache-2.0 */
/* A question of a command that is no session, on the terminal. */
#ifndef SALLYPORT_CLI_ASK_H
#define SALLYPORT_CLI_ASK_H

#include "sallyport/util.h"

/*
 * Asks on /dev/tty whether to go on.  Yes is the whole word "yes", or the text of also (may be NULL), such as a
 * fingerprint; nothing, "no", Esc and the end of input are no, anything else is asked again.  What was typed ahead does not
 * answer.  *yes is set to the answer; false with err (ERR_LOCAL) when there is no terminal to ask on.
 */
bool cli_ask_yes(const char *question, const char *also, bool *yes, struct err *err);
/* The same, but yes is only this very word, and anything else is no. */
bool cli_ask_word(const char *question, const char *word, bool *yes, struct err *err);
/* Until Enter was typed, if there is a terminal. */
void cli_ask_enter(const char *text);

#endif
