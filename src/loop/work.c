/* SPDX-License-Identifier: Apache-2.0 */
/* Work in libuv's threads. */
#include "loop.h"

#include <stdlib.h>

struct loop_work {
	uv_work_t request;
	loop_fn *work, *done, *release;
	void *ctx;
	bool cancelled;
};

static void on_work(uv_work_t *request)
{
	struct loop_work *work = request->data;

	work->work(work->ctx);
}

static void after_work(uv_work_t *request, int status)
{
	struct loop_work *work = request->data;

	(void)status; /* UV_ECANCELED only after loop_work_cancel() */
	if (!work->cancelled && work->done != NULL)
		work->done(work->ctx);
	if (work->release != NULL)
		work->release(work->ctx);
	free(work);
}

struct loop_work *loop_work_start(
    struct loop *loop, loop_fn *work, loop_fn *done, loop_fn *release, void *ctx)
{
	struct loop_work *w = mem_zalloc(1, sizeof *w);

	w->request.data = w;
	w->work = work;
	w->done = done;
	w->release = release;
	w->ctx = ctx;
	uv_queue_work(&loop->uv, &w->request, on_work, after_work);
	return w;
}

void loop_work_cancel(struct loop_work *work)
{
	if (work == NULL)
		return;
	work->cancelled = true;
	uv_cancel((uv_req_t *)&work->request);
}
