/* SPDX-License-Identifier: Apache-2.0 */
/* The open channel and what its owner wants written to it. */
#ifndef SSH_STREAM_H
#define SSH_STREAM_H

#include "chan.h"
#include "conn.h"

struct stream {
	struct chan chan; /* freed with the session; empty: none could be had (-N) */
	size_t env_next; /* of options.env */
	struct queue out; /* written by the owner, not yet taken by libssh2 */
	bool told; /* readable() was called and no read has returned 0 since */
	bool out_ended, err_ended; /* the owner was told, and reads no more */
	bool write_short; /* conn_write() took less than it was given */
	bool eof_wanted, eof_sent;
	bool waits; /* it is closed, and tunnels are not */
	bool resize; /* the server is still to be told cols and rows */
	bool resizing; /* a request is under way, with the size asked */
	int cols, rows, asked_cols, asked_rows;
};

#endif
