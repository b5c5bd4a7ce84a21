/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>

/* "~/.ssh/known_hosts:7: web1,10.0.0.1"; a hash tells no name. */
static char *other_text(const struct known_hosts *known, const struct known_line *line)
{
	char *file = path_show(known->files[line->file].path);
	char *text;

	if (*line->names == '|')
		text = mem_printf(_("%s:%u: a hashed name"), file, line->number);
	else
		text = mem_printf(
		    "%s:%u: %.*s", file, line->number, (int)line->names_len, line->names);
	free(file);
	return text;
}

void known_hosts_others(const struct known_hosts *known, const char *name,
    const unsigned char *blob, size_t len, struct strlist *others)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_line *line = &known->lines[i];
		size_t n = 0;
		unsigned char *key;

		/* Three bytes are four of base64: most lines need not be decoded. */
		if (line->marker != MARK_NONE || line->blob_len < len * 4 / 3 ||
		    known_names_match(line->names, line->names_len, name))
			continue;
		key = known_line_key(line, &n);
		if (key && n == len && memcmp(key, blob, len) == 0)
			strlist_take(others, other_text(known, line));
		free(key);
	}
}
