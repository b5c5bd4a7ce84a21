/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The one place where a field's offset is turned into a pointer. */
static void *field_at(const struct host *host, const struct host_field *field)
{
	return (char *)(uintptr_t)host + field->offset;
}

char **host_text_at(const struct host *host, const struct host_field *field)
{
	return field_at(host, field);
}

long *host_number_at(const struct host *host, const struct host_field *field)
{
	return field_at(host, field);
}

bool *host_bool_at(const struct host *host, const struct host_field *field)
{
	return field_at(host, field);
}

struct strlist *host_list_at(const struct host *host, const struct host_field *field)
{
	return field_at(host, field);
}

static size_t field_index(const struct host_field *field)
{
	size_t count;

	return (size_t)(field - host_fields(&count));
}

void host_set_origin(struct host *host, const struct host_field *field, enum field_origin origin)
{
	host->origin[field_index(field)] = (unsigned char)origin;
}

enum field_origin host_origin(const struct host *host, const struct host_field *field)
{
	return (enum field_origin)host->origin[field_index(field)];
}

/* A field's built-in text is the table's, for all hosts that have it: there may be very many. */
static char *own_text(const struct host_field *field, const char *text)
{
	if (text && str_eq(text, field->dflt_text))
		return (char *)(uintptr_t)field->dflt_text;
	return text ? mem_strdup(text) : NULL;
}

void host_take_text(
    struct host *host, const struct host_field *field, char *text, enum field_origin origin)
{
	char **at = host_text_at(host, field);

	if (*at != field->dflt_text)
		free(*at);
	*at = text;
	host_set_origin(host, field, origin);
}

struct host *host_new(void)
{
	struct host *host = mem_zalloc(1, sizeof *host);
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++) {
		if (fields[i].kind == FIELD_NUMBER)
			*host_number_at(host, &fields[i]) = fields[i].dflt;
		else if (fields[i].dflt_text)
			*host_text_at(host, &fields[i]) = own_text(&fields[i], fields[i].dflt_text);
	}
	return host;
}

static void clear_field(struct host *host, const struct host_field *field)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		host_take_text(host, field, NULL, ORIGIN_BUILTIN);
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		strlist_done(host_list_at(host, field));
		break;
	case FIELD_NUMBER:
	case FIELD_BOOL:
		break;
	}
}

void host_free(struct host *host)
{
	size_t count;
	const struct host_field *fields = host_fields(&count);

	if (!host)
		return;
	for (size_t i = 0; i < count; i++)
		clear_field(host, &fields[i]);
	free(host->remark);
	free(host->problem);
	free(host);
}

static void copy_list(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; i < from->len; i++)
		strlist_add(to, from->items[i]);
}

void host_copy_field(struct host *to, const struct host *from, const struct host_field *field)
{
	clear_field(to, field);
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		*host_text_at(to, field) = own_text(field, *host_text_at(from, field));
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		copy_list(host_list_at(to, field), host_list_at(from, field));
		break;
	case FIELD_NUMBER:
		*host_number_at(to, field) = *host_number_at(from, field);
		break;
	case FIELD_BOOL:
		*host_bool_at(to, field) = *host_bool_at(from, field);
		break;
	}
	host_set_origin(to, field, host_origin(from, field));
}

struct host *host_dup(const struct host *host)
{
	struct host *dup = mem_zalloc(1, sizeof *dup);
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++)
		host_copy_field(dup, host, &fields[i]);
	dup->id = host->id;
	dup->line = host->line;
	dup->col = host->col;
	dup->source = host->source;
	dup->remark = host->remark ? mem_strdup(host->remark) : NULL;
	dup->problem = host->problem ? mem_strdup(host->problem) : NULL;
	return dup;
}

/* The table's spelling of a choice: as ssh_config, without regard to case. */
static const char *find_choice(const struct host_field *field, const char *value)
{
	for (const char *const *choice = field->choices; *choice; choice++)
		if (strcasecmp(*choice, value) == 0)
			return *choice;
	return NULL;
}

static bool not_a_choice(const struct host_field *field, const char *value, struct err *err)
{
	struct str all = STR_INIT;

	for (const char *const *choice = field->choices; *choice; choice++)
		str_addf(&all, "%s%s", all.len ? ", " : "", *choice);
	err_set(err, ERR_INVALID, _("must be one of %s, but is \"%s\""), str_text(&all), value);
	str_done(&all);
	return false;
}

bool host_set_text(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err)
{
	const char *text = field->choices ? find_choice(field, value) : value;

	if (!text)
		return not_a_choice(field, value, err);
	if (field->check && !field->check(text, err))
		return false;
	host_take_text(host, field, own_text(field, text), origin);
	return true;
}

bool host_set_number(struct host *host, const struct host_field *field, double value,
    enum field_origin origin, struct err *err)
{
	/* Written so that a NaN fails; the range is that of a long at most. */
	bool in_range = value >= (double)field->min && value <= (double)field->max;

	if (!in_range || (double)(long)value < value || (double)(long)value > value)
		return err_set(err, ERR_INVALID, _("must be a whole number from %ld to %ld"),
		    field->min, field->max);
	*host_number_at(host, field) = (long)value;
	host_set_origin(host, field, origin);
	return true;
}

void host_set_bool(
    struct host *host, const struct host_field *field, bool value, enum field_origin origin)
{
	*host_bool_at(host, field) = value;
	host_set_origin(host, field, origin);
}

bool host_add_item(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err)
{
	if (field->kind == FIELD_MAP && !strchr(value, '='))
		return err_set(err, ERR_INVALID, _("\"%s\" is not NAME=value"), value);
	if (field->check && !field->check(value, err))
		return false;
	strlist_add(host_list_at(host, field), value);
	host_set_origin(host, field, origin);
	return true;
}

void host_clear_list(struct host *host, const struct host_field *field, enum field_origin origin)
{
	clear_field(host, field);
	host_set_origin(host, field, origin);
}

static bool set_number_text(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err)
{
	char *end;

	errno = 0;
	long number = strtol(value, &end, 10);
	bool whole = end != value && !*end && !errno;

	return host_set_number(host, field, whole ? (double)number : NAN, origin, err);
}

static bool set_bool_text(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err)
{
	bool yes = !strcasecmp(value, "yes") || !strcasecmp(value, "true");

	if (!yes && strcasecmp(value, "no") != 0 && strcasecmp(value, "false") != 0)
		return err_set(err, ERR_INVALID, _("must be yes or no, but is \"%s\""), value);
	host_set_bool(host, field, yes, origin);
	return true;
}

/* The old list stays as it was when the item is wrong. */
static bool set_list_text(struct host *host, const struct host_field *field, const char *value,
    enum field_origin origin, struct err *err)
{
	struct strlist *list = host_list_at(host, field), old = *list;
	enum field_origin was = host_origin(host, field);

	*list = (struct strlist){ 0 };
	if (host_add_item(host, field, value, origin, err)) {
		strlist_done(&old);
		return true;
	}
	*list = old;
	host_set_origin(host, field, was);
	return false;
}

static bool set_by_kind(struct host *host, const struct host_field *field, const char *value,
    bool append, enum field_origin origin, struct err *err)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		return host_set_text(host, field, value, origin, err);
	case FIELD_NUMBER:
		return set_number_text(host, field, value, origin, err);
	case FIELD_BOOL:
		return set_bool_text(host, field, value, origin, err);
	case FIELD_LIST:
	case FIELD_MAP:
		return append ? host_add_item(host, field, value, origin, err)
			      : set_list_text(host, field, value, origin, err);
	}
	return false;
}

bool host_set(struct host *host, const struct host_field *field, const char *value, bool append,
    enum field_origin origin, struct err *err)
{
	return set_by_kind(host, field, value, append, origin, err) ||
	    err_context(err, "%s", field->json);
}

const struct strlist *host_get_list(const struct host *host, const struct host_field *field)
{
	bool several = field->kind == FIELD_LIST || field->kind == FIELD_MAP;

	return several ? host_list_at(host, field) : NULL;
}

char *host_get_text(const struct host *host, const struct host_field *field)
{
	const char *text;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		text = *host_text_at(host, field);
		return mem_strdup(text ? text : "");
	case FIELD_LIST:
	case FIELD_MAP:
		return strlist_join(host_list_at(host, field), ", ");
	case FIELD_NUMBER:
		return mem_printf("%ld", *host_number_at(host, field));
	case FIELD_BOOL:
		return mem_strdup(*host_bool_at(host, field) ? "yes" : "no");
	}
	return NULL;
}

bool host_field_differs(const struct host *host, const struct host_field *field)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		return *host_text_at(host, field) &&
		    !str_eq(*host_text_at(host, field), field->dflt_text);
	case FIELD_LIST:
	case FIELD_MAP:
		return host_list_at(host, field)->len > 0;
	case FIELD_NUMBER:
		return *host_number_at(host, field) != field->dflt;
	case FIELD_BOOL:
		return *host_bool_at(host, field);
	}
	return false;
}
