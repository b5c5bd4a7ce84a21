/* SPDX-License-Identifier: Apache-2.0 */
/* Text in columns: what a terminal shows of a cleaned string, by display width and not by bytes. */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct str;

/*
 * Text that we did not write, made fit to be drawn: clean_text(), and "?" for what this C library
 * gives no width.  NULL gives "".  Caller frees.
 */
char *text_clean(const char *text);
/* Columns that cleaned text takes. */
int text_width(const char *text);
/* Bytes of the longest beginning that takes at most width columns, marks that take none included. */
size_t text_fit(const char *text, int width);
/* Appends text cut to width columns; where something was cut off, the last column says so. */
void text_clip(struct str *out, const char *text, int width);
/*
 * Bytes of the first line when text is broken at blanks into lines of width columns (a word that
 * is too long is cut).  *next: where the next line begins; the blanks between are skipped.
 * Always gets on: with a width that nothing fits into it takes one character.
 */
size_t text_wrap(const char *text, int width, size_t *next);
/* "now", "5m", "3h", "4d", "15w": at most three columns; "" for a negative age. */
void age_text(char buf[4], long minutes);
/* Does this locale show UTF-8? */
bool text_is_utf8(void);

#endif
