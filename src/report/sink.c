/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* With more than this unwritten, new events are dropped. */
#define PENDING_MAX ((size_t)64 * 1024)

static bool prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != -1 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != -1;
}

void report_open(struct report_sink *sink, int fd)
{
	*sink = (struct report_sink){ .fd = fd >= 0 && prepare(fd) ? fd : -1 };
}

/* Writes what can be written now.  A reader that is gone ends the report for good. */
static void flush(struct report_sink *sink)
{
	while (sink->pending.len) {
		ssize_t n = write(sink->fd, sink->pending.data, sink->pending.len);

		if (n >= 0) {
			str_consume(&sink->pending, (size_t)n);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return;
		} else if (errno != EINTR) {
			report_close(sink);
		}
	}
}

void report_send(struct report_sink *sink, const struct event *event)
{
	if (sink->fd == -1)
		return;
	flush(sink);
	if (sink->fd == -1 || sink->pending.len > PENDING_MAX)
		return;
	event_write(event, &sink->pending);
	flush(sink);
}

void report_close(struct report_sink *sink)
{
	if (sink->fd != -1) {
		int fd = sink->fd;

		if (sink->pending.len)
			(void)!write(fd, sink->pending.data, sink->pending.len);
		sink->fd = -1;
		close(fd);
	}
	str_done(&sink->pending);
}
