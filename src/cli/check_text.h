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

/* Was something left: so that the server is not called too often, or for a jump host that asks for a person? */
bool check_text_left(const struct host_report *report);

void check_text(struct str *out, const struct host_report *report, const struct text_style *style);
/* "40 hosts: 31 pass, 2 warn, 7 fail"; counts[] by enum verdict. */
void check_text_tally(struct str *out, const size_t *counts, const struct text_style *style);

#endif
