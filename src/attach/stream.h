/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of our own standard descriptors in the event loop, whatever it is: a terminal, a
 * pipe, a socket, a file.  Never makes a descriptor non-blocking that others (the shell
 * that started us) share: a private one is opened where that can be done, else reads and
 * writes are small and follow a poll.
 */
#ifndef ATTACH_STREAM_H
#define ATTACH_STREAM_H

#include <sys/types.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

struct stream {
	int fd;
	bool owned;
	bool is_socket;
	size_t chunk; /* the most in one write */
	unsigned events; /* LOOP_READ or LOOP_WRITE */
	bool wanted;
	struct loop_watch *watch; /* NULL: a file or /dev/null, always ready */
	struct loop_task task;
	loop_fn *ready;
	void *ctx;
};

/* The same terminal or pipe, non-blocking, with flags of its own; -1 where the system has no way or
 * says no. */
int stream_open_again(int fd, unsigned events);
/* ready(ctx) is called while wanted, whenever a read or write would not block. */
void stream_init(
    struct stream *stream, struct loop *loop, int fd, unsigned events, loop_fn *ready, void *ctx);
void stream_done(struct stream *stream);
void stream_want(struct stream *stream, bool on);
/* As read(2) and write(2); -1 with EAGAIN: not now.  A write may take less. */
ssize_t stream_read(struct stream *stream, void *buf, size_t len);
ssize_t stream_write(struct stream *stream, const void *data, size_t len);

#endif
