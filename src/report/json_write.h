/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building JSON with cJSON so that what comes out is always valid: text that is not
 * UTF-8 is mended, times have one decimal, running out of memory aborts.
 */
#ifndef SALLYPORT_REPORT_JSON_WRITE_H
#define SALLYPORT_REPORT_JSON_WRITE_H

#include <cjson/cJSON.h>

#include "sallyport/report.h"

cJSON *json_object(void);
/* A new array or object under a name, owned by its parent. */
cJSON *json_add_array(cJSON *parent, const char *key);
cJSON *json_add_object(cJSON *parent, const char *key);
/* Text of any bytes: each that is not UTF-8 becomes U+FFFD.  NULL text becomes null. */
void json_add_text(cJSON *parent, const char *key, const char *text);
void json_add_number(cJSON *parent, const char *key, double number);
/* Milliseconds, rounded to one decimal. */
void json_add_ms(cJSON *parent, const char *key, double ms);
void json_add_bool(cJSON *parent, const char *key, bool value);
/* An array of strings. */
void json_add_list(cJSON *parent, const char *key, const struct strlist *list);
void json_append_text(cJSON *array, const char *text);
/* The members of a result, but for its id: verdict, summary, hint, fixable, duration_ms, details. */
void json_add_result(cJSON *parent, const struct result *result);
/* Appends the value on one line, without a newline, and frees it. */
void json_finish(cJSON *value, struct str *out);

/*
 * {"version":1,"hosts":[...]}, a host at a time, so that a long list is never in memory as a tree: begin,
 * json_document_add() for each, end.
 */
void json_document_begin(struct str *out);
/* Frees the value. */
void json_document_add(cJSON *value, struct str *out);
void json_document_end(struct str *out);

#endif
