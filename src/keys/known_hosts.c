/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- one line ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word; false when the line has no more. */
static bool next_word(const char **at, const char *end, const char **start, size_t *len)
{
	while (*at < end && is_blank(**at))
		(*at)++;
	*start = *at;
	while (*at < end && !is_blank(**at))
		(*at)++;
	*len = (size_t)(*at - *start);
	return *len > 0;
}

static bool word_is(const char *start, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(start, text, len) == 0;
}

static struct known_line *line_add(struct known_hosts *known)
{
	if (known->count == known->cap) {
		known->cap = known->cap ? known->cap * 2 : 64;
		known->lines = mem_realloc(known->lines, known->cap, sizeof *known->lines);
	}
	struct known_line *line = &known->lines[known->count++];
	memset(line, 0, sizeof *line);
	return line;
}

/*
 * [marker] names type base64 [comment].  A line without a key is kept, so that a lookup that
 * meets its name can refuse instead of calling the host new.  SSH 1 keys (a number where the
 * type stands) are passed over, as OpenSSH does.
 */
static void parse_line(struct known_hosts *known, const char *at, const char *end, unsigned number)
{
	struct known_line found = { .file = known->file_count - 1, .number = number };
	const char *names;
	size_t len;

	if (!next_word(&at, end, &names, &len) || *names == '#')
		return;
	if (*names == '@') {
		if (word_is(names, len, "@cert-authority"))
			found.marker = MARK_CA;
		else if (word_is(names, len, "@revoked"))
			found.marker = MARK_REVOKED;
		if (found.marker == MARK_NONE || !next_word(&at, end, &names, &len)) {
			known->broken++;
			return;
		}
	}
	found.names = names;
	found.names_len = len;
	next_word(&at, end, &found.type, &found.type_len);
	if (found.type_len > 0 && strspn(found.type, "0123456789") >= found.type_len)
		return;
	if (!next_word(&at, end, &found.blob, &found.blob_len))
		known->broken++;
	*line_add(known) = found;
}

/* ---- whole files ---- */

void known_hosts_parse(struct known_hosts *known, const char *path, struct str *text)
{
	struct known_file *file;
	const char *at, *end;
	unsigned number = 0;

	known->files = mem_realloc(known->files, known->file_count + 1, sizeof *known->files);
	file = &known->files[known->file_count++];
	file->path = mem_strdup(path);
	file->text = *text;
	*text = (struct str)STR_INIT;
	at = str_text(&file->text);
	end = at + file->text.len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		const char *nul = memchr(at, '\0', (size_t)(stop - at));
		const char *last = nul ? nul : stop; /* as OpenSSH, which reads C strings */
		if (last > at && last[-1] == '\r')
			last--;
		parse_line(known, at, last, ++number);
		at = newline ? newline + 1 : end;
	}
}

static bool load_file(struct known_hosts *known, const char *path, struct err *err)
{
	struct str text = STR_INIT;
	struct err why = ERR_INIT;
	bool ok;

	/* The usual way to say "none". */
	if (str_eq(path, "/dev/null"))
		return true;
	ok = file_read(path, KNOWN_HOSTS_MAX, &text, &why);
	if (ok)
		known_hosts_parse(known, path, &text);
	str_done(&text);
	if (ok || why.code == ERR_NOTFOUND)
		return true;
	err_set(err, why.code, _("the known host keys cannot be read: %s"), why.text);
	return err_hint(err, _("Make the file readable: without it no host key can be trusted."));
}

struct known_hosts *known_hosts_load(const struct strlist *files, struct err *err)
{
	struct known_hosts *known = mem_zalloc(1, sizeof *known);

	for (size_t i = 0; i < files->len; i++) {
		if (!load_file(known, files->items[i], err)) {
			known_hosts_free(known);
			return NULL;
		}
	}
	return known;
}

void known_hosts_clear(struct known_hosts *known)
{
	for (size_t i = 0; i < known->file_count; i++) {
		free(known->files[i].path);
		str_done(&known->files[i].text);
	}
	free(known->files);
	free(known->lines);
}

void known_hosts_free(struct known_hosts *known)
{
	if (!known)
		return;
	known_hosts_clear(known);
	free(known);
}

size_t known_hosts_broken(const struct known_hosts *known)
{
	return known->broken;
}

/* ---- which files ---- */

static const char *const user_default[] = { "~/.ssh/known_hosts", "~/.ssh/known_hosts2" };
static const char *const global_default[] = { "/etc/ssh/ssh_known_hosts",
	"/etc/ssh/ssh_known_hosts2" };

static bool add_expanded(struct strlist *files, const char *path, struct err *err)
{
	char *expanded = path_expand(path, err);

	if (!expanded)
		return false;
	strlist_take(files, expanded);
	return true;
}

static bool add_files(struct strlist *files, const struct strlist *given,
    const char *const *defaults, size_t count, struct err *err)
{
	if (given && given->len)
		count = given->len;
	for (size_t i = 0; i < count; i++) {
		const char *path = given && given->len ? given->items[i] : defaults[i];
		if (!str_eq(path, "none") && !add_expanded(files, path, err))
			return false;
	}
	return true;
}

bool known_hosts_files(const struct strlist *user_files, const struct strlist *global_files,
    struct strlist *files, struct err *err)
{
	return add_files(files, user_files, user_default, ARRAY_LEN(user_default), err) &&
	    add_files(files, global_files, global_default, ARRAY_LEN(global_default), err);
}

const char *known_hosts_store(const struct strlist *user_files, const struct strlist *files)
{
	const char *first = user_files->len ? user_files->items[0] : NULL;

	if (first && (str_eq(first, "none") || str_eq(first, "/dev/null")))
		return NULL;
	return files->items[0];
}
