/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.json into a list: the document's own members, the entries, defaults, duplicate names. */
#include "sallyport/hosts.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry.h"
#include "host.h"
#include "host_list.h"
#include "host_read.h"
#include "json.h"

/* Larger files are refused: nobody's list is, and reading one would take the machine's memory. */
#define FILE_MAX ((size_t)64 * 1024 * 1024)

/* A member of the document itself, and who reads it. */
struct root_member {
	const char *name;
	bool (*read)(struct loader *loader, const struct json_part *value, struct err *err);
};

static bool wrong_root(struct loader *loader, const struct json_part *value, struct err *err,
    const char *member, const char *wanted)
{
	struct json_place place = loader_place(loader, value->text);

	return err_set(err, ERR_INVALID, "%s:%d:%d: \"%s\" %s", loader->name, place.line, place.col,
	    member, wanted);
}

static bool read_version(struct loader *loader, const struct json_part *value, struct err *err)
{
	if (value->type != JSON_NUMBER)
		return wrong_root(loader, value, err, "version", _("must be a number"));
	if (value->len != 1 || *value->text != '1')
		loader_warn(loader, value->text, &loader->list->remark,
		    _("the file is of another version; what this program does not know is ignored"));
	return true;
}

static bool read_defaults(struct loader *loader, const struct json_part *value, struct err *err)
{
	if (value->type != JSON_OBJECT)
		return wrong_root(loader, value, err, "defaults", _("must be an object"));
	entry_read_defaults(loader, value);
	return true;
}

/* Kept for a version that reads sources. */
static bool read_sources(struct loader *loader, const struct json_part *value, struct err *err)
{
	if (value->type != JSON_ARRAY)
		return wrong_root(loader, value, err, "sources", _("must be an array"));
	if (value->len > 2)
		loader_warn(
		    loader, value->text, NULL, _("\"sources\" are not read by this version"));
	return true;
}

static bool read_hosts(struct loader *loader, const struct json_part *value, struct err *err)
{
	if (value->type != JSON_ARRAY)
		return wrong_root(loader, value, err, "hosts", _("must be an array"));
	loader->hosts = *value;
	return true;
}

static const struct root_member root_members[] = {
	{ "version", read_version },
	{ "defaults", read_defaults },
	{ "sources", read_sources },
	{ "hosts", read_hosts },
};

static const struct root_member *find_root_member(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(root_members); i++)
		if (str_eq(root_members[i].name, name))
			return &root_members[i];
	return NULL;
}

static bool read_root_member(
    struct loader *loader, const struct json_part *member, unsigned *seen, struct err *err)
{
	char *name = json_key(member);
	const struct root_member *known = find_root_member(name);
	unsigned bit = known ? 1u << (known - root_members) : 0;
	bool ok = true;

	if (!known)
		loader_warn(loader, member->key, NULL, _("unknown member \"%s\""), name);
	else if (*seen & bit)
		ok = wrong_root(loader, member, err, name, _("is there twice"));
	else
		ok = known->read(loader, member, err);
	*seen |= bit;
	free(name);
	return ok;
}

/* Without the entries, which come last: "defaults" may stand behind them in the file. */
static bool read_root(struct loader *loader, const struct json_part *root, struct err *err)
{
	struct json_part part;
	struct json_walk walk;
	unsigned seen = 0;

	if (root->type != JSON_OBJECT)
		return err_set(err, ERR_SYNTAX,
		    _("%s:1:1: a hosts file is an object: {\"hosts\": [...]}"), loader->name);
	for (json_walk_start(&walk, root); json_walk_next(&walk, &part);)
		if (!read_root_member(loader, &part, &seen, err))
			return false;
	loader->place = (struct json_place)JSON_PLACE_START;
	if (loader->hosts.text)
		json_walk_start(&loader->walk, &loader->hosts);
	return true;
}

/* The name that this user's account has; NULL when it has none. */
static char *local_user(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw && pw->pw_name[0] ? mem_strdup(pw->pw_name) : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void list_init(struct host_list *list, const char *name)
{
	*list = (struct host_list){ .defaults = host_new(), .source = mem_strdup(base_name(name)) };
	list->local_user = local_user();
	list->loader = loader_new(list, name);
}

/* Until the list has so many hosts.  True when no entry is left. */
static bool read_entries(struct loader *loader, size_t most)
{
	struct host_list *list = loader->list;
	struct json_part part;

	while (list->len < most) {
		if (!loader->hosts.text || !json_walk_next(&loader->walk, &part))
			return true;
		host_list_add(list, entry_read_host(loader, &part));
	}
	return false;
}

/* All but the entries. */
static bool read_document(struct loader *loader, const char *text, size_t len, struct err *err)
{
	struct json_part root;
	struct json_place fault;

	loader->text = text;
	if (!json_scan(text, len, &fault, err)) {
		err_context(err, "%s:%d:%d", loader->name, fault.line, fault.col);
		return err_hint(err, _("Mend the file in an editor; nothing was changed in it."));
	}
	json_root(text, len, &root);
	return read_root(loader, &root, err);
}

static void end_loading(struct host_list *list)
{
	loader_free(list->loader);
	list->loader = NULL;
}

void hosts_load_rest(struct host_list *list)
{
	if (!list->loader)
		return;
	read_entries(list->loader, SIZE_MAX);
	host_list_index(list, list->loader->name);
	end_loading(list);
}

/* The document, and the first entries.  The list has the loader as long as there are others. */
static bool parse(
    struct host_list *list, const char *text, size_t len, size_t most, struct err *err)
{
	if (!read_document(list->loader, text, len, err)) {
		end_loading(list);
		return false;
	}
	if (read_entries(list->loader, most))
		hosts_load_rest(list);
	return true;
}

bool hosts_parse(
    struct host_list *list, const char *text, size_t len, const char *name, struct err *err)
{
	list_init(list, name);
	return parse(list, text, len, SIZE_MAX, err);
}

/* Who can write the list decides where the user's passwords go. */
static void warn_of_mode(struct host_list *list, const char *path, const char *shown)
{
	struct stat st;
	char *warning;

	if (stat(path, &st) != 0 || !(st.st_mode & 022))
		return;
	warning = mem_printf(_("%s: others can change it (mode %04o): chmod go-w"), shown,
	    (unsigned)st.st_mode & 07777);
	strlist_add(&list->warnings, warning);
	free(list->remark); /* nothing else is as bad */
	list->remark = warning;
}

bool hosts_load_first(struct host_list *list, const char *path, size_t most, struct err *err)
{
	struct err why = ERR_INIT;
	char *shown = path_show(path);
	bool ok = false;

	list_init(list, shown);
	list->path = mem_strdup(path);
	struct str *text = &list->loader->file;

	if (file_read(path, FILE_MAX, text, &why)) {
		ok = parse(list, str_text(text), text->len, most, err);
		if (ok)
			warn_of_mode(list, path, shown);
	} else {
		end_loading(list);
		ok = list->missing = why.code == ERR_NOTFOUND;
		if (!ok && err)
			*err = why;
	}
	free(shown);
	return ok;
}

bool hosts_load(struct host_list *list, const char *path, struct err *err)
{
	return hosts_load_first(list, path, SIZE_MAX, err);
}

char *hosts_path(const char *given, struct err *err)
{
	const char *env = getenv("SALLYPORT_HOSTS");

	if (!given && env && *env)
		given = env;
	return given ? mem_strdup(given) : path_config("hosts.json", err);
}
