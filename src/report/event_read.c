/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <limits.h>

#include <cjson/cJSON.h>

#include "event_names.h"
#include "sallyport/hosts.h"

/*
 * Lines come from a child that a server may have got the better of.  So: strict JSON first (its depth is limited,
 * so cJSON cannot be driven deep), then every member's type and range; a wrong one spoils the line.
 */

enum need { OPTIONAL, REQUIRED };

/* Absent and null are the same here.  False: it must not be absent, or is no string. */
static bool get_text(const cJSON *json, const char *key, enum need need, char **text)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

	if (!item || cJSON_IsNull(item))
		return need == OPTIONAL;
	if (!cJSON_IsString(item))
		return false;
	*text = mem_strdup(item->valuestring);
	return true;
}

/* Leaves *number as it is when the member is absent or null. */
static bool get_number(const cJSON *json, const char *key, double min, double max, double *number)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

	if (!item || cJSON_IsNull(item))
		return true;
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= min && item->valuedouble <= max))
		return false;
	*number = item->valuedouble;
	return true;
}

static bool get_verdict(const cJSON *json, enum verdict *verdict)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "verdict");

	return cJSON_IsString(item) && verdict_parse(item->valuestring, verdict);
}

/* A day is longer than any check takes. */
static bool get_duration(const cJSON *json, double *ms)
{
	return get_number(json, "duration_ms", 0, 86400e3, ms);
}

/* A string, or an array of strings. */
static bool read_detail(struct result *result, const cJSON *item)
{
	const cJSON *one;

	if (cJSON_IsString(item)) {
		result_detail(result, item->string, "%s", item->valuestring);
		return true;
	}
	if (!cJSON_IsArray(item))
		return false;
	for (one = item->child; one; one = one->next) {
		if (!cJSON_IsString(one))
			return false;
		result_detail(result, item->string, "%s", one->valuestring);
	}
	return true;
}

static bool read_details(struct result *result, const cJSON *json)
{
	const cJSON *details = cJSON_GetObjectItemCaseSensitive(json, "details"), *item;

	if (!details || cJSON_IsNull(details))
		return true;
	if (!cJSON_IsObject(details))
		return false;
	for (item = details->child; item; item = item->next)
		if (!read_detail(result, item))
			return false;
	return true;
}

static bool read_check(struct event *event, const cJSON *json)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(json, "id");
	const cJSON *fixable = cJSON_GetObjectItemCaseSensitive(json, "fixable");
	const cJSON *summary = cJSON_GetObjectItemCaseSensitive(json, "summary");

	if (!cJSON_IsString(id) || (fixable && !cJSON_IsBool(fixable)) ||
	    (summary && !cJSON_IsString(summary)))
		return false;
	struct result *result = event->result = result_new(id->valuestring, VERDICT_SKIP);

	if (summary)
		result_summary(result, "%s", summary->valuestring);
	result->fixable = cJSON_IsTrue(fixable);
	return get_verdict(json, &result->verdict) && get_duration(json, &result->duration_ms) &&
	    get_text(json, "hint", OPTIONAL, &result->hint) && read_details(result, json);
}

/* A member that is absent is taken as true. */
static bool get_flag(const cJSON *json, const char *key, bool *flag)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

	*flag = !cJSON_IsFalse(item);
	return !item || cJSON_IsBool(item);
}

static bool read_host(struct event *event, const cJSON *json)
{
	bool complete = true;
	bool ok = get_text(json, "host", REQUIRED, &event->host) &&
	    get_verdict(json, &event->verdict) &&
	    get_text(json, "depth", OPTIONAL, &event->depth) &&
	    get_flag(json, "complete", &complete) && get_duration(json, &event->duration_ms);

	event->incomplete = !complete;
	return ok;
}

static bool read_end(struct event *event, const cJSON *json)
{
	const cJSON *cause = cJSON_GetObjectItemCaseSensitive(json, "cause");
	double status = -1, in = 0, out = 0;

	if (!cJSON_IsString(cause) || !end_cause_parse(cause->valuestring, &event->cause) ||
	    !get_number(json, "status", -1, 255, &status) ||
	    !get_number(json, "bytes_in", 0, 9007199254740992.0, &in) ||
	    !get_number(json, "bytes_out", 0, 9007199254740992.0, &out) ||
	    !get_text(json, "signal", OPTIONAL, &event->signal) ||
	    !get_text(json, "reason", OPTIONAL, &event->reason))
		return false;
	event->status = (int)status;
	event->bytes_in = (uint64_t)in;
	event->bytes_out = (uint64_t)out;
	return true;
}

static bool read_hello(struct event *event, const cJSON *json)
{
	double pid = 0;

	if (!get_text(json, "host", OPTIONAL, &event->host) ||
	    !get_number(json, "pid", 0, INT_MAX, &pid))
		return false;
	event->pid = (long)pid;
	return true;
}

static bool read_members(struct event *event, const cJSON *json)
{
	switch (event->kind) {
	case EVENT_HELLO:
		return read_hello(event, json);
	case EVENT_STAGE:
		return get_text(json, "id", REQUIRED, &event->id);
	case EVENT_CHECK:
		return get_text(json, "host", OPTIONAL, &event->host) && read_check(event, json);
	case EVENT_HOST:
		return read_host(event, json);
	case EVENT_END:
		return read_end(event, json);
	case EVENT_OPEN:
	case EVENT_OTHER:
		break;
	}
	return true;
}

bool event_read(struct event *event, const char *line, size_t len)
{
	struct err err = ERR_INIT;
	bool ok = false;

	*event = (struct event){ .kind = EVENT_OTHER };
	if (!json_valid(line, len, &err))
		return false;
	cJSON *json = cJSON_ParseWithLength(line, len);
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(json, "event");

	if (cJSON_IsObject(json) && cJSON_IsString(kind)) {
		event->kind = event_kind_parse(kind->valuestring);
		ok = read_members(event, json);
	}
	cJSON_Delete(json);
	if (!ok)
		event_done(event);
	return ok;
}
