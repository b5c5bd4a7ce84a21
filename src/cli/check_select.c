/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

/* Makes room for the place of the host with this id. */
static void reserve_place(struct check_selection *selection, size_t id)
{
	size_t len = selection->places_len ? selection->places_len : 64;

	if (id < selection->places_len)
		return;
	while (len <= id)
		len *= 2;
	selection->places = mem_realloc(selection->places, len, sizeof *selection->places);
	memset(selection->places + selection->places_len, 0,
	    (len - selection->places_len) * sizeof *selection->places);
	selection->places_len = len;
}

void check_selection_add(struct check_selection *selection, struct host *host)
{
	reserve_place(selection, host->id);
	if (selection->places[host->id])
		return;
	if (selection->len == selection->cap) {
		selection->cap = selection->cap ? selection->cap * 2 : 16;
		selection->hosts =
		    mem_realloc(selection->hosts, selection->cap, sizeof *selection->hosts);
	}
	selection->hosts[selection->len++] = host;
	selection->places[host->id] = selection->len;
}

/* Takes a host that is in no list; its id comes after those of the list. */
static void own(struct check_selection *selection, const struct host_list *list, struct host *host)
{
	selection->literals = mem_realloc(
	    selection->literals, selection->literal_count + 1, sizeof *selection->literals);
	selection->literals[selection->literal_count++] = host;
	host->id = (unsigned)(list->len + selection->literal_count);
}

/*
 * A name of the list; else [user@]host[:port] as for connect, where it cannot be a mistyped
 * name: a check of a wrong name should say so, and not ask the name servers for it.
 */
static bool add_named(struct check_selection *selection, const struct host_list *list,
    const char *name, struct err *err)
{
	struct host *host = hosts_find(list, name);

	if (!host && !strpbrk(name, "@.:"))
		return cli_no_such_host(list, name, err);
	if (!host) {
		host = hosts_resolve(list, name, err);
		if (!host)
			return false;
		/* As it was typed: the user and the port tell two of them apart. */
		free(host->name);
		host->name = mem_strdup(name);
		own(selection, list, host);
	}
	check_selection_add(selection, host);
	return true;
}

/* A line of --names-from: the file may have been edited since the names were taken from it. */
static void add_listed(
    struct check_selection *selection, const struct host_list *list, const char *name)
{
	struct host *host = hosts_find(list, name);

	if (!host) {
		char *shown = path_show(list->path);

		host = host_new();
		host->name = mem_strdup(name);
		host->problem = mem_printf(_("%s: there is no such host in %s now"), name, shown);
		own(selection, list, host);
		free(shown);
	}
	check_selection_add(selection, host);
}

static bool add_from(struct check_selection *selection, const struct host_list *list,
    const char *path, struct err *err)
{
	FILE *file = str_eq(path, "-") ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file) {
		err_set(err, ERR_NOTFOUND, "--names-from %s: %s", path, strerror(errno));
		return err_hint(err,
		    _("It must be a file with one name a line, as sallyport list --names prints them."));
	}
	while ((len = getline(&line, &size, file)) > 0) {
		line[strcspn(line, "\r\n")] = '\0'; /* also of a file from Windows */
		if (line[strspn(line, " \t")])
			add_listed(selection, list, line);
	}
	free(line);
	bool ok = !ferror(file);
	if (file != stdin)
		fclose(file);
	return ok || err_set(err, ERR_NOTFOUND, _("--names-from %s: cannot be read"), path);
}

/* A group's folders belong to it: "aliyun" is also "aliyun/hangzhou". */
static bool in_group(const struct host *host, const struct strlist *groups)
{
	for (size_t i = 0; i < groups->len; i++) {
		size_t len = strlen(groups->items[i]);
		len -= len > 0 && groups->items[i][len - 1] == '/';
		if (host->group && !strncmp(host->group, groups->items[i], len) &&
		    (host->group[len] == '\0' || host->group[len] == '/'))
			return true;
	}
	return groups->len == 0;
}

static bool has_tags(const struct host *host, const struct strlist *tags)
{
	for (size_t i = 0; i < tags->len; i++)
		if (!strlist_has(&host->tags, tags->items[i]))
			return false;
	return true;
}

static void add_matching(struct check_selection *selection, const struct host_list *list,
    const struct check_wanted *wanted)
{
	if (!wanted->all && wanted->groups.len == 0 && wanted->tags.len == 0)
		return;
	for (size_t i = 0; i < list->len; i++)
		if (in_group(list->items[i], &wanted->groups) &&
		    has_tags(list->items[i], &wanted->tags))
			check_selection_add(selection, list->items[i]);
}

/* A wrong token is a wrong setting, which host.settings tells. */
static void expand(struct host *host)
{
	struct err err = ERR_INIT;

	if (!host->problem && !host_expand(host, &err))
		host->problem = mem_strdup(err.text);
}

static bool none_is_there(
    const struct host_list *list, const struct check_wanted *wanted, struct err *err)
{
	if (list->len == 0) {
		cli_no_hosts(list, err);
		return false;
	}
	if (wanted->names_from) {
		err_set(err, ERR_NOTFOUND, _("no host to check: %s names none"),
		    str_eq(wanted->names_from, "-") ? _("standard input") : wanted->names_from);
		return err_hint(err, _("One name a line, as sallyport list --names prints them."));
	}
	err_set(err, ERR_NOTFOUND, _("no host to check: none matches"));
	return err_hint(err, _("sallyport list shows all hosts, with their groups and tags."));
}

bool check_select(struct check_selection *selection, const struct host_list *list,
    const struct check_wanted *wanted, char *const *names, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (!add_named(selection, list, names[i], err))
			return false;
	selection->named = selection->len;
	if (wanted->names_from && !add_from(selection, list, wanted->names_from, err))
		return false;
	add_matching(selection, list, wanted);
	if (selection->len == 1)
		selection->named = 1;
	for (size_t i = 0; i < selection->len; i++)
		expand(selection->hosts[i]);
	return selection->len > 0 || none_is_there(list, wanted, err);
}

size_t check_selection_place(const struct check_selection *selection, const struct host *host)
{
	return selection->places[host->id] - 1;
}

void check_selection_done(struct check_selection *selection)
{
	for (size_t i = 0; i < selection->literal_count; i++)
		host_free(selection->literals[i]);
	free(selection->literals);
	free(selection->hosts);
	free(selection->places);
}
