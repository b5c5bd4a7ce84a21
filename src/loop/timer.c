/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers.  Thousands of connections have the same few time-outs: timers of one duration are a queue, in which
 * the first is due first, so that starting and cancelling one takes the same short time however many there are.  One timer of
 * libuv's wakes for the first of all queues.  The clock is the monotonic one: nobody can set it.
 */
#include "loop.h"

#include <math.h>
#include <stdlib.h>

/* All timers that run and were started for the same time. */
struct queue {
	double ms;
	struct loop_timer *first, *last;
	struct queue *next;
};

struct timers {
	uv_timer_t wake; /* freed with the rest in its close callback */
	double wake_at; /* when it is set */
	struct queue *queues; /* none is empty */
};

struct loop_timer {
	struct loop *loop;
	struct queue *queue; /* NULL: does not run */
	struct loop_timer *before, *next;
	double due;
	loop_fn *fn;
	void *ctx;
};

static void on_wake(uv_timer_t *wake);

static struct timers *timers_get(struct loop *loop)
{
	struct timers *timers = loop->timers;

	if (timers == NULL) {
		timers = loop->timers = mem_zalloc(1, sizeof *timers);
		uv_timer_init(&loop->uv, &timers->wake);
		timers->wake.data = timers;
	}
	return timers;
}

static struct queue *queue_get(struct timers *timers, double ms)
{
	struct queue *queue = timers->queues;

	while (queue != NULL && (queue->ms < ms || queue->ms > ms))
		queue = queue->next;
	if (queue == NULL) {
		queue = mem_zalloc(1, sizeof *queue);
		queue->ms = ms;
		queue->next = timers->queues;
		timers->queues = queue;
	}
	return queue;
}

static void queue_drop(struct timers *timers, struct queue *queue)
{
	struct queue **link = &timers->queues;

	while (*link != queue)
		link = &(*link)->next;
	*link = queue->next;
	free(queue);
}

static void put(struct queue *queue, struct loop_timer *timer)
{
	timer->queue = queue;
	timer->before = queue->last;
	timer->next = NULL;
	if (queue->last != NULL)
		queue->last->next = timer;
	else
		queue->first = timer;
	queue->last = timer;
}

static void take(struct timers *timers, struct loop_timer *timer)
{
	struct queue *queue = timer->queue;

	if (timer->before != NULL)
		timer->before->next = timer->next;
	else
		queue->first = timer->next;
	if (timer->next != NULL)
		timer->next->before = timer->before;
	else
		queue->last = timer->before;
	timer->queue = NULL;
	if (queue->first == NULL)
		queue_drop(timers, queue);
}

/* The one that is due first; NULL: none runs. */
static struct loop_timer *first_due(const struct timers *timers)
{
	struct loop_timer *first = NULL;

	for (const struct queue *queue = timers->queues; queue != NULL; queue = queue->next)
		if (first == NULL || queue->first->due < first->due)
			first = queue->first;
	return first;
}

/* libuv counts from the time that it cached when the turn began. */
static void wake_at(struct timers *timers, double due, double now)
{
	uv_update_time(timers->wake.loop);
	timers->wake_at = due;
	uv_timer_start(&timers->wake, on_wake, due > now ? (uint64_t)ceil(due - now) : 0, 0);
}

static void on_wake(uv_timer_t *wake)
{
	struct loop *loop = wake->loop->data;
	struct timers *timers = loop->timers;
	struct loop_timer *timer;
	double now = loop_now_ms(loop);

	while ((timer = first_due(timers)) != NULL && timer->due <= now) {
		take(timers, timer);
		timer->fn(timer->ctx);
	}
	if (timer != NULL)
		wake_at(timers, timer->due, loop_now_ms(loop));
	/* libuv calls a timer that is due as the turn begins, and then sleeps all the same. */
	uv_stop(wake->loop);
}

struct loop_timer *loop_timer_start(struct loop *loop, double ms, loop_fn *fn, void *ctx)
{
	struct loop_timer *timer = mem_zalloc(1, sizeof *timer);

	timer->loop = loop;
	timer->fn = fn;
	timer->ctx = ctx;
	loop_timer_set(timer, ms);
	return timer;
}

void loop_timer_set(struct loop_timer *timer, double ms)
{
	struct timers *timers = timers_get(timer->loop);
	double now = loop_now_ms(timer->loop);

	if (timer->queue != NULL)
		take(timers, timer);
	ms = ms > 0 ? ceil(ms) : 0;
	timer->due = now + ms;
	put(queue_get(timers, ms), timer);
	if (!uv_is_active((uv_handle_t *)&timers->wake) || timer->due < timers->wake_at)
		wake_at(timers, timer->due, now);
}

/* A wake-up that nobody needs any more is left to come, but for the last, which would keep the loop running. */
void loop_timer_cancel(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	if (timer->queue != NULL)
		take(timer->loop->timers, timer);
	if (timer->loop->timers->queues == NULL)
		uv_timer_stop(&timer->loop->timers->wake);
	free(timer);
}

void loop_leave_timers(struct loop *loop)
{
	struct timers *timers = loop->timers;
	struct loop_timer *timer;

	if (timers == NULL)
		return;
	while ((timer = first_due(timers)) != NULL) {
		take(timers, timer);
		free(timer);
	}
	loop_close_handle((uv_handle_t *)&timers->wake);
	loop->timers = NULL;
}
