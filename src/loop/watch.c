/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors, where there is no epoll: see watch_epoll.c. */
#include "loop.h"

#ifndef HAVE_SYS_EPOLL_H

#include <stdlib.h>

struct loop_watch {
	uv_poll_t handle;
	unsigned events;
	loop_watch_fn *fn;
	void *ctx;
};

static void on_poll(uv_poll_t *handle, int status, int events);

static void poll_for(struct loop_watch *watch)
{
	int uv_events = 0;

	if (watch->events & LOOP_READ)
		uv_events |= UV_READABLE;
	if (watch->events & LOOP_WRITE)
		uv_events |= UV_WRITABLE;
	if (uv_events == 0)
		uv_poll_stop(&watch->handle);
	else
		uv_poll_start(&watch->handle, uv_events, on_poll);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct loop_watch *watch = handle->data;
	unsigned ready = 0;

	if (status < 0) {
		/* libuv has stopped it, but there may be data to read before the error. */
		ready = watch->events;
		poll_for(watch);
	}
	if (events & UV_READABLE)
		ready |= LOOP_READ;
	if (events & UV_WRITABLE)
		ready |= LOOP_WRITE;
	watch->fn(watch->ctx, ready);
}

struct loop_watch *loop_watch_start(
    struct loop *loop, int fd, unsigned events, loop_watch_fn *fn, void *ctx)
{
	struct loop_watch *watch = mem_zalloc(1, sizeof *watch);

	if (uv_poll_init(&loop->uv, &watch->handle, fd) != 0) {
		free(watch);
		return NULL;
	}
	watch->handle.data = watch;
	watch->fn = fn;
	watch->ctx = ctx;
	loop_watch_set(watch, events);
	return watch;
}

void loop_watch_hand(struct loop_watch *watch, loop_watch_fn *fn, void *ctx)
{
	watch->fn = fn;
	watch->ctx = ctx;
}

void loop_watch_set(struct loop_watch *watch, unsigned events)
{
	if (events == watch->events)
		return;
	watch->events = events;
	poll_for(watch);
}

void loop_watch_cancel(struct loop_watch *watch)
{
	if (watch == NULL)
		return;
	loop_close_handle((uv_handle_t *)&watch->handle);
}

void loop_leave_watches(struct loop *loop)
{
	(void)loop; /* libuv knows them */
}

#endif
