/* SPDX-License-Identifier: Apache-2.0 */
#include "json_write.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* cJSON returns NULL only when there is no memory left. */
static cJSON *must(cJSON *item)
{
	if (!item)
		abort();
	return item;
}

static void add(cJSON *parent, const char *key, cJSON *item)
{
	bool added = cJSON_AddItemToObject(parent, key, must(item));

	assert(added);
}

cJSON *json_object(void)
{
	return must(cJSON_CreateObject());
}

cJSON *json_add_array(cJSON *parent, const char *key)
{
	return must(cJSON_AddArrayToObject(parent, key));
}

cJSON *json_add_object(cJSON *parent, const char *key)
{
	return must(cJSON_AddObjectToObject(parent, key));
}

static cJSON *new_text(const char *text)
{
	struct str mended = STR_INIT;
	size_t left = strlen(text), n;
	uint32_t cp;

	for (; left > 0; text += n, left -= n) {
		n = utf8_decode(text, left, &cp);
		if (n > 0)
			str_add_mem(&mended, text, n);
		else
			str_add(&mended, "\xef\xbf\xbd");
		n += n == 0;
	}
	cJSON *item = must(cJSON_CreateString(str_text(&mended)));

	str_done(&mended);
	return item;
}

void json_add_text(cJSON *parent, const char *key, const char *text)
{
	add(parent, key, text ? new_text(text) : cJSON_CreateNull());
}

void json_add_number(cJSON *parent, const char *key, double number)
{
	add(parent, key, cJSON_CreateNumber(number));
}

void json_add_ms(cJSON *parent, const char *key, double ms)
{
	bool sane = ms >= 0 && ms < 1e15;

	json_add_number(parent, key, sane ? (double)(int64_t)(ms * 10 + 0.5) / 10 : 0);
}

void json_add_bool(cJSON *parent, const char *key, bool value)
{
	add(parent, key, cJSON_CreateBool(value));
}

void json_append_text(cJSON *array, const char *text)
{
	bool added = cJSON_AddItemToArray(array, new_text(text));

	assert(added);
}

void json_add_list(cJSON *parent, const char *key, const struct strlist *list)
{
	cJSON *array = json_add_array(parent, key);

	for (size_t i = 0; i < list->len; i++)
		json_append_text(array, list->items[i]);
}

/* A key that comes again makes its value an array. */
static void add_detail(cJSON *details, const struct detail *detail)
{
	cJSON *before = cJSON_GetObjectItemCaseSensitive(details, detail->key);

	if (!before) {
		json_add_text(details, detail->key, detail->value);
		return;
	}
	if (!cJSON_IsArray(before)) {
		cJSON *array = must(cJSON_CreateArray());

		cJSON_AddItemToArray(array, must(cJSON_Duplicate(before, false)));
		cJSON_ReplaceItemInObjectCaseSensitive(details, detail->key, array);
		before = array;
	}
	json_append_text(before, detail->value);
}

void json_add_result(cJSON *parent, const struct result *result)
{
	json_add_text(parent, "verdict", verdict_name(result->verdict));
	json_add_text(parent, "summary", result->summary ? result->summary : "");
	json_add_text(parent, "hint", result->hint);
	json_add_bool(parent, "fixable", result->fixable);
	json_add_ms(parent, "duration_ms", result->duration_ms);
	cJSON *details = json_add_object(parent, "details");

	for (size_t i = 0; i < result->detail_count; i++)
		add_detail(details, &result->details[i]);
}

void json_finish(cJSON *value, struct str *out)
{
	char *text = cJSON_PrintUnformatted(value);

	if (!text)
		abort();
	str_add(out, text);
	cJSON_free(text);
	cJSON_Delete(value);
}

void json_document_begin(struct str *out)
{
	str_add(out, "{\"version\":1,\"hosts\":[");
}

void json_document_add(cJSON *value, struct str *out)
{
	if (out->data[out->len - 1] != '[')
		str_add_char(out, ',');
	json_finish(value, out);
}

void json_document_end(struct str *out)
{
	str_add(out, "]}\n");
}
