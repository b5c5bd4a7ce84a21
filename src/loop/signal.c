/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <stdlib.h>

struct loop_signal {
	uv_signal_t handle;
	loop_fn *fn;
	void *ctx;
};

static void on_signal(uv_signal_t *handle, int signum)
{
	struct loop_signal *sig = handle->data;

	(void)signum;
	sig->fn(sig->ctx);
}

struct loop_signal *loop_signal_start(struct loop *loop, int signum, loop_fn *fn, void *ctx)
{
	struct loop_signal *sig = mem_zalloc(1, sizeof *sig);

	uv_signal_init(&loop->uv, &sig->handle);
	sig->handle.data = sig;
	sig->fn = fn;
	sig->ctx = ctx;
	uv_signal_start(&sig->handle, on_signal, signum);
	return sig;
}

void loop_signal_cancel(struct loop_signal *sig)
{
	if (sig == NULL)
		return;
	uv_signal_stop(&sig->handle);
	loop_close_handle((uv_handle_t *)&sig->handle);
}
