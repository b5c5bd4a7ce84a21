/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <string.h>

/* The longest line that is kept. */
#define LINE_MAX_LEN ((size_t)64 * 1024)

/* A newline has come: hands out what was kept and the rest of the line before it. */
static void end_line(
    struct line_reader *reader, const char *data, size_t len, line_fn *fn, void *ctx)
{
	if (reader->dropping || reader->pending.len + len > LINE_MAX_LEN) {
		str_reset(&reader->pending);
		reader->dropping = false;
		return;
	}
	if (!reader->pending.len) {
		fn(ctx, data, len);
		return;
	}
	str_add_mem(&reader->pending, data, len);
	/* Moved out first: fn may free the reader. */
	struct str line = reader->pending;

	reader->pending = (struct str)STR_INIT;
	fn(ctx, line.data, line.len);
	str_done(&line);
}

void line_reader_feed(
    struct line_reader *reader, const char *data, size_t len, line_fn *fn, void *ctx)
{
	const char *newline;

	while (len && (newline = memchr(data, '\n', len))) {
		size_t n = (size_t)(newline - data);

		end_line(reader, data, n, fn, ctx);
		data += n + 1;
		len -= n + 1;
	}
	if (reader->dropping || !len)
		return;
	if (reader->pending.len + len > LINE_MAX_LEN) {
		str_done(&reader->pending);
		reader->dropping = true;
		return;
	}
	str_add_mem(&reader->pending, data, len);
}

void line_reader_done(struct line_reader *reader)
{
	str_done(&reader->pending);
	reader->dropping = false;
}
