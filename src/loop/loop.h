/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the loop share. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <uv.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

struct timers;
struct watches;
struct workers;

struct loop {
	uv_loop_t uv;
	struct workers *workers; /* NULL: no work yet */
	struct loop_task *first, *last; /* queued tasks */
	size_t task_count;
	struct timers *timers; /* NULL: no timer yet */
	struct watches *watches; /* NULL: no descriptor yet */
	bool stopping;
};

/* A handle ends here: freed in its close callback, as libuv demands. data must point at the object to free. */
void loop_close_handle(uv_handle_t *handle);

/* Forgets the descriptors and the timers that nobody cancelled. */
void loop_leave_watches(struct loop *loop);
void loop_leave_timers(struct loop *loop);

/* Lets go of the threads: what runs ends by itself and frees itself. */
void loop_leave_workers(struct loop *loop);

#endif
