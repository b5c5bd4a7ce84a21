/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "host_read.h"

/* More warnings would only be noise (and memory). */
enum { WARNINGS_MAX = 20 };

struct member {
	struct json_part part;
	char *name; /* owned */
	const struct host_field *field; /* NULL: not one of ours */
};

struct members {
	struct member *items;
	size_t len;
};

struct loader *loader_new(struct host_list *list, const char *name)
{
	struct loader *loader = mem_zalloc(1, sizeof *loader);

	loader->list = list;
	loader->name = mem_strdup(name);
	loader->place = (struct json_place)JSON_PLACE_START;
	return loader;
}

void loader_free(struct loader *loader)
{
	if (!loader)
		return;
	for (size_t i = 0; i < HOST_FIELDS_MAX; i++)
		free(loader->bad_default[i]);
	free(loader->unknown);
	free(loader->name);
	str_done(&loader->file);
	free(loader);
}

struct json_place loader_place(struct loader *loader, const char *at)
{
	struct json_place place = loader->place;

	json_place_move(&place, loader->text, (size_t)(at - loader->text));
	return place;
}

/* "file:line:col: " */
static void add_place(struct loader *loader, const char *at, struct str *out)
{
	struct json_place place = loader_place(loader, at);

	str_addf(out, "%s:%d:%d: ", loader->name, place.line, place.col);
}

void loader_warn(struct loader *loader, const char *at, char **remark, const char *fmt, ...)
{
	struct strlist *warnings = &loader->list->warnings;
	bool kept = remark && !*remark;
	struct str out = STR_INIT;
	va_list ap;

	if (warnings->len == WARNINGS_MAX && !kept)
		return;
	add_place(loader, at, &out);
	va_start(ap, fmt);
	str_vaddf(&out, fmt, ap);
	va_end(ap);
	if (kept)
		*remark = mem_strdup(str_text(&out));
	if (warnings->len < WARNINGS_MAX)
		strlist_add(warnings, str_text(&out));
	str_done(&out);
}

/* ---- members ---- */

static void members_read(struct members *members, const struct json_part *object)
{
	struct json_walk walk;
	struct json_part part;

	*members = (struct members){ 0 };
	for (json_walk_start(&walk, object); json_walk_next(&walk, &part); members->len++) {
		if (!(members->len & (members->len - 1))) /* 0 or a power of two: full */
			members->items = mem_realloc(members->items,
			    members->len ? members->len * 2 : 1, sizeof *members->items);
		struct member *member = &members->items[members->len];

		member->part = part;
		member->name = json_key(&part);
		member->field = host_field_find(member->name);
	}
}

static void members_done(struct members *members)
{
	for (size_t i = 0; i < members->len; i++)
		free(members->items[i].name);
	free(members->items);
}

static const struct member *members_find(const struct members *members, const char *name)
{
	for (size_t i = 0; i < members->len; i++)
		if (str_eq(members->items[i].name, name))
			return &members->items[i];
	return NULL;
}

static int by_name_then_place(const void *a, const void *b)
{
	const struct member *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	if (order)
		return order;
	return ((*x)->part.text > (*y)->part.text) - ((*x)->part.text < (*y)->part.text);
}

/* The second of two members with one name; NULL when all differ.  By sorting: a file may have very many. */
static const struct member *members_twice(const struct members *members)
{
	const struct member *twice = NULL;
	const struct member **sorted;

	if (members->len < 2)
		return NULL;
	sorted = mem_alloc(members->len * sizeof *sorted);
	for (size_t i = 0; i < members->len; i++)
		sorted[i] = &members->items[i];
	qsort(sorted, members->len, sizeof *sorted, by_name_then_place);
	for (size_t i = 1; i < members->len && !twice; i++)
		if (str_eq(sorted[i - 1]->name, sorted[i]->name))
			twice = sorted[i];
	free(sorted);
	return twice;
}

/* ---- problems ---- */

/* Keeps the first problem of a host: "file:line:col: host: member: why". */
static void set_problem(
    struct loader *loader, struct host *host, const char *at, const char *member, const char *why)
{
	struct str out = STR_INIT;

	if (host->problem)
		return;
	add_place(loader, at, &out);
	str_addf(&out, "%s: ", host->name ? host->name : "defaults");
	if (member)
		str_addf(&out, "%s: ", member);
	str_add(&out, why);
	host->problem = str_take(&out);
}

/* The last answer is kept, because what one host has all others often have, too. */
static const char *meant_by(struct loader *loader, const char *name)
{
	if (!str_eq(loader->unknown, name)) {
		free(loader->unknown);
		loader->unknown = mem_strdup(name);
		loader->meant = host_field_nearest(name);
	}
	return loader->meant;
}

/* A member that is like one of ours was meant to be that one; others may be the user's own. */
static void warn_unknown(
    struct loader *loader, const char *owner, char **remark, const struct member *member)
{
	const char *meant = meant_by(loader, member->name);

	if (meant)
		loader_warn(loader, member->part.key, remark,
		    _("%s: unknown member \"%s\" is ignored: did you mean \"%s\"?"), owner,
		    member->name, meant);
	else
		loader_warn(loader, member->part.key, NULL,
		    _("%s: unknown member \"%s\" is ignored"), owner, member->name);
}

/* ---- defaults ---- */

/* Keeps why a default cannot be used, for the hosts that would take it. */
static void spoil_default(struct loader *loader, const struct member *member, const char *why)
{
	struct host *defaults = loader->list->defaults;
	struct host scratch = { 0 };
	size_t count;

	set_problem(loader, &scratch, member->part.text, member->name, why);
	if (!defaults->problem)
		defaults->problem = mem_strdup(scratch.problem);
	if (member->field)
		loader->bad_default[member->field - host_fields(&count)] = scratch.problem;
	else
		free(scratch.problem);
}

static void read_default(struct loader *loader, const struct member *member)
{
	const struct host_field *field = member->field;
	struct err err = ERR_INIT;
	size_t count;

	if (field && loader->bad_default[field - host_fields(&count)])
		return;
	if (!field)
		warn_unknown(loader, "defaults", &loader->list->remark, member);
	else if (field->not_in_defaults)
		spoil_default(loader, member, _("cannot be the same for all hosts"));
	else if (!host_read_field(
		     loader->list->defaults, field, &member->part, ORIGIN_DEFAULTS, &err))
		spoil_default(loader, member, err.text);
	else if (str_eq(field->json, "cloud"))
		cloud_warn(loader, "defaults", &loader->list->remark, &member->part);
}

void entry_read_defaults(struct loader *loader, const struct json_part *value)
{
	struct members members;

	members_read(&members, value);
	const struct member *twice = members_twice(&members);

	if (twice)
		spoil_default(loader, twice, _("is there twice"));
	for (size_t i = 0; i < members.len; i++)
		read_default(loader, &members.items[i]);
	members_done(&members);
}

/* What the host does not say itself comes from the defaults, a fault in them too. */
static void merge_defaults(struct loader *loader, struct host *host)
{
	const struct host *defaults = loader->list->defaults;
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++) {
		if (host->origin[i] == ORIGIN_HOST)
			continue;
		if (defaults->origin[i] == ORIGIN_DEFAULTS)
			host_copy_field(host, defaults, &fields[i]);
		if (loader->bad_default[i] && !host->problem)
			host->problem = mem_strdup(loader->bad_default[i]);
	}
}

/* ---- hosts ---- */

static void read_member(struct loader *loader, struct host *host, const struct member *member)
{
	struct err err = ERR_INIT;

	if (!member->field)
		warn_unknown(loader, host->name, &host->remark, member);
	else if (!host_read_field(host, member->field, &member->part, ORIGIN_HOST, &err))
		set_problem(loader, host, member->part.text, member->name, err.text);
	else if (str_eq(member->name, "cloud"))
		cloud_warn(loader, host->name, &host->remark, &member->part);
}

static void read_members(struct loader *loader, struct host *host, const struct json_part *entry)
{
	struct members members;

	members_read(&members, entry);
	const struct member *name = members_find(&members, "name");
	const struct member *twice = members_twice(&members);

	if (name) /* first, as every sentence about the entry names it */
		read_member(loader, host, name);
	else
		set_problem(loader, host, entry->text, NULL, _("the host has no \"name\""));
	if (twice)
		set_problem(loader, host, twice->part.key, twice->name, _("is there twice"));
	for (size_t i = 0; i < members.len; i++)
		if (!str_eq(members.items[i].name, "name"))
			read_member(loader, host, &members.items[i]);
	members_done(&members);
}

struct host *entry_read_host(struct loader *loader, const struct json_part *entry)
{
	struct host *host = host_new();
	struct err err = ERR_INIT;

	json_place_move(&loader->place, loader->text, (size_t)(entry->text - loader->text));
	host->line = loader->place.line;
	host->col = loader->place.col;
	host->source = loader->list->source;
	host->name = mem_printf("#%zu", loader->list->len + 1); /* until its own is read */
	if (entry->type == JSON_OBJECT)
		read_members(loader, host, entry);
	else
		set_problem(loader, host, entry->text, NULL, _("a host must be an object"));
	merge_defaults(loader, host);
	if (!host_complete(host, loader->list->local_user, &err))
		set_problem(loader, host, entry->text, NULL, err.text);
	return host;
}
