/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a host in the file, and of its results.  Private to state. */
#ifndef SALLYPORT_STATE_ENTRY_H
#define SALLYPORT_STATE_ENTRY_H

#include "state/document.h"

enum { RESULTS_MAX = 64 };

enum result_field {
	ID,
	RESULT_VERDICT, /* not there: it has passed */
	SUMMARY,
	HINT,
	FIXABLE,
	AT,
	POSTPONED,
	NEEDS,
	RESULT_FIELDS
};

/* Those of a check come first. */
enum entry_field { ADDRESS, DEPTH, VERDICT, CHECKED_AT, RESULTS, USED_AT, USES, ENTRY_FIELDS };

/* As part_pick() does. */
void result_pick(const struct json_part *object, struct json_part parts[RESULT_FIELDS]);
void entry_pick(
    const struct json_part *object, struct json_part parts[ENTRY_FIELDS], struct str *others);
/* 0 where it is none that can be. */
long uses_read(const struct json_part *part);

#endif
