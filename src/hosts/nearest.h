/* SPDX-License-Identifier: Apache-2.0 */
/* Names that look alike.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_NEAREST_H
#define SALLYPORT_HOSTS_NEAREST_H

#include <stddef.h>

/* Which of the names a misspelt one may stand for, borrowed; NULL: it is like none of them. */
const char *nearest_of(const char *name, const char *const *names, size_t count);

#endif
