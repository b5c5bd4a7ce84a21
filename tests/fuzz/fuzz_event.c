/* SPDX-License-Identifier: Apache-2.0 */
/* What a child writes: an event that was understood is understood again when we write it. */
#include "fuzz.h"

#include <assert.h>

#include "sallyport/report.h"
#include "sallyport/util.h"

static void read_line(void *ctx, const char *line, size_t len)
{
	struct event event = { 0 }, again = { 0 };
	struct str out = STR_INIT;

	(void)ctx;
	if (event_read(&event, line, len) && event.kind != EVENT_OTHER) {
		event_write(&event, &out);
		assert(event_read(&again, out.data, out.len - 1));
		assert(again.kind == event.kind);
	}
	event_done(&event);
	event_done(&again);
	str_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line_reader reader = { 0 };

	line_reader_feed(&reader, (const char *)data, size / 2, read_line, NULL);
	line_reader_feed(&reader, (const char *)data + size / 2, size - size / 2, read_line, NULL);
	line_reader_done(&reader);
	return 0;
}
