/* SPDX-License-Identifier: Apache-2.0 */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	ERRORS_MAX = 4096, /* of a checker's standard error */
	READ_SIZE = 16384,
};

static void source_close(struct source *source)
{
	loop_watch_cancel(source->watch);
	source->watch = NULL;
	if (source->fd != -1)
		close(source->fd);
	source->fd = -1;
}

/* Bytes read, 0 at the end (closed then) or when nothing is there now. */
static size_t source_read(struct source *source, char *buf, size_t size)
{
	if (source->fd == -1)
		return 0;
	ssize_t got = read(source->fd, buf, size);
	if (got > 0)
		return (size_t)got;
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		source_close(source);
	return 0;
}

static void on_line(void *ctx, const char *line, size_t len)
{
	struct job *job = ctx;
	struct event event;

	if (!event_read(&event, line, len))
		return;
	job->jobs->owner.event(job->jobs->ctx, job, &event);
	if (event.kind == EVENT_END && !job->has_end) {
		job->end = event;
		job->has_end = true;
		return;
	}
	event_done(&event);
}

static void on_events(void *ctx, unsigned ready)
{
	struct job *job = ctx;
	char buf[READ_SIZE];
	size_t got = source_read(&job->events, buf, sizeof buf);

	(void)ready;
	line_reader_feed(&job->lines, buf, got, on_line, job);
}

static void on_stderr(void *ctx, unsigned ready)
{
	struct job *job = ctx;
	char buf[READ_SIZE];
	size_t got = source_read(&job->stderr_source, buf, sizeof buf);
	size_t room = ERRORS_MAX - job->errors.len;

	(void)ready;
	str_add_mem(&job->errors, buf, got < room ? got : room);
}

void job_drain(struct job *job)
{
	char buf[READ_SIZE];
	size_t got;

	while ((got = source_read(&job->events, buf, sizeof buf)) > 0)
		line_reader_feed(&job->lines, buf, got, on_line, job);
	on_stderr(job, 0);
}

/* Starts to read fd, which the job owns now. */
static void source_open(struct job *job, struct source *source, int fd, loop_watch_fn *fn)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	source->fd = fd;
	source->watch = loop_watch_start(job->jobs->loop, fd, LOOP_READ, fn, job);
}

void job_read_events(struct job *job, int fd)
{
	source_open(job, &job->events, fd, on_events);
}

void job_read_errors(struct job *job, int fd)
{
	source_open(job, &job->stderr_source, fd, on_stderr);
}

void job_close_pipes(struct job *job)
{
	source_close(&job->events);
	source_close(&job->stderr_source);
}
