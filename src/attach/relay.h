/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes bytes between our standard streams and an open connection, with back
 * pressure both ways: nothing is read that the other side has no room for, and nothing
 * that was read is lost.
 */
#ifndef ATTACH_RELAY_H
#define ATTACH_RELAY_H

#include "escape.h"
#include "stream.h"

struct conn;

/* Remote output on its way to one of our descriptors. */
struct outlet {
	struct relay *relay;
	struct stream stream;
	int channel; /* CONN_STDOUT, CONN_STDERR */
	char *buf; /* at .. len is still to be written */
	size_t at, len;
	bool empty; /* the connection has nothing now */
	bool ended; /* end of file, or the descriptor takes no more */
	struct loop_task more;
};

struct relay_owner {
	/* The remote sent this, and it is about to be written. */
	void (*came)(void *ctx, const char *data, size_t len);
	/* Something was typed and is about to be sent. */
	void (*typed)(void *ctx);
	void (*escape)(void *ctx, enum escape_action action);
	/* While captured: what was typed.  Returns how much was taken; NULL: standard input has ended. */
	size_t (*captured)(void *ctx, const char *data, size_t len);
	/* Standard output cannot be written any more; why is an errno value. */
	void (*broken)(void *ctx, int why);
	/* After relay_drain(): all that the remote sent is written. */
	void (*drained)(void *ctx);
};

struct relay {
	struct loop *loop;
	struct conn *conn;
	const struct relay_owner *owner;
	void *ctx;
	struct outlet out, err;
	struct stream in;
	struct escape escape;
	struct str pending; /* typed, not taken by the connection yet */
	char *buf;
	bool reading; /* standard input is open and wanted */
	bool eof; /* it has ended, and the connection is to be told */
	bool draining;
	bool capturing; /* what is typed is not for the server, whose output waits */
};

/* escape_key: -1: none.  read_input: false for -N.  The streams are 0, 1 and 2. */
void relay_init(struct relay *relay, struct loop *loop, struct conn *conn,
    const struct relay_owner *owner, void *ctx);
/* The connection is open: begins.  stdin_null: end of file at once. */
void relay_start(struct relay *relay, int escape_key, bool stdin_null);
void relay_done(struct relay *relay);
/* As conn_owner's readable and writable. */
void relay_readable(struct relay *relay);
void relay_writable(struct relay *relay);
/* What is typed goes to captured(), and the remote's output waits until it is false again. */
void relay_capture(struct relay *relay, bool on);
/* The last that was written was not taken whole: nobody reads it now. */
bool relay_is_blocked(const struct relay *relay);
/* The connection has ended: writes what it still holds, then calls drained(). */
void relay_drain(struct relay *relay);

#endif
