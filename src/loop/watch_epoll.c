/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors.  libuv's own way to watch one takes nine system calls for one short connection, and looks through all that is
 * ready for each that changes.  So all are in one epoll set, and libuv watches the set.
 */
#include "loop.h"

#ifdef HAVE_SYS_EPOLL_H

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READY_MAX = 256 };

struct watches {
	uv_poll_t handle; /* of the set; freed with the rest in its close callback */
	int set;
	unsigned count; /* in the set: they keep the loop running */
	struct epoll_event *ready; /* of this round */
	int ready_count;
};

struct loop_watch {
	struct watches *watches;
	int fd;
	unsigned events; /* 0: not in the set, which would tell errors all the same */
	loop_watch_fn *fn;
	void *ctx;
};

static unsigned loop_events(uint32_t events)
{
	if (events & (EPOLLERR | EPOLLHUP))
		return LOOP_READ | LOOP_WRITE;
	return (events & EPOLLIN ? (unsigned)LOOP_READ : 0) |
	    (events & EPOLLOUT ? (unsigned)LOOP_WRITE : 0);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct watches *watches = handle->data;
	struct epoll_event ready[READY_MAX];

	(void)status;
	(void)events;
	watches->ready = ready;
	watches->ready_count = epoll_wait(watches->set, ready, READY_MAX, 0);
	for (int i = 0; i < watches->ready_count; i++) {
		struct loop_watch *watch = ready[i].data.ptr; /* NULL: cancelled in this round */
		unsigned what = watch ? loop_events(ready[i].events) & watch->events : 0;

		if (what)
			watch->fn(watch->ctx, what);
	}
	watches->ready_count = 0;
}

static struct watches *watches_get(struct loop *loop)
{
	struct watches *watches = loop->watches;

	if (watches != NULL)
		return watches;
	watches = loop->watches = mem_zalloc(1, sizeof *watches);
	watches->set = epoll_create1(EPOLL_CLOEXEC);
	if (watches->set == -1 || uv_poll_init(&loop->uv, &watches->handle, watches->set) != 0)
		abort();
	watches->handle.data = watches;
	uv_poll_start(&watches->handle, UV_READABLE, on_poll);
	uv_unref((uv_handle_t *)&watches->handle);
	return watches;
}

static bool control(struct loop_watch *watch, int what)
{
	struct epoll_event event = { .data.ptr = watch };

	if (watch->events & LOOP_READ)
		event.events |= EPOLLIN;
	if (watch->events & LOOP_WRITE)
		event.events |= EPOLLOUT;
	return epoll_ctl(watch->watches->set, what, watch->fd, &event) == 0;
}

static void count(struct watches *watches, int more)
{
	watches->count += (unsigned)more;
	if (watches->count == 0)
		uv_unref((uv_handle_t *)&watches->handle);
	else
		uv_ref((uv_handle_t *)&watches->handle);
}

struct loop_watch *loop_watch_start(
    struct loop *loop, int fd, unsigned events, loop_watch_fn *fn, void *ctx)
{
	struct loop_watch *watch = mem_zalloc(1, sizeof *watch);

	*watch = (struct loop_watch){ watches_get(loop), fd, events, fn, ctx };
	/* Also where nothing is watched for yet: can it be at all? */
	if (!control(watch, EPOLL_CTL_ADD)) {
		free(watch);
		return NULL;
	}
	if (events == 0)
		control(watch, EPOLL_CTL_DEL);
	else
		count(watch->watches, 1);
	return watch;
}

void loop_watch_hand(struct loop_watch *watch, loop_watch_fn *fn, void *ctx)
{
	watch->fn = fn;
	watch->ctx = ctx;
}

void loop_watch_set(struct loop_watch *watch, unsigned events)
{
	unsigned before = watch->events;

	if (events == before)
		return;
	watch->events = events;
	if (events && before) {
		control(watch, EPOLL_CTL_MOD);
		return;
	}
	control(watch, events ? EPOLL_CTL_ADD : EPOLL_CTL_DEL);
	count(watch->watches, events ? 1 : -1);
}

void loop_watch_cancel(struct loop_watch *watch)
{
	struct watches *watches;

	if (watch == NULL)
		return;
	loop_watch_set(watch, 0);
	watches = watch->watches;
	for (int i = 0; i < watches->ready_count; i++)
		if (watches->ready[i].data.ptr == watch)
			watches->ready[i].data.ptr = NULL;
	free(watch);
}

void loop_leave_watches(struct loop *loop)
{
	struct watches *watches = loop->watches;

	if (watches == NULL)
		return;
	loop_close_handle((uv_handle_t *)&watches->handle);
	close(watches->set);
	loop->watches = NULL;
}

#endif
