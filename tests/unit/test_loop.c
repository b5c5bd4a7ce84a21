/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

struct counts {
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_timer *timer;
	struct loop_task task, other;
	int turns, reads, timers, tasks, others, worked, done, released;
	int fd;
};

static void count_turn(void *ctx)
{
	((struct counts *)ctx)->turns++;
}

static void stop_on_timer(void *ctx)
{
	struct counts *c = ctx;

	c->timers++;
	loop_stop(c->loop);
}

static void read_one(void *ctx, unsigned events)
{
	struct counts *c = ctx;
	char byte;

	assert_int_equal(events, LOOP_READ);
	assert_int_equal(read(c->fd, &byte, 1), 1);
	c->reads++;
	loop_task_queue(&c->task);
}

static void stop_in_task(void *ctx)
{
	struct counts *c = ctx;

	c->tasks++;
	loop_stop(c->loop);
}

static void a_ready_descriptor_queues_a_task(void **state)
{
	struct counts c = { .loop = loop_new() };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	c.fd = fds[0];
	loop_task_init(&c.task, c.loop, stop_in_task, &c);
	c.watch = loop_watch_start(c.loop, fds[0], LOOP_READ, read_one, &c);
	assert_int_equal(write(fds[1], "x", 1), 1);
	loop_run(c.loop, count_turn, &c);
	assert_int_equal(c.reads, 1);
	assert_int_equal(c.tasks, 1);
	loop_watch_cancel(c.watch);
	close(fds[0]);
	close(fds[1]);
	loop_free(c.loop);
}

static void start_due_timer(void *ctx)
{
	struct counts *c = ctx;

	c->timer = loop_timer_start(c->loop, 0, stop_on_timer, c);
}

static void a_timer_that_is_due_at_once_does_not_wait_for_others(void **state)
{
	struct counts c = { .loop = loop_new() };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	c.fd = fds[0];
	c.watch = loop_watch_start(c.loop, fds[0], LOOP_READ, read_one, &c);
	loop_task_init(&c.task, c.loop, start_due_timer, &c);
	loop_task_queue(&c.task);
	alarm(10); /* it would sleep for ever */
	loop_run(c.loop, NULL, NULL);
	alarm(0);
	assert_int_equal(c.timers, 1);
	loop_timer_cancel(c.timer);
	loop_watch_cancel(c.watch);
	close(fds[0]);
	close(fds[1]);
	loop_free(c.loop);
}

static void a_cancelled_watch_is_silent(void **state)
{
	struct counts c = { .loop = loop_new() };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	c.fd = fds[0];
	c.watch = loop_watch_start(c.loop, fds[0], LOOP_READ, read_one, &c);
	assert_int_equal(write(fds[1], "x", 1), 1);
	loop_watch_cancel(c.watch);
	close(fds[0]);
	close(fds[1]);
	c.timer = loop_timer_start(c.loop, 5, stop_on_timer, &c);
	loop_run(c.loop, count_turn, &c);
	assert_int_equal(c.reads, 0);
	assert_int_equal(c.timers, 1);
	loop_timer_cancel(c.timer);
	loop_free(c.loop);
}

/* A TCP connection to ourselves: [0] is to be watched, [1] is the other side. */
static void connect_pair(int fds[2])
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof sin;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&sin, len) | listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&sin, &len), 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fds[0], (struct sockaddr *)&sin, len), 0);
	fds[1] = accept(listener, NULL, NULL);
	assert_int_not_equal(fds[1], -1);
	close(listener);
}

static void read_to_the_error(void *ctx, unsigned events)
{
	struct counts *c = ctx;
	char byte;

	assert_int_equal(events, LOOP_READ);
	if (recv(c->fd, &byte, 1, 0) == 1) {
		c->reads++;
		return;
	}
	assert_int_equal(errno, ECONNRESET);
	loop_watch_cancel(c->watch);
}

static void what_came_before_a_reset_is_read_and_then_the_reset(void **state)
{
	const struct linger none = { .l_onoff = 1 };
	struct counts c = { .loop = loop_new() };
	int fds[2];

	(void)state;
	connect_pair(fds);
	assert_int_equal(send(fds[1], "abc", 3, 0), 3);
	assert_int_equal(setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
	close(fds[1]);
	c.fd = fds[0];
	c.watch = loop_watch_start(c.loop, c.fd, LOOP_READ, read_to_the_error, &c);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.reads, 3);
	close(fds[0]);
	loop_free(c.loop);
}

static void a_regular_file_is_refused(void **state)
{
	struct loop *loop = loop_new();
	char name[] = "/tmp/sallyport-loop-XXXXXX";
	int fd = mkstemp(name);

	(void)state;
	assert_null(loop_watch_start(loop, fd, LOOP_READ, read_one, NULL));
	close(fd);
	unlink(name);
	loop_free(loop);
}

static void queue_other(void *ctx)
{
	struct counts *c = ctx;

	c->tasks++;
	loop_task_queue(&c->other);
	loop_task_queue(&c->other);
	loop_task_queue(&c->task); /* itself: not entered again while it runs */
	c->timer = loop_timer_start(c->loop, 1, (loop_fn *)count_turn, c);
	loop_turn(c->loop);
	loop_turn(c->loop);
	assert_int_equal(c->others, 1);
	assert_int_equal(c->tasks, 1);
	loop_timer_cancel(c->timer);
	loop_task_done(&c->task);
	loop_stop(c->loop);
}

static void count_other(void *ctx)
{
	((struct counts *)ctx)->others++;
}

static void a_task_may_turn_the_loop(void **state)
{
	struct counts c = { .loop = loop_new() };

	(void)state;
	loop_task_init(&c.task, c.loop, queue_other, &c);
	loop_task_init(&c.other, c.loop, count_other, &c);
	loop_task_queue(&c.task);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.tasks, 1);
	loop_free(c.loop);
}

static void a_task_leaves_the_queue(void **state)
{
	struct counts c = { .loop = loop_new() };

	(void)state;
	loop_task_init(&c.task, c.loop, stop_in_task, &c);
	loop_task_init(&c.other, c.loop, count_other, &c);
	loop_task_queue(&c.task);
	loop_task_queue(&c.other);
	loop_task_done(&c.other);
	loop_run(c.loop, NULL, NULL);
	loop_task_queue(&c.other);
	loop_task_done(&c.other);
	assert_int_equal(c.others, 0);
	loop_free(c.loop);
}

static void in_worker(void *ctx)
{
	((struct counts *)ctx)->worked++;
}

static void work_done(void *ctx)
{
	struct counts *c = ctx;

	assert_int_equal(c->worked, 1);
	c->done++;
	loop_stop(c->loop);
}

static void work_released(void *ctx)
{
	((struct counts *)ctx)->released++;
}

static void work_comes_back(void **state)
{
	struct counts c = { .loop = loop_new() };

	(void)state;
	loop_work_start(c.loop, in_worker, work_done, work_released, &c);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.done, 1);
	assert_int_equal(c.released, 1);
	loop_free(c.loop);
}

/* Work that waits for a byte, and tells its end with another. */
struct slow {
	int wait[2], ended[2];
	bool done;
};

static void slow_work(void *ctx)
{
	struct slow *slow = ctx;
	char byte;

	(void)!read(slow->wait[0], &byte, 1);
}

static void slow_done(void *ctx)
{
	((struct slow *)ctx)->done = true;
}

static void slow_released(void *ctx)
{
	struct slow *slow = ctx;

	(void)!write(slow->ended[1], "x", 1);
}

static void slow_finish(struct slow *slow)
{
	char byte;

	assert_int_equal(write(slow->wait[1], "x", 1), 1);
	assert_int_equal(read(slow->ended[0], &byte, 1), 1);
	assert_false(slow->done);
	for (int i = 0; i < 2; i++) {
		close(slow->wait[i]);
		close(slow->ended[i]);
	}
}

static void cancelled_work_is_released_and_not_done(void **state)
{
	struct loop *loop = loop_new();
	struct slow slow = { 0 };

	(void)state;
	assert_int_equal(pipe(slow.wait) | pipe(slow.ended), 0);
	loop_work_cancel(loop_work_start(loop, slow_work, slow_done, slow_released, &slow));
	loop_run(loop, NULL, NULL); /* nothing is left to wait for */
	loop_free(loop);
	slow_finish(&slow);
}

static void nobody_waits_for_work_that_was_left(void **state)
{
	struct loop *loop = loop_new();
	struct slow slow = { 0 };

	(void)state;
	assert_int_equal(pipe(slow.wait) | pipe(slow.ended), 0);
	loop_work_start(loop, slow_work, slow_done, slow_released, &slow);
	loop_free(loop);
	slow_finish(&slow);
}

/* ---- work that is stuck ---- */

static int stuck[2];

static void stuck_work(void *ctx)
{
	char byte;

	(void)ctx;
	assert_int_equal(read(stuck[0], &byte, 1), 0);
}

static void unstick(void *ctx)
{
	((struct counts *)ctx)->done++;
	close(stuck[1]);
}

static void no_work(void *ctx)
{
	(void)ctx;
}

/* Only the last one frees the others. */
static void stuck_work_holds_nobody(void **state)
{
	struct counts c = { .loop = loop_new() };

	(void)state;
	assert_int_equal(pipe(stuck), 0);
	for (int i = 0; i < 40; i++)
		loop_work_start(c.loop, stuck_work, NULL, work_released, &c);
	loop_work_start(c.loop, no_work, unstick, work_released, &c);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.done, 1);
	assert_int_equal(c.released, 41);
	close(stuck[0]);
	loop_free(c.loop);
}

static void much_work_is_all_done(void **state)
{
	struct counts c = { .loop = loop_new() };

	(void)state;
	for (int i = 0; i < 100; i++)
		loop_work_start(c.loop, no_work, NULL, work_released, &c);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.released, 100);
	loop_free(c.loop);
}

static void a_signal_arrives(void **state)
{
	struct counts c = { .loop = loop_new() };
	struct loop_signal *sig = loop_signal_start(c.loop, SIGUSR1, stop_on_timer, &c);

	(void)state;
	raise(SIGUSR1);
	loop_run(c.loop, NULL, NULL);
	assert_int_equal(c.timers, 1);
	loop_signal_cancel(sig);
	loop_free(c.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ready_descriptor_queues_a_task),
		cmocka_unit_test(a_timer_that_is_due_at_once_does_not_wait_for_others),
		cmocka_unit_test(a_cancelled_watch_is_silent),
		cmocka_unit_test(what_came_before_a_reset_is_read_and_then_the_reset),
		cmocka_unit_test(a_regular_file_is_refused),
		cmocka_unit_test(a_task_may_turn_the_loop),
		cmocka_unit_test(a_task_leaves_the_queue),
		cmocka_unit_test(work_comes_back),
		cmocka_unit_test(cancelled_work_is_released_and_not_done),
		cmocka_unit_test(nobody_waits_for_work_that_was_left),
		cmocka_unit_test(much_work_is_all_done),
		cmocka_unit_test(stuck_work_holds_nobody),
		cmocka_unit_test(a_signal_arrives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
