/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of the list. */
#ifndef UI_ORDER_H
#define UI_ORDER_H

#include <stdbool.h>
#include <stddef.h>

struct entry;

enum order { ORDER_FILE, ORDER_NAME, ORDER_STATUS, ORDER_RECENT, ORDER_FREQUENT, ORDER_COUNT };

/* "name", N_() */
const char *order_name(enum order order);
/* entries: pointers into one array that is in the order of the file. */
void order_sort(struct entry **entries, size_t len, enum order order, bool reverse);

#endif
