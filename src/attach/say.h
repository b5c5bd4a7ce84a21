/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session tells the user apart from the remote's own bytes: errors, notices, the
 * line that shows the running stage.  All text that may quote others is cleaned here,
 * and the server's is told apart by a prefix on every line that it can fill.
 */
#ifndef ATTACH_SAY_H
#define ATTACH_SAY_H

#include "policy.h"

#define OWN_PREFIX "sallyport> "
#define SERVER_PREFIX "server> "

struct say {
	enum level level;
	char *name; /* the host, cleaned */
	int err; /* standard error, non-blocking and ours where that can be had */
	int log; /* where lines of ours go instead, see attach_options; else err */
	int tty; /* where the stage line goes; -1: none is shown */
	int cols;
	bool dumb; /* the terminal cannot erase a line */
	bool unread; /* nobody read what was last written: not waited for again */
	bool raw; /* the terminal is: lines need a carriage return */
	bool shown; /* a stage line is on the screen */
};

/* tty is borrowed. */
void say_init(struct say *say, enum level level, const char *name, int tty);
void say_done(struct say *say);
/* Rewrites the stage line; say_erase() takes it away again, and so does everything else here. */
void say_stage(struct say *say, const char *text);
void say_erase(struct say *say);
/* One cleaned line on standard error: "text". */
void say_line(struct say *say, enum level level, const char *fmt, ...) SP_PRINTF(3, 4);
/* "sallyport: host: reason" and "hint: ...". */
void say_error(struct say *say, const char *reason, const char *hint);
/* Text of the server on standard error, at LEVEL_INFO. */
void say_server(struct say *say, const char *text, size_t len);

/*
 * Appends text that others wrote, cleaned, as lines of at most cols columns that all
 * begin with prefix, so that no line that wraps can pass for one of ours.  Ends in a
 * newline unless text is empty.
 */
void say_prefixed(struct str *out, const char *prefix, const char *text, size_t len, int cols);

/* Writes all of it, waiting for room for two seconds at most where the descriptor is non-blocking: who
 * does not read by then does not hold us up.  Errors are ignored. */
void say_write(int fd, const char *data, size_t len);
/* The same for what is told, and who did not read the last one is not waited for again. */
void say_bytes(struct say *say, int fd, const char *data, size_t len);

#endif
