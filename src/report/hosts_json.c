/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts as JSON: "list --json" and "show --json", printed from the table of fields. */
#include "sallyport/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "json_write.h"

static const char *const origin_names[] = {
	[ORIGIN_BUILTIN] = "built in",
	[ORIGIN_DEFAULTS] = "defaults",
	[ORIGIN_HOST] = "host",
	[ORIGIN_COMMAND_LINE] = "command line",
};

/* "NAME=value" items as an object again. */
static void add_map(cJSON *json, const char *key, const struct strlist *map)
{
	cJSON *object = json_add_object(json, key);

	for (size_t i = 0; i < map->len; i++) {
		size_t len = strcspn(map->items[i], "=");
		char *name = mem_strndup(map->items[i], len);

		json_add_text(object, name, map->items[i] + len + (map->items[i][len] == '='));
		free(name);
	}
}

/* The value in its own type; a text or list that is not set has no member. */
static void add_field(cJSON *json, const struct host *host, const struct host_field *field)
{
	const void *at = (const char *)host + field->offset;
	const struct strlist *list = at;
	const char *const *text = at;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		if (*text)
			json_add_text(json, field->json, *text);
		break;
	case FIELD_LIST:
		if (list->len)
			json_add_list(json, field->json, list);
		break;
	case FIELD_MAP:
		if (list->len)
			add_map(json, field->json, list);
		break;
	case FIELD_NUMBER:
		json_add_number(json, field->json, (double)*(const long *)at);
		break;
	case FIELD_BOOL:
		json_add_bool(json, field->json, *(const bool *)at);
		break;
	}
}

static cJSON *host_json(const struct host *host)
{
	cJSON *json = json_object();
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++)
		add_field(json, host, &fields[i]);
	json_add_text(json, "source", host->source);
	if (host->line) {
		json_add_number(json, "line", host->line);
		json_add_number(json, "column", host->col);
	}
	if (host->problem)
		json_add_text(json, "problem", host->problem);
	return json;
}

void hosts_write(struct host *const *hosts, size_t count, struct str *out)
{
	json_document_begin(out);
	for (size_t i = 0; i < count; i++)
		json_document_add(host_json(hosts[i]), out);
	json_document_end(out);
}

static void add_origins(cJSON *json, const struct host *host)
{
	cJSON *origins = json_add_object(json, "origins");
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (cJSON_HasObjectItem(json, fields[i].json))
			json_add_text(
			    origins, fields[i].json, origin_names[host_origin(host, &fields[i])]);
}

void host_write(
    const struct host_list *list, const struct host *host, bool explain, struct str *out)
{
	cJSON *json = host_json(host);

	if (explain) {
		char *command = host_ssh_command(list, host);

		add_origins(json, host);
		json_add_text(json, "ssh_command", command);
		free(command);
	}
	json_finish(json, out);
	str_add_char(out, '\n');
}
