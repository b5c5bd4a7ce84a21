/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include <stdlib.h>
#include <string.h>

enum { REVOKED_MAX = 64 << 20 };

/* OpenSSH PROTOCOL.krl: "SSHKRL\n\0". */
static bool is_krl(const struct str *text)
{
	return text->len >= 8 && memcmp(text->data, "SSHKRL\n", 8) == 0;
}

static bool line_is_key(
    const char *line, const unsigned char *blob, size_t len, bool *found, struct err *err)
{
	struct pubkey key = { NULL, 0 };

	line += strspn(line, " \t\r");
	if (*line == '\0' || *line == '#')
		return true;
	if (!pubkey_parse(&key, line, NULL, err))
		return false;
	if (key.len == len && memcmp(key.blob, blob, len) == 0)
		*found = true;
	pubkey_done(&key);
	return true;
}

static bool search(const char *path, const struct str *text, const unsigned char *blob, size_t len,
    bool *found, struct err *err)
{
	struct strlist lines = { 0 };
	bool ok = true;

	if (strlen(str_text(text)) != text->len)
		return err_set(err, ERR_SYNTAX, _("%s: not a text file"), path);
	/* Line numbers need the empty lines too. */
	for (const char *at = str_text(text); *at;) {
		size_t n = strcspn(at, "\n");
		strlist_take(&lines, mem_strndup(at, n));
		at += n + (at[n] == '\n');
	}
	for (size_t i = 0; i < lines.len && ok; i++)
		ok = line_is_key(lines.items[i], blob, len, found, err) ||
		    err_context(err, "%s:%zu", path, i + 1);
	strlist_done(&lines);
	return ok;
}

bool hostkey_in_file(
    const char *path, const unsigned char *blob, size_t len, bool *found, struct err *err)
{
	struct str text = STR_INIT;
	char *file = path_expand(path, err), *shown;
	bool ok;

	*found = false;
	if (!file)
		return false;
	shown = path_show(file);
	ok = file_read(file, REVOKED_MAX, &text, err);
	if (ok && is_krl(&text)) {
		ok = err_set(err, ERR_INVALID,
		    _("%s: a key revocation list (KRL), which is not supported here"), shown);
		err_hint(err, _("A text file with one public key a line is."));
	} else if (ok) {
		ok = search(shown, &text, blob, len, found, err);
	}
	if (!ok)
		err_context(err, _("the revoked host keys cannot be read"));
	str_done(&text);
	free(shown);
	free(file);
	return ok;
}
