/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/term.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"

enum { TYPE_MAX = 64 };

/* A terminfo name is a file name (term(7)): curses would open what a path names. */
static bool type_is_name(const char *type)
{
	for (const char *c = type; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '/')
			return false;
	return type[0] != '.' && strlen(type) <= TYPE_MAX;
}

const char *term_type(struct err *err)
{
	const char *type = getenv("TERM");
	struct str shown = STR_INIT;

	if (!type || !*type) {
		err_set(err, ERR_NOTFOUND,
		    _("TERM is not set: the type of this terminal is not known"));
		err_hint(err, _("Set it, for example: export TERM=xterm-256color"));
		return NULL;
	}
	if (type_is_name(type))
		return type;
	clean_text(&shown, type, strlen(type), CLEAN_ASCII);
	err_set(err, ERR_INVALID, _("TERM is not the name of a terminal: %.60s"), str_text(&shown));
	err_hint(err, _("Set it, for example: export TERM=xterm-256color"));
	str_done(&shown);
	return NULL;
}
