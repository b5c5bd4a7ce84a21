/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	char text[sizeof err->text];
	va_list ap;

	if (err == NULL)
		return false;
	/* By way of a copy: an argument may be err->text itself. */
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err->code = code;
	memcpy(err->text, text, sizeof text);
	err->hint[0] = '\0';
	return false;
}

bool err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof err->hint, fmt, ap);
	va_end(ap);
	return false;
}

bool err_context(struct err *err, const char *fmt, ...)
{
	struct str s = STR_INIT;
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_addf(&s, ": %s", err->text);
	snprintf(err->text, sizeof err->text, "%s", str_text(&s));
	str_done(&s);
	return false;
}
