/* SPDX-License-Identifier: Apache-2.0 */
/* Event lines: written, read back, cut from a stream, sent down a pipe that may be closed or full. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/hosts.h"
#include "sallyport/report.h"

static bool reads(struct event *event, const char *line)
{
	return event_read(event, line, strlen(line));
}

/* Writes an event, compares, reads it back into *back. */
static void round_trip(const struct event *event, const char *expected, struct event *back)
{
	struct str out = STR_INIT;

	event_write(event, &out);
	assert_string_equal(str_text(&out), expected);
	assert_true(event_read(back, out.data, out.len - 1));
	assert_int_equal(back->kind, event->kind);
	str_done(&out);
}

static void hello(void **state)
{
	(void)state;
	char host[] = "ecs1";
	struct event event = { .kind = EVENT_HELLO, .host = host, .pid = 1234 }, back;

	round_trip(
	    &event, "{\"event\":\"hello\",\"version\":1,\"host\":\"ecs1\",\"pid\":1234}\n", &back);
	assert_string_equal(back.host, "ecs1");
	assert_int_equal(back.pid, 1234);
	event_done(&back);
}

static void stage(void **state)
{
	(void)state;
	char id[] = "net.connect";
	struct event event = { .kind = EVENT_STAGE, .id = id }, back;

	round_trip(
	    &event, "{\"event\":\"stage\",\"id\":\"net.connect\",\"state\":\"start\"}\n", &back);
	assert_string_equal(back.id, "net.connect");
	event_done(&back);
}

static void check(void **state)
{
	(void)state;
	char host[] = "ecs1";
	struct event event = { .kind = EVENT_CHECK, .host = host }, back;

	event.result = result_new("net.connect", VERDICT_PASS);
	result_summary(event.result, "open");
	event.result->duration_ms = 3.04;
	result_detail(event.result, "address", "%s", "10.0.0.1");
	result_detail(event.result, "address", "%s", "10.0.0.2");
	round_trip(&event,
	    "{\"event\":\"check\",\"host\":\"ecs1\",\"id\":\"net.connect\",\"verdict\":\"pass\","
	    "\"summary\":\"open\",\"hint\":null,\"fixable\":false,\"duration_ms\":3,"
	    "\"details\":{\"address\":[\"10.0.0.1\",\"10.0.0.2\"]}}\n",
	    &back);
	assert_string_equal(back.result->id, "net.connect");
	assert_int_equal(back.result->verdict, VERDICT_PASS);
	assert_string_equal(back.result->summary, "open");
	assert_null(back.result->hint);
	assert_int_equal(back.result->detail_count, 2);
	assert_string_equal(back.result->details[1].value, "10.0.0.2");
	event_done(&back);
	result_free(event.result);
}

static void host(void **state)
{
	(void)state;
	char name[] = "ecs1", depth[] = "reach";
	struct event event = {
		.kind = EVENT_HOST,
		.host = name,
		.depth = depth,
		.verdict = VERDICT_FAIL,
		.duration_ms = 12.3,
	};
	struct event back;

	round_trip(&event,
	    "{\"event\":\"host\",\"host\":\"ecs1\",\"verdict\":\"fail\",\"depth\":\"reach\","
	    "\"duration_ms\":12.3,\"complete\":true}\n",
	    &back);
	assert_int_equal(back.verdict, VERDICT_FAIL);
	assert_string_equal(back.depth, "reach");
	assert_false(back.incomplete);
	event_done(&back);
	event.incomplete = true;
	round_trip(&event,
	    "{\"event\":\"host\",\"host\":\"ecs1\",\"verdict\":\"fail\",\"depth\":\"reach\","
	    "\"duration_ms\":12.3,\"complete\":false}\n",
	    &back);
	assert_true(back.incomplete);
	event_done(&back);
}

static void opening(void **state)
{
	(void)state;
	struct event event = { .kind = EVENT_OPEN }, back;

	round_trip(&event, "{\"event\":\"open\"}\n", &back);
	event_done(&back);
}

static void end(void **state)
{
	(void)state;
	char reason[] = "killed there", sig[] = "KILL";
	struct event event = {
		.kind = EVENT_END,
		.status = -1,
		.signal = sig,
		.cause = END_SIGNAL,
		.reason = reason,
		.bytes_in = UINT64_C(12345678901234),
		.bytes_out = UINT64_C(999999999999999),
	};
	struct event back;

	round_trip(&event,
	    "{\"event\":\"end\",\"status\":null,\"signal\":\"KILL\",\"cause\":\"signal\","
	    "\"reason\":\"killed there\",\"bytes_in\":12345678901234,"
	    "\"bytes_out\":999999999999999}\n",
	    &back);
	assert_int_equal(back.status, -1);
	assert_string_equal(back.signal, "KILL");
	assert_int_equal(back.cause, END_SIGNAL);
	assert_true(back.bytes_in == event.bytes_in && back.bytes_out == event.bytes_out);
	event_done(&back);
}

static void every_cause_is_read_back(void **state)
{
	(void)state;
	for (int cause = END_EXIT; cause <= END_KILLED; cause++) {
		struct event event = { .kind = EVENT_END, .cause = (enum end_cause)cause }, back;
		struct str out = STR_INIT;

		event_write(&event, &out);
		assert_true(event_read(&back, out.data, out.len - 1));
		assert_int_equal(back.cause, cause);
		assert_int_equal(back.status, 0);
		event_done(&back);
		str_done(&out);
	}
}

static void an_unknown_event_is_no_error(void **state)
{
	(void)state;
	struct event event;

	assert_true(reads(&event, "{\"event\":\"weather\",\"sky\":[1,2]}"));
	assert_int_equal(event.kind, EVENT_OTHER);
	event_done(&event);
}

/* A hundred thousand brackets must not reach a recursive parser. */
static void deep_nesting_is_refused(void **state)
{
	(void)state;
	size_t n = 30000;
	char *line = mem_alloc(n);
	struct event event;

	memset(line, '[', n);
	assert_false(event_read(&event, line, n));
	free(line);
}

static void wrong_lines_are_no_events(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"",
		"hello",
		"null",
		"[]",
		"\"event\"",
		"{}",
		"{\"event\":1}",
		"{\"event\":\"open\"",
		"{\"event\":\"open\",}",
		"{\"event\":\"open\"} x",
		"{'event':'open'}",
		"{\"event\":\"op\xff\"}",
		"{\"event\":\"hello\",\"host\":7}",
		"{\"event\":\"hello\",\"host\":\"a\",\"pid\":\"7\"}",
		"{\"event\":\"hello\",\"host\":\"a\",\"pid\":1e99}",
		"{\"event\":\"hello\",\"host\":\"a\",\"pid\":-1}",
		"{\"event\":\"stage\"}",
		"{\"event\":\"stage\",\"id\":{}}",
		"{\"event\":\"check\",\"id\":\"x\"}",
		"{\"event\":\"check\",\"verdict\":\"pass\"}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"good\"}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"fixable\":1}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"summary\":[]}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"hint\":3}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"details\":[]}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"details\":{\"a\":1}}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"details\":{\"a\":[1]}}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"duration_ms\":-1}",
		"{\"event\":\"check\",\"id\":\"x\",\"verdict\":\"pass\",\"duration_ms\":1e400}",
		"{\"event\":\"host\",\"verdict\":\"pass\"}",
		"{\"event\":\"host\",\"host\":\"a\",\"verdict\":7}",
		"{\"event\":\"end\"}",
		"{\"event\":\"end\",\"cause\":\"boredom\"}",
		"{\"event\":\"end\",\"cause\":\"exit\",\"status\":256}",
		"{\"event\":\"end\",\"cause\":\"exit\",\"status\":\"0\"}",
		"{\"event\":\"end\",\"cause\":\"exit\",\"bytes_in\":-5}",
		"{\"event\":\"end\",\"cause\":\"exit\",\"reason\":false}",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct event event;

		if (reads(&event, lines[i]))
			fail_msg("accepted: %s", lines[i]);
		assert_int_equal(event.kind, EVENT_OTHER);
		assert_null(event.result);
	}
}

/* ---- the stream ---- */

struct lines {
	struct strlist got;
};

static void take_line(void *ctx, const char *line, size_t len)
{
	struct lines *lines = ctx;

	strlist_take(&lines->got, mem_strndup(line, len));
}

static void lines_come_whole_however_they_are_cut(void **state)
{
	(void)state;
	static const char text[] = "one\n\ntwo words\nthree";

	for (size_t step = 1; step < sizeof text; step++) {
		struct line_reader reader = { .pending = STR_INIT };
		struct lines lines = { 0 };

		for (size_t at = 0; at < sizeof text - 1; at += step) {
			size_t left = sizeof text - 1 - at;

			line_reader_feed(
			    &reader, text + at, left < step ? left : step, take_line, &lines);
		}
		assert_int_equal(lines.got.len, 3);
		assert_string_equal(lines.got.items[0], "one");
		assert_string_equal(lines.got.items[1], "");
		assert_string_equal(lines.got.items[2], "two words");
		line_reader_feed(&reader, "\n", 1, take_line, &lines);
		assert_string_equal(lines.got.items[3], "three");
		line_reader_done(&reader);
		strlist_done(&lines.got);
	}
}

static void a_line_of_64_kib_is_kept_and_a_longer_one_dropped(void **state)
{
	(void)state;
	struct line_reader reader = { .pending = STR_INIT };
	struct lines lines = { 0 };
	size_t limit = 64 * 1024;
	char *long_line = mem_alloc(limit + 2);

	memset(long_line, 'x', limit + 2);
	long_line[limit] = '\n';
	line_reader_feed(&reader, long_line, limit + 1, take_line, &lines);
	assert_int_equal(lines.got.len, 1);
	assert_int_equal(strlen(lines.got.items[0]), limit);
	long_line[limit] = 'x';
	long_line[limit + 1] = '\n';
	line_reader_feed(&reader, long_line, limit + 2, take_line, &lines); /* in one go */
	for (size_t at = 0; at < limit + 2; at += 2) /* in small pieces */
		line_reader_feed(&reader, long_line + at, 2, take_line, &lines);
	assert_int_equal(lines.got.len, 1);
	line_reader_feed(&reader, "next\n", 5, take_line, &lines);
	assert_int_equal(lines.got.len, 2);
	assert_string_equal(lines.got.items[1], "next");
	free(long_line);
	line_reader_done(&reader);
	strlist_done(&lines.got);
}

/* A line without an end must not grow the reader's memory. */
static void an_endless_line_takes_no_memory(void **state)
{
	(void)state;
	struct line_reader reader = { .pending = STR_INIT };
	struct lines lines = { 0 };
	char chunk[4096];

	memset(chunk, 'x', sizeof chunk);
	for (int i = 0; i < 4096; i++)
		line_reader_feed(&reader, chunk, sizeof chunk, take_line, &lines);
	assert_true(reader.pending.cap <= 256 * 1024);
	assert_int_equal(lines.got.len, 0);
	line_reader_done(&reader);
}

/* ---- the sink ---- */

static void open_pipe(int fds[2], struct report_sink *sink)
{
	assert_int_equal(pipe(fds), 0);
	report_open(sink, fds[1]);
	assert_int_equal(sink->fd, fds[1]);
}

static void the_descriptor_does_not_block_and_is_not_inherited(void **state)
{
	(void)state;
	struct report_sink sink;
	int fds[2];

	open_pipe(fds, &sink);
	assert_true(fcntl(fds[1], F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
	report_close(&sink);
	assert_int_equal(fcntl(fds[1], F_GETFD), -1);
	report_close(&sink); /* again does nothing */
	close(fds[0]);
}

static void a_descriptor_that_is_not_open_is_no_report(void **state)
{
	(void)state;
	struct report_sink sink;
	struct event event = { .kind = EVENT_OPEN };

	report_open(&sink, 987);
	assert_int_equal(sink.fd, -1);
	report_send(&sink, &event);
	report_close(&sink);
}

static void a_closed_pipe_only_loses_events(void **state)
{
	(void)state;
	struct report_sink sink;
	struct event event = { .kind = EVENT_OPEN };
	int fds[2];

	open_pipe(fds, &sink);
	close(fds[0]);
	report_send(&sink, &event);
	assert_int_equal(sink.fd, -1);
	report_send(&sink, &event);
	report_close(&sink);
}

/* Reads all that is there now into out. */
static void drain(int fd, struct str *out)
{
	char chunk[65536];
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		str_add_mem(out, chunk, (size_t)n);
}

static void a_full_pipe_loses_whole_events_only(void **state)
{
	(void)state;
	char host[] = "a host with a name long enough to leave a line cut in the pipe";
	struct event event = { .kind = EVENT_HELLO, .host = host, .pid = 1 }, back;
	struct line_reader reader = { .pending = STR_INIT };
	struct lines lines = { 0 };
	struct report_sink sink;
	struct str text = STR_INIT;
	int fds[2];

	open_pipe(fds, &sink);
	for (int i = 0; i < 5000; i++)
		report_send(&sink, &event);
	assert_int_equal(sink.fd, fds[1]); /* full is not closed */
	assert_true(sink.pending.len <= 80 * 1024);
	drain(fds[0], &text);
	report_send(&sink, &event);
	drain(fds[0], &text);
	line_reader_feed(&reader, text.data, text.len, take_line, &lines);
	assert_true(lines.got.len > 500 && lines.got.len < 5000);
	assert_int_equal(reader.pending.len, 0);
	for (size_t i = 0; i < lines.got.len; i++) {
		assert_true(reads(&back, lines.got.items[i]));
		assert_string_equal(back.host, host);
		event_done(&back);
	}
	report_close(&sink);
	close(fds[0]);
	str_done(&text);
	line_reader_done(&reader);
	strlist_done(&lines.got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello),
		cmocka_unit_test(stage),
		cmocka_unit_test(check),
		cmocka_unit_test(host),
		cmocka_unit_test(opening),
		cmocka_unit_test(end),
		cmocka_unit_test(every_cause_is_read_back),
		cmocka_unit_test(an_unknown_event_is_no_error),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(wrong_lines_are_no_events),
		cmocka_unit_test(lines_come_whole_however_they_are_cut),
		cmocka_unit_test(a_line_of_64_kib_is_kept_and_a_longer_one_dropped),
		cmocka_unit_test(an_endless_line_takes_no_memory),
		cmocka_unit_test(the_descriptor_does_not_block_and_is_not_inherited),
		cmocka_unit_test(a_descriptor_that_is_not_open_is_no_report),
		cmocka_unit_test(a_closed_pipe_only_loses_events),
		cmocka_unit_test(a_full_pipe_loses_whole_events_only),
	};

	signal(SIGPIPE, SIG_IGN); /* as the program does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
