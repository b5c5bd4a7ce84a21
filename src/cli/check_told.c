/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child has found, as lines in a file in memory that outlives it: a host as the events of --json-lines, with its
 * place for a name, and "called UNFINISHED SERVER".  Each begins with the end of a line and an empty one, for the one before
 * may be half there.
 */
#include "cli/check_told.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char called_word[] = "called ", again[] = "\n\n";

int check_told_new(void)
{
	return memfd_create("told", MFD_CLOEXEC);
}

/* ---- the child ---- */

/* At the end of the file: all who write share its position. */
static void append(int fd, const struct str *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t put = write(fd, text->data + done, text->len - done);

		if (put > 0)
			done += (size_t)put;
		else if (put == 0 || errno != EINTR)
			return;
	}
}

void check_told_host(int fd, size_t place, const struct host_report *report)
{
	char name[24];
	struct event event = { .kind = EVENT_CHECK, .host = name, .status = -1 };
	struct str text = STR_INIT;

	snprintf(name, sizeof name, "%zu", place);
	str_add(&text, again);
	for (size_t i = 0; i < report->count; i++) {
		event.result = report->results[i];
		event_write(&event, &text);
	}
	event.kind = EVENT_HOST;
	event.verdict = report->verdict;
	event.depth = report->depth;
	event.duration_ms = report->duration_ms;
	event.incomplete = report->incomplete;
	event_write(&event, &text);
	append(fd, &text);
	str_done(&text);
}

void check_told_called(int fd, const char *server, double unfinished)
{
	struct str text = STR_INIT;

	str_addf(&text, "%s%s%g %s\n", again, called_word, unfinished, server);
	append(fd, &text);
	str_done(&text);
}

/* ---- who reads it ---- */

struct reading {
	const struct check_told_reader *reader;
	void *ctx;
	struct host_report report; /* of the host that is not ended yet */
};

static void read_called(struct reading *reading, const char *line, size_t len)
{
	char *text = mem_strndup(line, len), *server;
	double unfinished = strtod(text + strlen(called_word), &server);

	if (reading->reader->called && *server == ' ')
		reading->reader->called(reading->ctx, server + 1, unfinished);
	free(text);
}

static void read_event(struct reading *reading, struct event *event)
{
	struct host_report *report = &reading->report;

	if (event->kind == EVENT_CHECK) {
		host_report_add(report, event->result);
		event->result = NULL;
	} else if (event->kind == EVENT_HOST) {
		report->verdict = event->verdict;
		report->incomplete = event->incomplete;
		report->duration_ms = event->duration_ms;
		report->depth = event->depth;
		event->depth = NULL;
		reading->reader->host(reading->ctx, strtoul(event->host, NULL, 10), report);
		host_report_done(report);
	}
}

static void read_line(struct reading *reading, const char *line, size_t len)
{
	struct event event;

	if (len == 0) {
		host_report_done(&reading->report);
	} else if (len > strlen(called_word) &&
	    strncmp(line, called_word, strlen(called_word)) == 0) {
		read_called(reading, line, len);
	} else if (event_read(&event, line, len)) {
		read_event(reading, &event);
		event_done(&event);
	}
}

/* How much of it were whole lines.  Of any length: they are our own, though servers have a say in it. */
static size_t read_lines(struct reading *reading, const char *text, size_t len)
{
	size_t done = 0;
	const char *end;

	while (done < len && (end = memchr(text + done, '\n', len - done))) {
		read_line(reading, text + done, (size_t)(end - text) - done);
		done = (size_t)(end - text) + 1;
	}
	return done;
}

size_t check_told_read(int fd, size_t from, const struct check_told_reader *reader, void *ctx)
{
	struct reading reading = { .reader = reader, .ctx = ctx };
	struct str pending = STR_INIT;
	char piece[16 * 1024];
	ssize_t got;

	while ((got = pread(fd, piece, sizeof piece, (off_t)from)) > 0 ||
	    (got == -1 && errno == EINTR)) {
		if (got == -1)
			continue;
		str_add_mem(&pending, piece, (size_t)got);
		str_consume(&pending, read_lines(&reading, pending.data, pending.len));
		from += (size_t)got;
	}
	str_done(&pending);
	host_report_done(&reading.report);
	return from;
}
