/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SMALL_CHUNK = 256, /* n_tty says POLLOUT with this much room at least */
	ANY_CHUNK = 1024 * 1024,
};

static void on_watch(void *ctx, unsigned events)
{
	struct stream *stream = ctx;

	(void)events;
	if (stream->wanted)
		stream->ready(stream->ctx);
}

static void on_task(void *ctx)
{
	struct stream *stream = ctx;

	if (!stream->wanted)
		return;
	loop_task_queue(&stream->task);
	stream->ready(stream->ctx);
}

int stream_open_again(int fd, unsigned events)
{
	int flags = (events == LOOP_READ ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char path[32];
	struct stat st;
	int again;

	if (fstat(fd, &st) == -1 || (!S_ISFIFO(st.st_mode) && !isatty(fd)))
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, flags);
	/* A terminal that somebody else owns (su), but that is our controlling one. */
	if (again == -1 && tcgetpgrp(fd) != -1)
		again = open("/dev/tty", flags);
	return again;
}

/* The loop made it non-blocking: for everybody who has it. */
static void make_blocking(int fd, int flags)
{
	if (flags != -1 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags);
}

void stream_init(
    struct stream *stream, struct loop *loop, int fd, unsigned events, loop_fn *ready, void *ctx)
{
	struct stat st = { 0 };
	int again = stream_open_again(fd, events), flags;

	*stream = (struct stream){ .events = events, .ready = ready, .ctx = ctx };
	fstat(fd, &st);
	stream->owned = again != -1;
	stream->fd = stream->owned ? again : fd;
	stream->is_socket = S_ISSOCK(st.st_mode);
	flags = fcntl(stream->fd, F_GETFL);
	stream->watch = loop_watch_start(loop, stream->fd, 0, on_watch, stream);
	stream->chunk =
	    stream->owned || stream->is_socket || !stream->watch ? ANY_CHUNK : SMALL_CHUNK;
	make_blocking(stream->fd, flags);
	loop_task_init(&stream->task, loop, on_task, stream);
}

void stream_done(struct stream *stream)
{
	if (!stream->ready)
		return;
	loop_watch_cancel(stream->watch);
	loop_task_done(&stream->task);
	if (stream->owned)
		close(stream->fd);
	*stream = (struct stream){ .fd = -1 };
}

void stream_want(struct stream *stream, bool on)
{
	if (on == stream->wanted)
		return;
	stream->wanted = on;
	if (stream->watch)
		loop_watch_set(stream->watch, on ? stream->events : 0);
	else if (on)
		loop_task_queue(&stream->task);
}

/* A shared, blocking descriptor: what poll() says now is the only promise there is. */
static bool would_block(const struct stream *stream, short events)
{
	struct pollfd now = { .fd = stream->fd, .events = events };

	if (stream->owned || stream->is_socket || !stream->watch)
		return false;
	return poll(&now, 1, 0) == 0;
}

ssize_t stream_read(struct stream *stream, void *buf, size_t len)
{
	ssize_t got;

	if (would_block(stream, POLLIN)) {
		errno = EAGAIN;
		return -1;
	}
	do
		got = stream->is_socket ? recv(stream->fd, buf, len, MSG_DONTWAIT)
					: read(stream->fd, buf, len);
	while (got == -1 && errno == EINTR);
	return got;
}

ssize_t stream_write(struct stream *stream, const void *data, size_t len)
{
	ssize_t put;

	if (would_block(stream, POLLOUT)) {
		errno = EAGAIN;
		return -1;
	}
	if (len > stream->chunk)
		len = stream->chunk;
	do
		put = stream->is_socket ? send(stream->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL)
					: write(stream->fd, data, len);
	while (put == -1 && errno == EINTR);
	return put;
}
