/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child has found, as lines in a file in memory that outlives it: a host as the events of --json-lines, with its
 * place for a name, and "called UNFINISHED SERVER".
 */
#include "cli/check_told.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char called_word[] = "called ";

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

	str_addf(&text, "%s%g %s\n", called_word, unfinished, server);
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

static void read_line(void *ctx, const char *line, size_t len)
{
	struct reading *reading = ctx;
	struct event event;

	if (len > strlen(called_word) && strncmp(line, called_word, strlen(called_word)) == 0) {
		read_called(reading, line, len);
	} else if (event_read(&event, line, len)) {
		read_event(reading, &event);
		event_done(&event);
	}
}

size_t check_told_read(int fd, size_t from, const struct check_told_reader *reader, void *ctx)
{
	struct reading reading = { .reader = reader, .ctx = ctx };
	struct line_reader lines = { .pending = STR_INIT };
	char piece[16 * 1024];
	ssize_t got;

	while ((got = pread(fd, piece, sizeof piece, (off_t)from)) > 0) {
		line_reader_feed(&lines, piece, (size_t)got, read_line, &reading);
		from += (size_t)got;
	}
	line_reader_done(&lines);
	host_report_done(&reading.report);
	return from;
}
