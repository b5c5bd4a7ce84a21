/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a row's first column says of its host.  One table: the list, the counts of the top line, the
 * filter's "is:", the legend of the help and the manual page are made from it.
 */
#ifndef UI_SIGN_H
#define UI_SIGN_H

#include "sallyport/report.h"

#include "theme.h"

/* In order of how much they ask for attention. */
enum sign {
	SIGN_UNKNOWN,
	SIGN_PASS, /* down to the login */
	SIGN_REACH, /* nothing is wrong as far as was looked, which was not as far as the login */
	SIGN_WARN,
	SIGN_FAIL,
	SIGN_COUNT
};

/* "pass", as after is: in a filter */
const char *sign_name(enum sign sign);
/* One column, in a locale without UTF-8 too. */
const char *sign_glyph(enum sign sign);
enum role sign_role(enum sign sign);
/* What the legend says, N_(). */
const char *sign_means(enum sign sign);

/* The same of one check. */
const char *glyph_of_verdict(enum verdict verdict);
enum role role_of_verdict(enum verdict verdict);
/* A check is running; a session is stopped. */
const char *glyph_of_running(void);
const char *glyph_of_stopped(void);

#endif
