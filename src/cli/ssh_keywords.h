/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keywords of ssh_config(5), one row each: what may stand behind one, what ssh -G
 * prints for it, and which of them must not be ignored.  What they do is not said here: a
 * keyword that is a host's field or a setting of the session is honoured, any other ignored.
 */
#ifndef SALLYPORT_CLI_SSH_KEYWORDS_H
#define SALLYPORT_CLI_SSH_KEYWORDS_H

#include <stddef.h>

struct host_field;

/* What stands behind a keyword, as readconf.c reads it. */
enum keyword_takes { TAKES_ONE, TAKES_WORDS, TAKES_REST };

/* How ssh -G writes it (dump_client_config() in readconf.c). */
enum keyword_shows {
	SHOWS_NOTHING,
	SHOWS_TEXT,
	SHOWS_UNLESS_NONE,
	SHOWS_YES, /* yes, no */
	SHOWS_TRUE, /* true for yes, false for no and off, else the word */
	SHOWS_LINES, /* a line for each item */
	SHOWS_WORDS, /* all items in one line */
	SHOWS_PATHS, /* the same, with the home folder written out */
	SHOWS_ALGORITHMS, /* what we offer */
	SHOWS_TIMES, /* words, times in seconds */
	SHOWS_TRUE_TIMES, /* true, false, or such */
	SHOWS_TIMEOUT, /* seconds, or none for 0 */
	SHOWS_LEVEL, /* ssh's names for LogLevel */
	SHOWS_UPPER,
	SHOWS_LOWER,
	SHOWS_ESCAPE, /* ~, none, \^X */
	SHOWS_TWICE, /* one word stands for two */
	SHOWS_SIZES, /* bytes and seconds */
	SHOWS_FORWARDS,
};

struct ssh_keyword {
	const char *name;
	enum keyword_takes takes;
	enum keyword_shows shows;
	const char *dflt; /* what ssh -G says when nothing is set, in its words; NULL: nothing */
	const char *refused; /* N_(), why it is not ignored, unless it is "no" or "none" */
};

enum { SSH_KEYWORDS_MAX = 160 };

/* In the order of ssh -G. */
const struct ssh_keyword *ssh_keywords(size_t *count);
/* By any of its names, without regard to case; NULL: there is none. */
const struct ssh_keyword *ssh_keyword_find(const char *name);
/* The host's field that it sets; NULL: none. */
const struct host_field *ssh_keyword_field(const struct ssh_keyword *row);

#endif
