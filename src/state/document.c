/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* ---- the parts of a document ---- */

static bool is_of_this_version(const struct json_part *version)
{
	return version->type != JSON_NUMBER || part_number(version) <= 1;
}

static bool read_root(struct state *state, struct err *err)
{
	static const char *const names[] = { "version", "hosts", "servers" };
	struct json_part root, picked[ARRAY_LEN(names)];

	json_root(state->text.data, state->text.len, &root);
	if (root.type != JSON_OBJECT)
		return err_set(err, ERR_SYNTAX, _("it is not an object"));
	part_pick(&root, names, ARRAY_LEN(names), picked, &state->others);
	if (!is_of_this_version(&picked[0]))
		return err_set(err, ERR_INVALID, _("it was written by a later version"));
	if (picked[1].type == JSON_OBJECT)
		state->hosts = picked[1];
	if (picked[2].type == JSON_OBJECT)
		state->servers = picked[2];
	return true;
}

bool document_init(struct state *state, struct str *text, struct err *err)
{
	*state = (struct state){ .text = *text, .others = STR_INIT };
	*text = (struct str)STR_INIT;
	if (state->text.len == 0)
		return true;
	if (json_valid(state->text.data, state->text.len, err) && read_root(state, err))
		return true;
	document_done(state);
	return false;
}

void document_done(struct state *state)
{
	str_done(&state->text);
	str_done(&state->others);
	free(state->sorted);
	*state = (struct state){ .text = STR_INIT, .others = STR_INIT };
}

void part_walk(struct json_walk *walk, const struct json_part *object)
{
	static const struct json_part empty = { .text = "{}", .len = 2, .type = JSON_OBJECT };

	json_walk_start(walk, object->text ? object : &empty);
}

static size_t name_index(const struct json_part *member, const char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count &&
	    (strncmp(member->key, names[i], member->key_len) != 0 ||
		names[i][member->key_len] != '\0'))
		i++;
	return i;
}

void part_pick(const struct json_part *object, const char *const *names, size_t count,
    struct json_part *picked, struct str *others)
{
	struct json_walk walk;
	struct json_part member;

	memset(picked, 0, count * sizeof *picked);
	if (object->type != JSON_OBJECT)
		return;
	part_walk(&walk, object);
	while (json_walk_next(&walk, &member)) {
		size_t i = name_index(&member, names, count);
		if (i == count && others)
			copy_member(others, &member);
		else if (i < count && !picked[i].text)
			picked[i] = member;
	}
}

/* A string as written, quotes not counted. */
static char *decode(const char *text, size_t len)
{
	if (!memchr(text, '\\', len))
		return mem_strndup(text, len);
	cJSON *json = cJSON_ParseWithLength(text - 1, len + 2);
	char *decoded = mem_strdup(cJSON_IsString(json) ? json->valuestring : "");
	cJSON_Delete(json);
	return decoded;
}

char *part_name(const struct json_part *member)
{
	return decode(member->key, member->key_len);
}

char *part_text(const struct json_part *member)
{
	return member->type == JSON_STRING ? decode(member->text + 1, member->len - 2) : NULL;
}

/* As this program writes them, with a point in every locale; one with an exponent is not ours. */
double part_number(const struct json_part *member)
{
	const char *p = member->text;
	double number = 0, unit = 0;

	if (member->type != JSON_NUMBER)
		return 0;
	const char *end = p + member->len;
	bool negative = *p == '-';
	for (p += negative; p < end; p++) {
		if (*p == '.') {
			unit = 1;
		} else if (*p < '0' || *p > '9') {
			return 0;
		} else {
			number = number * 10 + (*p - '0');
			unit *= 10;
		}
	}
	if (unit > 0)
		number /= unit;
	return isfinite(number) ? (negative ? -number : number) : 0;
}

/* ---- writing ---- */

/* How much of it can stand as it is. */
static size_t plain_len(const char *text, size_t max)
{
	size_t len = 0;

	while (len < max && text[len] >= ' ' && text[len] < 0x7f && text[len] != '"' &&
	    text[len] != '\\')
		len++;
	return len;
}

/* One character, or a byte that is none; returns its length, 0 when there is no room. */
static size_t quote_character(struct str *out, const char *text, size_t left, size_t room)
{
	uint32_t cp;
	size_t n = utf8_decode(text, left, &cp), len = n ? n : 1;

	if (len > room)
		return 0;
	if (n == 0)
		str_add(out, "\xef\xbf\xbd");
	else if (*text == '"' || *text == '\\')
		str_addf(out, "\\%c", *text);
	else if (cp < ' ')
		str_addf(out, "\\u%04x", (unsigned)cp);
	else
		str_add_mem(out, text, n);
	return len;
}

void quote(struct str *out, const char *text, size_t max)
{
	size_t left = strlen(text), room = max, n;

	str_add_char(out, '"');
	while (left > 0) {
		n = plain_len(text, left < room ? left : room);
		str_add_mem(out, text, n);
		if (n == 0)
			n = quote_character(out, text, left, room);
		if (n == 0)
			break;
		text += n;
		left -= n;
		room -= n;
	}
	str_add_char(out, '"');
}

/* Not with printf, whose point is the locale's, and which is slow. */
void add_number(struct str *out, double seconds)
{
	long long thousandths = seconds >= 0 && seconds < 1e12 ? (long long)(seconds * 1000) : 0;
	char text[24], *p = text + sizeof text;

	for (int digits = 0; digits < 5 || thousandths > 0; digits++) {
		if (digits == 3)
			*--p = '.';
		else {
			*--p = (char)('0' + thousandths % 10);
			thousandths /= 10;
		}
	}
	str_add_mem(out, p, (size_t)(text + sizeof text - p));
}

void comma(struct str *out)
{
	if (out->len > 0 && !strchr("{[", out->data[out->len - 1]))
		str_add(out, ",\n");
}

void copy_member(struct str *out, const struct json_part *member)
{
	comma(out);
	if (member->key) {
		str_add_mem(out, member->key - 1, member->key_len + 2);
		str_add_char(out, ':');
	}
	str_add_mem(out, member->text, member->len);
}
