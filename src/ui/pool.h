/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that many hosts have in the same words are kept once: there may be a hundred thousand hosts.  What came
 * last is remembered, not all that ever came.
 */
#ifndef UI_POOL_H
#define UI_POOL_H

#include "sallyport/report.h"

enum { POOL_SIZE = 1024 };

struct pool {
	struct result *slots[POOL_SIZE]; /* by a hash of the words; NULL: none */
};

/* The same as a result that the caller owns, without duration and those details that the menu has no use for. */
struct result *pool_get(struct pool *pool, const struct result *result);
void pool_done(struct pool *pool);

#endif
