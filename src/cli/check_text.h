/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host's checks as text for people: a heading, a line for each check, hints below.
 * Cleans all of it; writes nothing itself.
 */
#ifndef SALLYPORT_CLI_CHECK_TEXT_H
#define SALLYPORT_CLI_CHECK_TEXT_H

#include "sallyport/report.h"

struct text_style {
	bool colour;
	int width; /* columns to wrap at; 0: never */
	bool brief; /* only what warns or fails, and why the rest was left */
};

/* Hosts that were told. */
struct text_tally {
	size_t of[VERDICT_FAIL + 1]; /* by enum verdict */
	size_t incomplete; /* of all these */
};
void text_tally_add(struct text_tally *tally, const struct host_report *report);
/* Nothing failed; strict: and all is well, as far as was asked for. */
bool text_tally_fine(const struct text_tally *tally, bool strict);
/* "40 hosts: 31 pass, 2 warn, 7 fail; not looked at to the end: 10" */
void check_text_tally(
    struct str *out, const struct text_tally *tally, const struct text_style *style);

void check_text(struct str *out, const struct host_report *report, const struct text_style *style);

#endif
