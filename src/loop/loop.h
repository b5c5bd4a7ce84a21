/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the loop share. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <uv.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

struct loop {
	uv_loop_t uv;
	struct loop_task *first, *last; /* queued tasks */
	bool stopping;
};

/* A handle ends here: freed in its close callback, as libuv demands. data must point at the object to free. */
void loop_close_handle(uv_handle_t *handle);

#endif
