/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"

/* A text of lines that end in LF, CR LF or CR, as PuTTY reads them (sshpubk.c). */
struct lines {
	const char *at, *end;
};

static bool next_line(struct lines *lines, const char **line, size_t *len)
{
	const char *at = lines->at;

	if (at >= lines->end)
		return false;
	*line = at;
	while (at < lines->end && *at != '\r' && *at != '\n')
		at++;
	*len = (size_t)(at - *line);
	if (at < lines->end && *at == '\r')
		at++;
	if (at < lines->end && *at == '\n' && (at == *line + *len || at[-1] == '\r'))
		at++;
	lines->at = at;
	return true;
}

/* "Name: value" as a new string, NULL when the line has another name. */
static char *header(struct lines *lines, const char *name)
{
	const char *line;
	size_t len, n = strlen(name);

	if (!next_line(lines, &line, &len) || len < n + 2 || memcmp(line, name, n) != 0 ||
	    memcmp(line + n, ": ", 2) != 0)
		return NULL;
	return mem_strndup(line + n + 2, len - n - 2);
}

static bool public_lines(struct key_file *key, struct lines *lines)
{
	char *count = header(lines, "Public-Lines");
	long wanted = count ? strtol(count, NULL, 10) : 0;
	struct str text = STR_INIT;
	const char *line;
	size_t len;
	unsigned char *blob;

	free(count);
	while (wanted-- > 0 && next_line(lines, &line, &len))
		str_add_mem(&text, line, len);
	blob = text.len ? base64_decode(text.data, text.len, &len) : NULL;
	str_done(&text);
	if (!blob || !pubkey_valid(blob, len)) {
		free(blob);
		return false;
	}
	key->pub = (struct pubkey){ blob, len };
	return true;
}

bool ppk_read(struct key_file *key, const char *text, size_t len)
{
	struct lines lines = { text, text + len };
	char *cipher = NULL;
	bool two = str_starts(text, "PuTTY-User-Key-File-2: ");

	if (!two && !str_starts(text, "PuTTY-User-Key-File-3: "))
		return false;
	key->format = two ? KEY_PPK2 : KEY_PPK3;
	key->type = header(&lines, two ? "PuTTY-User-Key-File-2" : "PuTTY-User-Key-File-3");
	cipher = header(&lines, "Encryption");
	key->encrypted = cipher && !str_eq(cipher, "none");
	key->comment = header(&lines, "Comment");
	if (!cipher || !key->comment || !public_lines(key, &lines))
		key->format = KEY_PEM_BROKEN;
	free(cipher);
	return true;
}
