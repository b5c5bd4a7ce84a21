/* SPDX-License-Identifier: Apache-2.0 */
/* Takes one changed host key out of the user's known_hosts. */
#include <stdlib.h>
#include <string.h>

#include "checks/fix.h"
#include "checks/internal.h"

static bool apply(const struct fix *fix, struct err *err)
{
	return known_hosts_remove(fix->path, fix->line, fix->name, fix->fingerprint, err);
}

/* "FILE:LINE", as the result tells it. */
static bool parse_place(const char *text, char **path, unsigned *line)
{
	const char *colon = text ? strrchr(text, ':') : NULL;

	if (!colon)
		return false;
	*path = mem_strndup(text, (size_t)(colon - text));
	*line = (unsigned)strtoul(colon + 1, NULL, 10);
	return true;
}

/* As sshd names the file of such a key. */
static const char *kind_of(const char *type)
{
	return str_eq(type, "ssh-rsa")           ? "rsa"
	    : type && str_starts(type, "ecdsa-") ? "ecdsa"
						 : "ed25519";
}

static char *about(const struct fix *fix, const struct result *result)
{
	const char *type = result_detail_get(result, "type");
	const char *shown = result_detail_get(result, "fingerprint");
	char *file = path_show(fix->path), *text;

	text = mem_printf(_("known:  %s %s\n"
			    "        (%s:%u)\n"
			    "shown:  %s %s\n"
			    "Somebody between you and the server would look just like this.\n"
			    "Ask whoever runs the machine, or compare with what its console says:\n"
			    "        ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub"),
	    result_detail_get(result, "known_type"), fix->fingerprint, file, fix->line,
	    type ? type : "?", shown ? shown : "?", kind_of(type));
	free(file);
	return text;
}

void fix_hostkey(struct fixes *fixes, const struct host *host, const struct result *result)
{
	const char *known = result_detail_get(result, "known_fingerprint");
	const char *place = result_detail_get(result, "known_at");
	char *path = NULL, *file;
	unsigned line = 0;
	struct fix *fix;

	if (!known || !result_detail_get(result, "known_type") || !parse_place(place, &path, &line))
		return;
	fix = fixes_add(fixes);
	file = path_show(path);
	fix->name = known_hosts_name_of(host);
	fix->what = mem_printf(_("remove the key of %s from %s:%u (what was before is kept in "
				 "%s.old)"),
	    fix->name, file, line, file);
	free(file);
	fix->apply = apply;
	fix->path = path;
	fix->line = line;
	fix->fingerprint = mem_strdup(known);
	fix->word = mem_strdup(host->name);
	fix->about = about(fix, result);
}
