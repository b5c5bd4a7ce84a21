/* SPDX-License-Identifier: Apache-2.0 */
#include "state/document.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* ---- the parts of a document ---- */

static bool of_this_version(const struct json_part *root, struct err *err)
{
	struct json_part version;

	if (root->type != JSON_OBJECT)
		return err_set(err, ERR_SYNTAX, _("it is not an object"));
	if (part_get(root, "version", &version) && part_number(&version) > 1)
		return err_set(err, ERR_INVALID, _("it was written by a later version"));
	return true;
}

static void find_object(const struct json_part *root, const char *key, struct json_part *object)
{
	if (!part_get(root, key, object) || object->type != JSON_OBJECT)
		*object = (struct json_part){ 0 };
}

bool document_init(struct state *state, struct str *text, struct err *err)
{
	*state = (struct state){ .text = *text };
	*text = (struct str)STR_INIT;
	if (state->text.len == 0)
		return true;
	bool ok = json_valid(state->text.data, state->text.len, err);
	if (ok)
		json_root(state->text.data, state->text.len, &state->root);
	if (!ok || !of_this_version(&state->root, err)) {
		document_done(state);
		return false;
	}
	find_object(&state->root, "hosts", &state->hosts);
	find_object(&state->root, "servers", &state->servers);
	return true;
}

void document_done(struct state *state)
{
	str_done(&state->text);
	free(state->sorted);
	*state = (struct state){ .text = STR_INIT };
}

void part_walk(struct json_walk *walk, const struct json_part *object)
{
	static const struct json_part empty = { .text = "{}", .len = 2, .type = JSON_OBJECT };

	json_walk_start(walk, object->text ? object : &empty);
}

bool part_is(const struct json_part *member, const char *key)
{
	return member->key_len == strlen(key) && memcmp(member->key, key, member->key_len) == 0;
}

bool part_get(const struct json_part *object, const char *key, struct json_part *member)
{
	struct json_walk walk;

	part_walk(&walk, object);
	while (json_walk_next(&walk, member))
		if (part_is(member, key))
			return true;
	return false;
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
	const char *p = member->text, *end = p + member->len;
	bool negative = member->type == JSON_NUMBER && *p == '-';
	double number = 0, unit = 0;

	if (member->type != JSON_NUMBER)
		return 0;
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

void quote(struct str *out, const char *text, size_t max)
{
	size_t left = strlen(text), n;
	uint32_t cp;

	str_add_char(out, '"');
	for (size_t room = max; left > 0; text += n, left -= n) {
		n = utf8_decode(text, left, &cp);
		if ((n ? n : 1) > room)
			break;
		room -= n ? n : 1;
		if (n == 0)
			str_add(out, "\xef\xbf\xbd");
		else if (*text == '"' || *text == '\\')
			str_addf(out, "\\%c", *text);
		else if (cp < ' ')
			str_addf(out, "\\u%04x", (unsigned)cp);
		else
			str_add_mem(out, text, n);
		n += n == 0;
	}
	str_add_char(out, '"');
}

/* Not with printf's %f, whose point is the locale's. */
void add_number(struct str *out, double seconds)
{
	bool sane = seconds >= 0 && seconds < 1e12;

	str_addf(out, "%lld.%03d", sane ? (long long)seconds : 0LL,
	    sane ? (int)((seconds - floor(seconds)) * 1000) : 0);
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
