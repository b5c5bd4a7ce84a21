/* SPDX-License-Identifier: Apache-2.0 */
/* A line of ssh_config(5) in pieces: the keyword, and the words of its value. */
#ifndef SALLYPORT_CLI_SSH_WORDS_H
#define SALLYPORT_CLI_SSH_WORDS_H

#include "sallyport/util.h"

/* "Keyword value", "Keyword=value", " Keyword = value ": the caller frees both, rest is without blanks at its
 * ends. */
void ssh_words_keyword(const char *line, char **keyword, char **rest);
/*
 * Splits at blanks, as argv_split() in OpenSSH's misc.c: "..." and '...' hold a word together, a
 * backslash is for a quotation mark, a blank or itself, a word that begins with # ends the line.
 * False: a quotation mark is missing.
 */
bool ssh_words_split(struct strlist *words, const char *text);

#endif
