/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <stdlib.h>

#include "event_names.h"
#include "json_write.h"

void event_done(struct event *event)
{
	free(event->host);
	free(event->id);
	free(event->depth);
	free(event->signal);
	free(event->reason);
	result_free(event->result);
	*event = (struct event){ .kind = EVENT_OTHER };
}

static void write_end(const struct event *event, cJSON *json)
{
	if (event->status >= 0)
		json_add_number(json, "status", event->status);
	else
		json_add_text(json, "status", NULL);
	json_add_text(json, "signal", event->signal);
	json_add_text(json, "cause", end_cause_name(event->cause));
	json_add_text(json, "reason", event->reason);
	json_add_number(json, "bytes_in", (double)event->bytes_in);
	json_add_number(json, "bytes_out", (double)event->bytes_out);
}

static void write_members(const struct event *event, cJSON *json)
{
	switch (event->kind) {
	case EVENT_HELLO:
		json_add_number(json, "version", 1);
		json_add_text(json, "host", event->host);
		json_add_number(json, "pid", (double)event->pid);
		break;
	case EVENT_STAGE:
		json_add_text(json, "id", event->id);
		json_add_text(json, "state", "start");
		break;
	case EVENT_CHECK:
		if (event->host)
			json_add_text(json, "host", event->host);
		json_add_text(json, "id", event->result->id);
		json_add_result(json, event->result);
		break;
	case EVENT_HOST:
		json_add_text(json, "host", event->host);
		json_add_text(json, "verdict", verdict_name(event->verdict));
		json_add_text(json, "depth", event->depth);
		json_add_ms(json, "duration_ms", event->duration_ms);
		json_add_bool(json, "complete", !event->incomplete);
		break;
	case EVENT_END:
		write_end(event, json);
		break;
	case EVENT_OPEN:
	case EVENT_OTHER:
		break;
	}
}

void event_write(const struct event *event, struct str *out)
{
	cJSON *json = json_object();

	json_add_text(json, "event", event_kind_name(event->kind));
	write_members(event, json);
	json_finish(json, out);
	str_add_char(out, '\n');
}
