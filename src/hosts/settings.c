/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: what the user wants the program to do, as one flat object of words. */
#include "sallyport/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "host_read.h"
#include "json.h"

#define FILE_MAX ((size_t)1024 * 1024)

static void set_auto_check(struct settings *settings, unsigned value)
{
	settings->auto_check = value;
}

static void set_after_session(struct settings *settings, unsigned value)
{
	settings->after_session = value;
}

static const struct setting {
	const char *name;
	const char *values[4]; /* in the order of the enum */
	void (*set)(struct settings *settings, unsigned value);
} known[] = {
	{ "auto_check", { "reach", "local", "off" }, set_auto_check },
	{ "after_session", { "menu", "exit" }, set_after_session },
};

/* A text and its name in messages. */
struct source {
	const char *text, *name;
};

static bool wrong(const struct source *source, const char *at, struct err *err, const char *what)
{
	struct json_place place = JSON_PLACE_START;

	json_place_move(&place, source->text, (size_t)(at - source->text));
	return err_set(err, ERR_INVALID, "%s:%d:%d: %s", source->name, place.line, place.col, what);
}

static const struct setting *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(known[i].name, name))
			return &known[i];
	return NULL;
}

/* "auto_check: it must be "reach", "local" or "off"" */
static bool wrong_value(const struct source *source, const struct json_part *part,
    const struct setting *setting, struct err *err)
{
	struct str what = STR_INIT;

	str_addf(&what, _("%s: it must be"), setting->name);
	for (size_t i = 0; setting->values[i] != NULL; i++)
		str_addf(&what, "%s \"%s\"", i == 0 ? "" : _(" or"), setting->values[i]);
	wrong(source, part->text, err, str_text(&what));
	str_done(&what);
	return false;
}

static bool read_value(struct settings *settings, const struct source *source,
    const struct json_part *part, const struct setting *setting, struct err *err)
{
	for (unsigned i = 0; setting->values[i] != NULL; i++) {
		size_t len = strlen(setting->values[i]);

		if (part->type == JSON_STRING && part->len == len + 2 &&
		    memcmp(part->text + 1, setting->values[i], len) == 0) {
			setting->set(settings, i);
			return true;
		}
	}
	return wrong_value(source, part, setting, err);
}

/* What a newer version knows is no error. */
static void warn_unknown(struct settings *settings, const struct source *source,
    const struct json_part *part, const char *name)
{
	char *what = mem_printf(_("unknown setting \"%s\""), name);
	struct err err = ERR_INIT;

	wrong(source, part->key - 1, &err, what);
	strlist_add(&settings->warnings, err.text);
	free(what);
}

static bool read_member(struct settings *settings, const struct source *source,
    const struct json_part *part, unsigned *seen, struct err *err)
{
	char *name = json_key(part);
	const struct setting *setting = find(name);
	unsigned bit = setting != NULL ? 1u << (setting - known) : 0;
	bool ok = true;

	if (setting == NULL)
		warn_unknown(settings, source, part, name);
	else if ((*seen & bit) != 0)
		ok = wrong(source, part->key - 1, err, _("this setting is there twice"));
	else
		ok = read_value(settings, source, part, setting, err);
	*seen |= bit;
	free(name);
	return ok;
}

bool settings_parse(
    struct settings *settings, const char *text, size_t len, const char *name, struct err *err)
{
	const struct source source = { text, name };
	struct json_place fault;
	struct json_part root, part;
	struct json_walk walk;
	unsigned seen = 0;

	*settings = (struct settings){ 0 };
	if (!json_scan(text, len, &fault, err))
		return err_context(err, "%s:%d:%d", name, fault.line, fault.col);
	json_root(text, len, &root);
	if (root.type != JSON_OBJECT)
		return wrong(&source, root.text, err, _("settings are an object: {...}"));
	for (json_walk_start(&walk, &root); json_walk_next(&walk, &part);)
		if (!read_member(settings, &source, &part, &seen, err))
			return false;
	return true;
}

bool settings_load(struct settings *settings, const char *given, struct err *err)
{
	char *path = given != NULL ? mem_strdup(given) : path_config("config.json", err);
	struct err why = ERR_INIT;
	struct str text = STR_INIT;
	bool ok = false;

	*settings = (struct settings){ 0 };
	if (path == NULL)
		return false;
	char *shown = path_show(path);
	if (file_read(path, FILE_MAX, &text, &why)) {
		ok = settings_parse(settings, str_text(&text), text.len, shown, err);
		if (!ok)
			err_hint(err, _("Mend the settings file in an editor."));
	} else {
		ok = given == NULL && why.code == ERR_NOTFOUND;
		if (!ok && err != NULL)
			*err = why;
	}
	str_done(&text);
	free(shown);
	free(path);
	return ok;
}

void settings_done(struct settings *settings)
{
	strlist_done(&settings->warnings);
}
