/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <string.h>

static const char begin[] = "-----BEGIN ";
static const char dashes[] = "-----";

/* The next line after at, or end. */
static const char *line_after(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline + 1 : end;
}

static bool begins_with(const char *at, const char *end, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(end - at) >= n && memcmp(at, text, n) == 0;
}

/* "-----BEGIN LABEL-----" */
static bool begin_line(struct armour *armour, const char *at, const char *end)
{
	const char *label = at + strlen(begin);
	const char *stop;

	if (!begins_with(at, end, begin))
		return false;
	stop = label;
	while (stop < end && *stop != '\n' && !begins_with(stop, end, dashes))
		stop++;
	if (stop == end || *stop == '\n')
		return false;
	armour->label = label;
	armour->label_len = (size_t)(stop - label);
	return true;
}

static bool end_line(const struct armour *armour, const char *at, const char *end)
{
	const char *label = at + strlen("-----END ");

	return begins_with(at, end, "-----END ") && (size_t)(end - label) >= armour->label_len &&
	    memcmp(label, armour->label, armour->label_len) == 0;
}

/* Lines up to the END line: the body; marks an RFC 1421 header of encryption. */
static void read_body(struct armour *armour, const char *at, const char *end)
{
	armour->body = at;
	armour->closed = armour->encrypted = false;
	while (at < end && !armour->closed) {
		armour->closed = end_line(armour, at, end);
		if (armour->closed)
			break;
		if (begins_with(at, end, "Proc-Type: 4,ENCRYPTED"))
			armour->encrypted = true;
		at = line_after(at, end);
	}
	armour->body_len = (size_t)(at - armour->body);
	armour->next = line_after(at, end);
}

bool armour_find(struct armour *armour, const char *text, size_t len)
{
	const char *end = text + len;

	for (const char *at = text; at < end; at = line_after(at, end)) {
		if (begin_line(armour, at, end)) {
			read_body(armour, line_after(at, end), end);
			return true;
		}
	}
	return false;
}

bool armour_is(const struct armour *armour, const char *label)
{
	return armour->label_len == strlen(label) &&
	    memcmp(armour->label, label, armour->label_len) == 0;
}
