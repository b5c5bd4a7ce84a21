/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <stdlib.h>

struct loop *loop_new(void)
{
	struct loop *loop = mem_zalloc(1, sizeof *loop);

	if (uv_loop_init(&loop->uv) != 0)
		abort();
	loop->uv.data = loop;
	return loop;
}

static void free_handle(uv_handle_t *handle)
{
	free(handle->data);
}

void loop_close_handle(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, free_handle);
}

static void close_left_over(uv_handle_t *handle, void *ctx)
{
	(void)ctx;
	loop_close_handle(handle);
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	loop_leave_workers(loop);
	loop_leave_timers(loop);
	loop_leave_watches(loop);
	uv_walk(&loop->uv, close_left_over, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	if (uv_loop_close(&loop->uv) != 0)
		abort();
	free(loop);
}

static void enqueue(struct loop *loop, struct loop_task *task)
{
	task->queued = true;
	task->next = NULL;
	if (loop->last != NULL)
		loop->last->next = task;
	else
		loop->first = task;
	loop->last = task;
	loop->task_count++;
}

static struct loop_task *dequeue(struct loop *loop)
{
	struct loop_task *task = loop->first;

	loop->first = task->next;
	if (loop->first == NULL)
		loop->last = NULL;
	task->next = NULL;
	task->queued = false;
	loop->task_count--;
	return task;
}

static void run_task(struct loop_task *task)
{
	bool gone = false;

	task->gone = &gone;
	task->running = true;
	task->fn(task->ctx);
	if (gone)
		return;
	task->running = false;
	task->gone = NULL;
}

static bool can_run(const struct loop *loop)
{
	for (const struct loop_task *task = loop->first; task != NULL; task = task->next)
		if (!task->running)
			return true;
	return false;
}

/*
 * Runs what is queued now, once: what these tasks queue waits for the next round, so that a
 * task that always has more to do cannot starve the descriptors.  Returns whether tasks that can
 * run are left.
 */
static bool run_tasks(struct loop *loop)
{
	for (size_t count = loop->task_count; count > 0 && loop->first != NULL; count--) {
		struct loop_task *task = dequeue(loop);

		if (task->running)
			enqueue(loop, task);
		else
			run_task(task);
	}
	return can_run(loop);
}

void loop_run(struct loop *loop, loop_fn *turn, void *ctx)
{
	bool alive = true, busy = false;

	loop->stopping = false;
	while (!loop->stopping && (alive || busy)) {
		busy = run_tasks(loop);
		if (loop->stopping)
			return;
		if (turn != NULL)
			turn(ctx);
		alive = uv_run(&loop->uv, busy ? UV_RUN_NOWAIT : UV_RUN_ONCE) != 0;
		busy = busy || loop->first != NULL;
	}
}

void loop_stop(struct loop *loop)
{
	loop->stopping = true;
}

void loop_turn(struct loop *loop)
{
	bool busy = can_run(loop);

	run_tasks(loop);
	uv_run(&loop->uv, busy ? UV_RUN_NOWAIT : UV_RUN_ONCE);
}

double loop_now_ms(const struct loop *loop)
{
	(void)loop;
	return (double)uv_hrtime() / 1e6;
}

void loop_task_init(struct loop_task *task, struct loop *loop, loop_fn *fn, void *ctx)
{
	*task = (struct loop_task){ .loop = loop, .fn = fn, .ctx = ctx };
}

void loop_task_queue(struct loop_task *task)
{
	if (!task->queued)
		enqueue(task->loop, task);
}

void loop_task_done(struct loop_task *task)
{
	struct loop *loop = task->loop;
	struct loop_task *before = NULL;

	if (task->gone != NULL) {
		*task->gone = true;
		task->gone = NULL;
		task->running = false;
	}
	if (!task->queued)
		return;
	for (struct loop_task **link = &loop->first; *link != NULL; link = &(*link)->next) {
		if (*link == task) {
			*link = task->next;
			if (loop->last == task)
				loop->last = before;
			break;
		}
		before = *link;
	}
	task->queued = false;
	loop->task_count--;
}
