/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one entry of hosts.json, and what stays the same from entry to entry.  Private to hosts. */
#ifndef SALLYPORT_HOSTS_ENTRY_H
#define SALLYPORT_HOSTS_ENTRY_H

#include "json.h"

struct loader {
	struct host_list *list;
	struct str file; /* the text, when it was read for us */
	const char *text; /* the whole document */
	char *name; /* the file, for messages */
	struct json_part hosts; /* the array of entries; text is NULL when there is none */
	struct json_walk walk; /* over those that are not read yet */
	struct json_place place; /* moves forward with the entries */
	char *unknown; /* the last unknown member; NULL: none yet */
	const char *meant; /* the member that it is like; NULL: none */
	char *bad_default[HOST_FIELDS_MAX]; /* why a default cannot be used, by the field's index */
};

/* For an empty list; name is copied, and "text" or "file" is still to be filled in. */
struct loader *loader_new(struct host_list *list, const char *name);
/* NULL is allowed. */
void loader_free(struct loader *loader);
/* The place of a position in the document. */
struct json_place loader_place(struct loader *loader, const char *at);
/*
 * Keeps "file:line:col: ..." in the list's warnings, the first few only; and as the remark of a host or the list, if remark
 * is not NULL and there is none yet.
 */
void loader_warn(struct loader *loader, const char *at, char **remark, const char *fmt, ...)
    SP_PRINTF(4, 5);

/* Warns of facts of a cloud that are misspelt, or no texts; cloud is an object. */
void cloud_warn(
    struct loader *loader, const char *owner, char **remark, const struct json_part *cloud);

/* A new host, usable or with its problem said. */
struct host *entry_read_host(struct loader *loader, const struct json_part *entry);
/* Fills the list's defaults; value is an object. */
void entry_read_defaults(struct loader *loader, const struct json_part *value);

#endif
