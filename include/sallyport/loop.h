/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop: descriptors, timers, signals, worker threads and tasks.  The
 * only door to libuv, and the only place that knows its rule that a handle's
 * memory may be freed in its close callback alone.
 *
 * Everything runs on one thread.  A callback should only mark what changed and
 * queue a task; tasks run between two turns of the loop, so that a task may turn
 * the loop itself (libssh2's keyboard-interactive callback has to).
 */
#ifndef SALLYPORT_LOOP_H
#define SALLYPORT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct loop_timer;
struct loop_signal;
struct loop_work;

enum {
	LOOP_READ = 1 << 0,
	LOOP_WRITE = 1 << 1,
};

/* events: the LOOP_ bits that are ready; on an error of the descriptor all that were asked for. */
typedef void loop_watch_fn(void *ctx, unsigned events);
typedef void loop_fn(void *ctx);

/* Aborts when the system cannot give one. */
struct loop *loop_new(void);
/* Cancels whatever is left, waits for nothing; NULL is fine. */
void loop_free(struct loop *loop);
/* Calls turn(ctx) before every sleep (turn may be NULL) until loop_stop(), or until nothing is left that
 * could ever happen. */
void loop_run(struct loop *loop, loop_fn *turn, void *ctx);
void loop_stop(struct loop *loop);
/*
 * Runs what is queued, sleeps once if nothing was, runs the callbacks; for a task that must wait for
 * something.  Tasks that are running already are not entered again.
 */
void loop_turn(struct loop *loop);
/* Monotonic milliseconds, read now. */
double loop_now_ms(const struct loop *loop);

/*
 * Watches a descriptor (one watch a descriptor).  NULL when the system refuses (a
 * regular file, no memory).  Cancel before closing the descriptor.
 */
struct loop_watch *loop_watch_start(
    struct loop *loop, int fd, unsigned events, loop_watch_fn *fn, void *ctx);
/* From now on this is called instead: for a descriptor that somebody else goes on with. */
void loop_watch_hand(struct loop_watch *watch, loop_watch_fn *fn, void *ctx);
/* Changes what is watched for; 0 pauses. */
void loop_watch_set(struct loop_watch *watch, unsigned events);
/* The callback is never called after this; NULL is fine, as for all cancels here. */
void loop_watch_cancel(struct loop_watch *watch);

/* Calls fn once after ms; the timer is still to be cancelled by its owner. */
struct loop_timer *loop_timer_start(struct loop *loop, double ms, loop_fn *fn, void *ctx);
/* Starts it again from now. */
void loop_timer_set(struct loop_timer *timer, double ms);
void loop_timer_cancel(struct loop_timer *timer);

struct loop_signal *loop_signal_start(struct loop *loop, int signum, loop_fn *fn, void *ctx);
void loop_signal_cancel(struct loop_signal *signal);

/*
 * Runs work(ctx) in a worker thread, then done(ctx) on the loop.  After
 * loop_work_cancel() done is not called; release(ctx) is, once the worker has
 * ended: ctx belongs to the work until then.  Without cancel, done() comes
 * first and release() right after it.  Neither loop_free() nor the end of the
 * program waits for work that runs; release() is then called from its thread.
 */
struct loop_work *loop_work_start(
    struct loop *loop, loop_fn *work, loop_fn *done, loop_fn *release, void *ctx);
void loop_work_cancel(struct loop_work *work);

/* ---- tasks: "do this once, between two turns, however often asked" ---- */

struct loop_task {
	struct loop *loop;
	loop_fn *fn;
	void *ctx;
	struct loop_task *next; /* in the queue */
	bool queued;
	bool running;
	bool *gone; /* set to true by loop_task_done() while it runs */
};

void loop_task_init(struct loop_task *task, struct loop *loop, loop_fn *fn, void *ctx);
void loop_task_queue(struct loop_task *task);
/* Takes it out of the queue; may be called from inside the task itself. */
void loop_task_done(struct loop_task *task);

#endif
