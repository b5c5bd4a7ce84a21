/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SALLYPORT_TESTS_CHECK_IDS_H
#define SALLYPORT_TESTS_CHECK_IDS_H

#include <stddef.h>

/* The id of the check at a place of the table, and the name of its depth; NULL behind the last. */
const char *check_id(size_t i, const char **depth);

#endif
