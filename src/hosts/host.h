/* SPDX-License-Identifier: Apache-2.0 */
/* A host's fields, reached through the table.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_HOST_H
#define SALLYPORT_HOSTS_HOST_H

#include "sallyport/hosts.h"

/* Where a field lives in a host, for each kind. */
char **host_text_at(const struct host *host, const struct host_field *field);
long *host_number_at(const struct host *host, const struct host_field *field);
bool *host_bool_at(const struct host *host, const struct host_field *field);
struct strlist *host_list_at(const struct host *host, const struct host_field *field);

/*
 * Each sets a field of the fitting kind after looking at the value, and its origin on success.  Texts
 * are copied; a list or map gets one more item.
 */
bool host_set_text(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err);
bool host_set_number(struct host *host, const struct host_field *field, double value,
    enum field_origin origin, struct err *err);
void host_set_bool(
    struct host *host, const struct host_field *field, bool value, enum field_origin origin);
bool host_add_item(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err);
/* Sets a field of the kind FIELD_TEXT or FIELD_CHOICE without looking at the text, which the host owns from now on. */
void host_take_text(
    struct host *host, const struct host_field *field, char *text, enum field_origin origin);
/* Makes a list or map empty. */
void host_clear_list(struct host *host, const struct host_field *field, enum field_origin origin);

void host_set_origin(struct host *host, const struct host_field *field, enum field_origin origin);

/* Is the value another than the built-in one? */
bool host_field_differs(const struct host *host, const struct host_field *field);
/* Copies the value and origin of one field. */
void host_copy_field(struct host *to, const struct host *from, const struct host_field *field);

#endif
