/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One channel of libssh2, with what libssh2 1.11.1 does not get right by itself: the window, and
 * reads that fail in the middle.  The session's shell, a forwarded connection and a jump host's
 * way on are all channels.
 */
#ifndef SSH_CHAN_H
#define SSH_CHAN_H

#include "session.h"

enum {
	CHAN_WINDOW =
	    2 * 1024 * 1024, /* on its way to us; measured: more gains nothing and delays Ctrl-C */
	CHAN_READ_MAX = 256 * 1024, /* at once */
};

struct chan {
	LIBSSH2_CHANNEL *lib; /* NULL: none, or not open yet */
	struct session *session; /* borrowed */
	unsigned long widen; /* a window adjustment that is not sent yet; 0: none */
	bool both; /* standard error is read too */
	unsigned
	    drained; /* streams (bits) that are at their end, or had nothing after the server's last word */
};

enum {
	CHAN_END = -1, /* of this stream */
	CHAN_BROKEN = -2, /* the session: conn_fail_lib() says why */
};

/* Can be called at any time; needed before sleeping, as reads do not widen.  False: not now. */
bool chan_widen(struct chan *chan);
/* Bytes that were read, 0: none now, CHAN_END or CHAN_BROKEN.  stream: 0 or SSH_EXTENDED_DATA_STDERR. */
long chan_read(struct chan *chan, int stream, void *buf, size_t len);
/* Bytes that were taken, 0: none now, CHAN_END: nobody reads there any more, or CHAN_BROKEN. */
long chan_write(struct chan *chan, const void *data, size_t len);
/* Bytes that libssh2 holds for us: no socket will tell of them again. */
unsigned long chan_available(const struct chan *chan);
/* The server will send no more data. */
bool chan_eof(const struct chan *chan);
/* ... and has closed the channel: nothing that is written reaches anybody. */
bool chan_closed(struct chan *chan);
/* Sends our end of data; false: not now. */
bool chan_send_eof(struct chan *chan);
/* Closes and frees it; false: the server has not answered yet.  An empty one is freed already. */
bool chan_free(struct chan *chan);

#endif
