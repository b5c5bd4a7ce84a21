/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sallyport/hosts.h"

static void write_has_failed(struct check_telling *telling)
{
	telling->write_failed = true;
	if (telling->marks)
		telling->marks->write_failed = true;
	if (telling->checks)
		checks_stop(telling->checks);
}

/*
 * Before the loop sleeps: one write for all that a turn has told.  A reader that has gone ends
 * the run: nobody is there to be told.
 */
static void write_pending(void *ctx)
{
	struct check_telling *telling = ctx;

	if (!telling->write_failed && telling->pending.len > 0 &&
	    cli_print(&telling->pending) != EXIT_OK)
		write_has_failed(telling);
	str_reset(&telling->pending);
}

/* As a line of --json-lines, and to whom --report-fd leads. */
static void say_event(struct check_telling *telling, struct event *event)
{
	report_send(&telling->sink, event);
	if (telling->wanted->json_lines) {
		event_write(event, &telling->pending);
		loop_task_queue(&telling->write);
	}
	event_done(event);
}

static bool has_events(const struct check_telling *telling)
{
	return telling->wanted->json_lines || telling->sink.fd != -1;
}

static void on_result(void *ctx, const struct host *host, const struct result *result)
{
	struct check_telling *telling = ctx;
	struct event event = { .kind = EVENT_CHECK, .status = -1 };

	if (telling->marks)
		check_mark(telling, host)->begun = true;
	if (!has_events(telling))
		return;
	event.host = mem_strdup(host->name ? host->name : "");
	event.result = result_dup(result);
	say_event(telling, &event);
}

static void say_host_event(struct check_telling *telling, const struct host_report *report)
{
	struct event event = { .kind = EVENT_HOST, .status = -1 };

	event.host = mem_strdup(report->name);
	event.verdict = report->verdict;
	event.depth = mem_strdup(report->depth);
	event.incomplete = report->incomplete;
	event.duration_ms = report->duration_ms;
	say_event(telling, &event);
}

static void keep_report(
    struct check_telling *telling, const struct host *host, const struct host_report *report)
{
	struct host_report *kept =
	    &telling->reports[check_selection_place(telling->selection, host)];

	*kept = *report;
	kept->name = mem_strdup(report->name);
	kept->depth = mem_strdup(report->depth);
	kept->results = NULL;
	kept->count = 0;
	for (size_t i = 0; i < report->count; i++)
		host_report_add(kept, result_dup(report->results[i]));
}

static void say_text(struct check_telling *telling, const struct host_report *report)
{
	check_text(&telling->pending, report, &telling->style);
	if (telling->marks)
		write_pending(telling);
	else
		loop_task_queue(&telling->write);
}

struct check_mark *check_mark(const struct check_telling *telling, const struct host *host)
{
	return &telling->marks->of[check_selection_place(telling->selection, host)];
}

/* Not before it was written: who has a mark is not told again. */
static void mark_told(
    struct check_telling *telling, const struct host *host, const struct host_report *report)
{
	struct check_mark *mark = check_mark(telling, host);

	check_told_host(
	    telling->marks->told, check_selection_place(telling->selection, host), report);
	mark->checked_at = report->checked_at;
	mark->told = true;
}

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	struct check_telling *telling = ctx;

	check_memory_add(&telling->memory, host, report, telling->interrupted);
	text_tally_add(telling->tally, report);
	if (has_events(telling))
		say_host_event(telling, report);
	if (!telling->wanted->json_lines && !telling->wanted->json)
		say_text(telling, report);
	if (telling->marks)
		mark_told(telling, host, report);
	else if (telling->reports)
		keep_report(telling, host, report);
}

static void on_done(void *ctx)
{
	struct check_telling *telling = ctx;

	loop_stop(telling->loop);
}

static bool is_named(void *ctx, const struct host *host)
{
	struct check_telling *telling = ctx;

	return check_selection_place(telling->selection, host) < telling->selection->named;
}

static bool may_call(void *ctx, const char *server, char **why)
{
	struct check_telling *telling = ctx;

	return check_memory_may_call(&telling->memory, server, why);
}

static void called(void *ctx, const char *server, double unfinished)
{
	struct check_telling *telling = ctx;

	check_memory_called(&telling->memory, server, unfinished);
	if (telling->marks)
		check_told_called(telling->marks->told, server, unfinished);
}

static double unfinished_of(void *ctx, const char *server)
{
	struct check_telling *telling = ctx;

	return check_memory_unfinished(&telling->memory, server);
}

const struct checks_owner check_teller = { on_result, on_host_done, on_done, is_named, may_call,
	called, unfinished_of };

/* Of several hosts only what needs attention, unless -v asks for all. */
static struct text_style text_style(const struct cli *cli, size_t hosts)
{
	struct text_style style = { .colour = cli_colour(STDOUT_FILENO),
		.brief = hosts > 1 && cli->verbosity == 0 };
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		style.width = size.ws_col;
	return style;
}

void check_telling_init(struct check_telling *telling, const struct cli *cli,
    const struct check_wanted *wanted, const struct check_selection *selection, struct loop *loop,
    struct check_marks *marks, struct host_report *reports)
{
	*telling = (struct check_telling){ .wanted = wanted,
		.selection = selection,
		.style = text_style(cli, marks ? marks->hosts : selection->len),
		.loop = loop,
		.marks = marks,
		.reports = reports };
	report_open(&telling->sink, wanted->report_fd == -1 ? -1 : dup((int)wanted->report_fd));
	telling->tally = marks ? &marks->tally : &telling->own_tally;
	loop_task_init(&telling->write, loop, write_pending, telling);
}

/* Here, or in a child that told its part. */
static bool has_write_failed(const struct check_telling *telling)
{
	return telling->write_failed || (telling->marks && telling->marks->write_failed);
}

int check_telling_status(const struct check_telling *telling)
{
	if (telling->interrupted)
		return EXIT_INTERRUPTED;
	if (has_write_failed(telling) || !text_tally_fine(telling->tally, telling->wanted->strict))
		return EXIT_FAILED;
	return EXIT_OK;
}

void check_telling_end(struct check_telling *telling)
{
	if (telling->wanted->json)
		reports_write(telling->reports, telling->selection->len, &telling->pending);
	else if (!telling->wanted->json_lines && telling->selection->len > 1)
		check_text_tally(&telling->pending, telling->tally, &telling->style);
	write_pending(telling);
}

void check_telling_done(struct check_telling *telling)
{
	report_close(&telling->sink);
	str_done(&telling->pending);
	loop_task_done(&telling->write);
}
