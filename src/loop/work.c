/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work in threads of our own.  libuv's cannot be left behind: uv_loop_close() and even the
 * end of the program wait for them, and a name server may be silent for a minute.
 */
#include "loop.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/*
 * A few threads do for names that are answered.  When all of them are stuck, with name servers that say nothing,
 * whoever waits gets one of its own: a name that nobody answers for must not hold another.
 */
enum { THREADS_USUAL = 16, THREADS_MAX = 512, PATIENCE_MS = 50 };

struct loop_work {
	struct workers *workers;
	loop_fn *work, *done, *release;
	void *ctx;
	bool cancelled;
	struct loop_work *next;
};

/* First in, first out. */
struct works {
	struct loop_work *first, *last;
};

/* What the loop and its threads share; the last of them frees it. */
struct workers {
	pthread_mutex_t lock;
	struct works waiting, finished;
	unsigned threads;
	bool orphaned; /* the loop is gone */
	/* The loop's own: */
	uv_async_t *wake; /* freed in its close callback */
	unsigned wanted; /* neither done nor cancelled: they keep the loop running */
	struct loop_timer
	    *impatience; /* runs while somebody waits for a thread; NULL: it does not */
};

static void put(struct works *works, struct loop_work *work)
{
	work->next = NULL;
	if (works->last != NULL)
		works->last->next = work;
	else
		works->first = work;
	works->last = work;
}

static struct loop_work *take(struct works *works)
{
	struct loop_work *work = works->first;

	if (work != NULL && (works->first = work->next) == NULL)
		works->last = NULL;
	return work;
}

static struct loop_work *take_locked(struct workers *workers, struct works *works)
{
	struct loop_work *work;

	pthread_mutex_lock(&workers->lock);
	work = take(works);
	pthread_mutex_unlock(&workers->lock);
	return work;
}

static void let_go(struct loop_work *work)
{
	if (work->release != NULL)
		work->release(work->ctx);
	free(work);
}

static void unwant(struct workers *workers)
{
	if (--workers->wanted == 0)
		uv_unref((uv_handle_t *)workers->wake);
}

static void workers_free(struct workers *workers)
{
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}

/* ---- a thread ---- */

/* Called with the lock held, and returns with it. */
static void run_one(struct workers *workers, struct loop_work *work)
{
	bool cancelled = work->cancelled;

	pthread_mutex_unlock(&workers->lock);
	if (!cancelled)
		work->work(work->ctx);
	pthread_mutex_lock(&workers->lock);
	if (workers->orphaned) {
		let_go(work);
		return;
	}
	put(&workers->finished, work);
	uv_async_send(workers->wake);
}

static void *run_all(void *ctx)
{
	struct workers *workers = ctx;
	struct loop_work *work;
	bool last;

	pthread_mutex_lock(&workers->lock);
	while ((work = take(&workers->waiting)) != NULL)
		run_one(workers, work);
	last = --workers->threads == 0 && workers->orphaned;
	pthread_mutex_unlock(&workers->lock);
	if (last)
		workers_free(workers);
	return NULL;
}

/* There is none to be had: others do it, or else this one, late being better than never. */
static void no_thread(struct workers *workers)
{
	bool alone;

	pthread_mutex_lock(&workers->lock);
	alone = workers->threads == 1;
	workers->threads -= !alone;
	pthread_mutex_unlock(&workers->lock);
	if (alone)
		run_all(workers);
}

/* Signals are for the thread of the loop. */
static void start_thread(struct workers *workers)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&thread, &attr, run_all, workers);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (failed)
		no_thread(workers);
}

/* ---- the loop ---- */

static void on_finished(uv_async_t *wake)
{
	struct loop *loop = wake->loop->data;
	struct workers *workers = loop->workers;
	struct loop_work *work;

	while ((work = take_locked(workers, &workers->finished)) != NULL) {
		if (!work->cancelled) {
			unwant(workers);
			if (work->done != NULL)
				work->done(work->ctx);
		}
		let_go(work);
	}
}

static struct workers *workers_get(struct loop *loop)
{
	struct workers *workers = loop->workers;

	if (workers != NULL)
		return workers;
	workers = loop->workers = mem_zalloc(1, sizeof *workers);
	workers->wake = mem_zalloc(1, sizeof *workers->wake);
	pthread_mutex_init(&workers->lock, NULL);
	if (uv_async_init(&loop->uv, workers->wake, on_finished) != 0)
		abort();
	workers->wake->data = workers->wake;
	uv_unref((uv_handle_t *)workers->wake);
	return workers;
}

static unsigned count(const struct works *works)
{
	unsigned n = 0;

	for (const struct loop_work *work = works->first; work != NULL; work = work->next)
		n++;
	return n;
}

/* All threads are at work, and have been for a while. */
static void on_impatience(void *ctx)
{
	struct workers *workers = ctx;
	unsigned more;

	loop_timer_cancel(workers->impatience);
	workers->impatience = NULL;
	pthread_mutex_lock(&workers->lock);
	more = count(&workers->waiting);
	if (more > THREADS_MAX - workers->threads)
		more = THREADS_MAX - workers->threads;
	workers->threads += more;
	pthread_mutex_unlock(&workers->lock);
	while (more-- > 0)
		start_thread(workers);
}

struct loop_work *loop_work_start(
    struct loop *loop, loop_fn *work, loop_fn *done, loop_fn *release, void *ctx)
{
	struct workers *workers = workers_get(loop);
	struct loop_work *w = mem_zalloc(1, sizeof *w);
	bool more;

	*w = (struct loop_work){
		.workers = workers, .work = work, .done = done, .release = release, .ctx = ctx
	};
	if (workers->wanted++ == 0)
		uv_ref((uv_handle_t *)workers->wake);
	pthread_mutex_lock(&workers->lock);
	put(&workers->waiting, w);
	more = workers->threads < THREADS_USUAL;
	workers->threads += more;
	pthread_mutex_unlock(&workers->lock);
	if (more)
		start_thread(workers);
	else if (workers->impatience == NULL)
		workers->impatience = loop_timer_start(loop, PATIENCE_MS, on_impatience, workers);
	return w;
}

void loop_work_cancel(struct loop_work *work)
{
	if (work == NULL)
		return;
	pthread_mutex_lock(&work->workers->lock);
	work->cancelled = true;
	pthread_mutex_unlock(&work->workers->lock);
	unwant(work->workers);
}

void loop_leave_workers(struct loop *loop)
{
	struct workers *workers = loop->workers;
	struct loop_work *work;
	bool last;

	if (workers == NULL)
		return;
	pthread_mutex_lock(&workers->lock);
	workers->orphaned = true;
	while (
	    (work = take(&workers->finished)) != NULL || (work = take(&workers->waiting)) != NULL)
		let_go(work);
	last = workers->threads == 0;
	pthread_mutex_unlock(&workers->lock);
	if (last)
		workers_free(workers);
	loop->workers = NULL;
}
