/* SPDX-License-Identifier: Apache-2.0 */
#include "host_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "host.h"

/* What a reader of one kind of field gets. */
struct read {
	struct host *host;
	const struct host_field *field;
	const cJSON *json;
	enum field_origin origin;
	struct err *err;
};

static bool read_text(const struct read *r)
{
	if (!cJSON_IsString(r->json))
		return err_set(r->err, ERR_INVALID, _("must be a text in double quotes"));
	return host_set_text(r->host, r->field, r->json->valuestring, r->origin, r->err);
}

static bool read_number(const struct read *r)
{
	/* Another type fails the range as well, and so says what is wanted. */
	double value = cJSON_IsNumber(r->json) ? r->json->valuedouble : NAN;

	return host_set_number(r->host, r->field, value, r->origin, r->err);
}

static bool read_bool(const struct read *r)
{
	if (!cJSON_IsBool(r->json))
		return err_set(r->err, ERR_INVALID, _("must be true or false"));
	host_set_bool(r->host, r->field, cJSON_IsTrue(r->json), r->origin);
	return true;
}

static bool read_list(const struct read *r)
{
	const cJSON *item = cJSON_IsArray(r->json) ? r->json->child : r->json;

	host_clear_list(r->host, r->field, r->origin);
	for (; item; item = item->next) {
		if (!cJSON_IsString(item))
			return err_set(
			    r->err, ERR_INVALID, _("must be a text or an array of texts"));
		if (!host_add_item(r->host, r->field, item->valuestring, r->origin, r->err))
			return false;
	}
	return true;
}

/* "NAME=value"; an array of texts is joined with commas.  NULL: a type that has no text. */
static char *map_entry(const cJSON *item)
{
	struct str out = STR_INIT;
	const cJSON *one = cJSON_IsArray(item) ? item->child : item;

	str_addf(&out, "%s=", item->string);
	for (bool first = true; one; one = one->next, first = false) {
		if (!cJSON_IsString(one)) {
			str_done(&out);
			return NULL;
		}
		str_addf(&out, "%s%s", first ? "" : ",", one->valuestring);
		if (!cJSON_IsArray(item))
			break;
	}
	return str_take(&out);
}

static bool read_map(const struct read *r)
{
	if (!cJSON_IsObject(r->json))
		return err_set(r->err, ERR_INVALID, _("must be an object of texts"));
	host_clear_list(r->host, r->field, r->origin);
	for (const cJSON *item = r->json->child; item; item = item->next) {
		char *entry = map_entry(item);

		/* Facts of our own that a newer version wrote in another shape are no error. */
		bool ok = entry ? host_add_item(r->host, r->field, entry, r->origin, r->err)
				: !r->field->ssh_keyword ||
			err_set(r->err, ERR_INVALID, _("must be an object of texts"));

		free(entry);
		if (!ok)
			return false;
	}
	return true;
}

static bool read_by_kind(const struct read *r)
{
	switch (r->field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		return read_text(r);
	case FIELD_LIST:
		return read_list(r);
	case FIELD_NUMBER:
		return read_number(r);
	case FIELD_BOOL:
		return read_bool(r);
	case FIELD_MAP:
		return read_map(r);
	}
	return false;
}

/* A text without escapes stands there as it is: most are, and there may be very many. */
static bool is_plain(const struct host_field *field, const struct json_part *value)
{
	return (field->kind == FIELD_TEXT || field->kind == FIELD_CHOICE) &&
	    value->type == JSON_STRING && !memchr(value->text, '\\', value->len);
}

static bool read_plain(struct host *host, const struct host_field *field,
    const struct json_part *value, enum field_origin origin, struct err *err)
{
	char *text = mem_strndup(value->text + 1, value->len - 2);
	bool ok = host_set_text(host, field, text, origin, err);

	free(text);
	return ok;
}

bool host_read_field(struct host *host, const struct host_field *field,
    const struct json_part *value, enum field_origin origin, struct err *err)
{
	if (is_plain(field, value))
		return read_plain(host, field, value, origin, err);
	/* cJSON looks at the first 63 characters of a number only. */
	bool too_long = value->type == JSON_NUMBER && value->len > 60;
	const char *flaw = json_flaw(value->text, value->len);

	if (flaw)
		return err_set(err, ERR_INVALID, _("has %s in it, which no text can hold"), flaw);
	cJSON *json =
	    too_long ? cJSON_CreateNull() : cJSON_ParseWithLength(value->text, value->len);

	if (!json)
		abort(); /* the scanner has accepted it, so there is no memory left */
	struct read r = { host, field, json, origin, err };
	bool ok = read_by_kind(&r);

	cJSON_Delete(json);
	return ok;
}

char *json_key(const struct json_part *part)
{
	char *name = NULL;

	if (memchr(part->key, '\\', part->key_len) && !json_flaw(part->key, part->key_len)) {
		cJSON *json = cJSON_ParseWithLength(part->key - 1, part->key_len + 2);

		if (cJSON_IsString(json))
			name = mem_strdup(json->valuestring);
		cJSON_Delete(json);
	}
	return name ? name : mem_strndup(part->key, part->key_len);
}
