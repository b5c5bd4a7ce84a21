/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

/*
 * All texts here have passed json_scan(), so the only questions left are where things end: no bounds
 * but those that the grammar gives.  Nothing here recurses.
 */

static const char *skip_space(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

/* Is the quote at p part of a text that begins after start? */
static bool is_escaped(const char *start, const char *p)
{
	const char *first = p;

	while (first > start && first[-1] == '\\')
		first--;
	return (p - first) % 2 == 1;
}

/* p is at the opening quote; returns what follows the closing one. */
static const char *skip_string(const char *p)
{
	const char *start = p + 1;

	do
		p = strchr(p + 1, '"');
	while (is_escaped(start, p));
	return p + 1;
}

static const char *skip_container(const char *p)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
		p++;
	} while (depth);
	return p;
}

static const char *skip_value(const char *p)
{
	if (*p == '"')
		return skip_string(p);
	if (*p == '{' || *p == '[')
		return skip_container(p);
	return p + strcspn(p, ",]} \t\n\r");
}

static enum json_type type_of(char first)
{
	switch (first) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
	case 'f':
		return JSON_BOOL;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

void json_root(const char *text, size_t len, struct json_part *root)
{
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	text = skip_space(text);
	while (end > text && strchr(" \t\n\r", end[-1]))
		end--;
	*root = (struct json_part){ .text = text, .len = (size_t)(end - text) };
	root->type = type_of(*text);
}

void json_walk_start(struct json_walk *walk, const struct json_part *container)
{
	walk->object = container->type == JSON_OBJECT;
	walk->next = skip_space(container->text + 1);
}

bool json_walk_next(struct json_walk *walk, struct json_part *part)
{
	const char *p = walk->next;

	if (*p == '}' || *p == ']')
		return false;
	*part = (struct json_part){ 0 };
	if (walk->object) {
		const char *end = skip_string(p);

		part->key = p + 1;
		part->key_len = (size_t)(end - p) - 2;
		p = skip_space(skip_space(end) + 1);
	}
	part->type = type_of(*p);
	part->text = p;
	p = skip_value(p);
	part->len = (size_t)(p - part->text);
	p = skip_space(p);
	walk->next = *p == ',' ? skip_space(p + 1) : p;
	return true;
}

/* The code unit of the escape at p, "\uXXXX"; -1 when p is something else. */
static long escaped_unit(const char *p, const char *end)
{
	char digits[5] = "";

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	memcpy(digits, p + 2, 4);
	return strtol(digits, NULL, 16);
}

const char *json_flaw(const char *text, size_t len)
{
	const char *end = text + len;

	for (const char *p = text; (p = memchr(p, '\\', (size_t)(end - p)));) {
		long unit = escaped_unit(p, end);

		if (unit == -1) {
			p += 2; /* another escape: the character after it does not start one */
			continue;
		}
		if (unit == 0)
			return _("the character \\u0000");
		bool high = unit >= 0xd800 && unit < 0xdc00;
		long low = high ? escaped_unit(p + 6, end) : 0;

		if ((unit >= 0xdc00 && unit < 0xe000) || (high && (low < 0xdc00 || low >= 0xe000)))
			return _("half of a surrogate pair");
		p += high ? 12 : 6;
	}
	return NULL;
}
