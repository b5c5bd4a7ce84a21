/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"

/* A name that would be read back as something else: a pattern, a list, a marker, a comment, a hash. */
static bool name_writable(const char *name)
{
	if (!*name || strchr("@#|!", *name))
		return false;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		if (*c <= ' ' || *c == 0x7f || strchr("*?,", *c))
			return false;
	return true;
}

static bool line_make(struct str *line, const char *name, const unsigned char *blob, size_t len,
    bool hash, struct err *err)
{
	char *type;

	if (!name_writable(name) || !pubkey_valid(blob, len))
		return err_set(err, ERR_INVALID, _("this name or key cannot be stored"));
	if (!hash)
		str_add(line, name);
	else if (!known_name_hash(line, name))
		return err_set(err, ERR_LOCAL, _("the host's name could not be hashed"));
	type = pubkey_type(blob, len);
	str_addf(line, " %s ", type);
	free(type);
	base64_encode(line, blob, len);
	str_add_char(line, '\n');
	return true;
}

bool known_hosts_add(const char *file, const char *name, const unsigned char *blob, size_t len,
    bool hash, struct err *err)
{
	struct str line = STR_INIT;
	bool ok = line_make(&line, name, blob, len, hash, err);

	if (ok && !str_eq(file, "/dev/null"))
		ok = file_append(file, line.data, line.len, err);
	str_done(&line);
	return ok;
}
