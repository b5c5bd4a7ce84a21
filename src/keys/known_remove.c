/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is to go: the key of one name on one line. */
struct removal {
	const char *file, *name, *fingerprint;
	unsigned number;
};

/* A piece of the text of a file. */
struct piece {
	size_t at, len;
};

static bool is_fingerprint_of(const struct known_line *line, const char *fingerprint)
{
	size_t len;
	unsigned char *blob = known_line_key(line, &len);
	char *found = blob ? pubkey_fingerprint(blob, len) : NULL;
	bool same = found && str_eq(found, fingerprint);

	free(found);
	free(blob);
	return same;
}

static const struct known_line *find(const struct known_hosts *known, const struct removal *removal)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_line *line = &known->lines[i];

		if (line->number == removal->number)
			return line->marker == MARK_NONE &&
				known_names_match(line->names, line->names_len, removal->name) &&
				is_fingerprint_of(line, removal->fingerprint)
			    ? line
			    : NULL;
	}
	return NULL;
}

/* The names that stay, when this one goes; *others: some name besides it is meant; *named: it was there itself. */
static void names_without(
    struct str *out, const struct known_line *line, const char *name, bool *others, bool *named)
{
	const char *at = line->names, *end = at + line->names_len;

	*others = *named = false;
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t len = (size_t)((comma ? comma : end) - at);

		if (len == strlen(name) && strncasecmp(at, name, len) == 0) {
			*named = true;
		} else if (len > 0) {
			if (out->len > 0)
				str_add_char(out, ',');
			str_add_mem(out, at, len);
			*others = *others || *at != '!';
		}
		at = comma ? comma + 1 : end;
	}
}

static struct piece whole_line(const struct str *text, size_t at)
{
	const char *start = str_text(text), *newline = memchr(start + at, '\n', text->len - at);
	size_t from = at;

	while (from > 0 && start[from - 1] != '\n')
		from--;
	return (struct piece){ from, (newline ? (size_t)(newline + 1 - start) : text->len) - from };
}

static void replace(
    const struct str *before, struct piece piece, const struct str *instead, struct str *after)
{
	size_t rest = piece.at + piece.len;

	str_add_mem(after, str_text(before), piece.at);
	str_add_mem(after, str_text(instead), instead->len);
	str_add_mem(after, str_text(before) + rest, before->len - rest);
}

/* Other names of the line keep their key; one that stands for many hosts by a pattern is not ours to cut. */
static bool cut(const struct removal *removal, const struct known_line *line,
    const struct str *before, size_t names_at, struct str *after, struct err *err)
{
	struct str names = STR_INIT;
	struct piece piece = { names_at, line->names_len };
	bool others = false, named = false;

	if (*line->names != '|')
		names_without(&names, line, removal->name, &others, &named);
	if (others && !named) {
		char *shown = path_show(removal->file);

		err_set(err, ERR_INVALID,
		    _("%s:%u: the line means %s by a pattern, and maybe other hosts"), shown,
		    removal->number, removal->name);
		err_hint(err, _("Change that line with an editor."));
		free(shown);
		str_done(&names);
		return false;
	}
	if (!others) {
		str_reset(&names);
		piece = whole_line(before, names_at);
	}
	replace(before, piece, &names, after);
	str_done(&names);
	return true;
}

static bool changed_meanwhile(const struct removal *removal, struct err *err)
{
	char *shown = path_show(removal->file);

	err_set(err, ERR_INVALID, _("%s:%u: this is no longer the key %s of %s"), shown,
	    removal->number, removal->fingerprint, removal->name);
	err_hint(err, _("Somebody has changed the file meanwhile: look again."));
	free(shown);
	return false;
}

static bool edit(void *ctx, const struct str *before, struct str *after, struct err *err)
{
	const struct removal *removal = ctx;
	struct known_hosts known = { 0 };
	struct str copy = STR_INIT;
	const struct known_line *line;
	bool ok;

	str_add_mem(&copy, str_text(before), before->len);
	known_hosts_parse(&known, removal->file, &copy);
	line = find(&known, removal);
	ok = line ? cut(removal, line, before,
			(size_t)(line->names - str_text(&known.files[0].text)), after, err)
		  : changed_meanwhile(removal, err);
	known_hosts_clear(&known);
	return ok;
}

bool known_hosts_remove(
    const char *file, unsigned line, const char *name, const char *fingerprint, struct err *err)
{
	struct removal removal = { file, name, fingerprint, line };

	return file_edit(file, KNOWN_HOSTS_MAX, edit, &removal, ".old", err);
}
