/* SPDX-License-Identifier: Apache-2.0 */
/* The words that stand for kinds and causes in event lines, one table for writer and reader. */
#ifndef SALLYPORT_REPORT_EVENT_NAMES_H
#define SALLYPORT_REPORT_EVENT_NAMES_H

#include "sallyport/report.h"

/* NULL for EVENT_OTHER. */
const char *event_kind_name(enum event_kind kind);
/* EVENT_OTHER for a word that this version does not know. */
enum event_kind event_kind_parse(const char *name);
bool end_cause_parse(const char *name, enum end_cause *cause);

#endif
