/* SPDX-License-Identifier: Apache-2.0 */
/* What the three files of checks in children do for each other: checker.c, checker_child.c, checker_events.c. */
#ifndef UI_CHECKER_H
#define UI_CHECKER_H

#include "menu.h"

/* Starts a child for the first group.  False after saying why there is none. */
bool checker_run(struct ui *ui, struct batch *batch);
/* Whatever is left of it is not looked at any more; what is known stays.  Frees the batch. */
void checker_give_up(struct ui *ui, struct batch *batch);
/* All are done: says so if all that are shown were asked for, and frees the batch. */
void checker_finish(struct ui *ui, struct batch *batch);

#endif
