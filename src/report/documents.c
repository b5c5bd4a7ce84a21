/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <stdlib.h>
#include <time.h>

#include "json_write.h"
#include "sallyport/hosts.h"

void host_report_done(struct host_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		result_free(report->results[i]);
	free(report->results);
	free(report->name);
	free(report->depth);
	*report = (struct host_report){ 0 };
}

void host_report_add(struct host_report *report, struct result *result)
{
	enum { STEP = 16 }; /* most have fewer */

	if (report->count % STEP == 0)
		report->results =
		    mem_realloc(report->results, report->count + STEP, sizeof(struct result *));
	report->results[report->count++] = result;
	report->verdict = verdict_worse(report->verdict, result->verdict);
	report->incomplete = report->incomplete || result_is_left(result);
}

/* RFC 3339 in UTC, as in "2026-11-22T07:00:00Z". */
static void add_time(cJSON *json, const char *key, int64_t seconds)
{
	char text[40] = "";
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_add_text(json, key, text);
}

static cJSON *report_json(const struct host_report *report)
{
	cJSON *json = json_object();

	json_add_text(json, "name", report->name);
	json_add_text(json, "verdict", verdict_name(report->verdict));
	json_add_text(json, "depth", report->depth);
	add_time(json, "checked_at", report->checked_at);
	json_add_ms(json, "duration_ms", report->duration_ms);
	json_add_bool(json, "complete", !report->incomplete);
	cJSON *checks = json_add_array(json, "checks");

	for (size_t i = 0; i < report->count; i++) {
		cJSON *check = json_object();

		json_add_text(check, "id", report->results[i]->id);
		json_add_result(check, report->results[i]);
		cJSON_AddItemToArray(checks, check);
	}
	return json;
}

void reports_write(const struct host_report *reports, size_t count, struct str *out)
{
	json_document_begin(out);
	for (size_t i = 0; i < count; i++)
		if (reports[i].name)
			json_document_add(report_json(&reports[i]), out);
	json_document_end(out);
}
