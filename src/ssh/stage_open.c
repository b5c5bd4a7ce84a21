/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "stream.h"

enum {
	OUT_LIMIT = 256 * 1024, /* written by the owner and not sent: more is not taken */
	READ_CHUNK = 128 * 1024, /* from the socket at once */
	READ_MAX = 256 * 1024, /* by the owner at once */
};

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	queue_done(&stream->out);
	free(stream);
}

static enum step open_now(struct conn *conn)
{
	loop_timer_cancel(conn->deadline);
	conn->deadline = NULL;
	conn->net.quick = false;
	conn->net.chunk = READ_CHUNK;
	login_free(conn->login);
	conn->login = NULL;
	conn->phase = 1;
	if (conn->owner.opened)
		conn->owner.opened(conn->ctx);
	return STEP_NEXT;
}

/* ---- the end ---- */

static char *signal_name(struct conn *conn)
{
	enum { LONGEST = 64 }; /* a report's line has its limits */
	char *name = NULL, *copy = NULL;
	size_t len;

	libssh2_channel_get_exit_signal(conn->stream->channel, &name, &len, NULL, NULL, NULL, NULL);
	if (!name)
		return NULL;
	copy = mem_strndup(name, len < LONGEST ? len : LONGEST);
	libssh2_free(conn->session->lib, name);
	return copy;
}

static enum step finished(struct conn *conn)
{
	struct conn_end end = { .cause = END_EXIT };
	char *reason = NULL;

	/* libssh2 says status 0 both for "0" and for "none came"; the signal is surer. */
	conn->signal = signal_name(conn);
	if (conn->signal) {
		end.cause = END_SIGNAL;
		end.signal = conn->signal;
		reason = mem_printf(_("the remote command died of signal %s"), conn->signal);
	} else if (conn->session->exit_status) {
		end.status = libssh2_channel_get_exit_status(conn->stream->channel);
	} else {
		end.cause = END_LOST;
		reason = mem_strdup(
		    _("the server closed the session without telling how the command ended"));
	}
	end.reason = reason;
	libssh2_channel_close(conn->stream->channel);
	conn_finish(conn, &end);
	free(reason);
	return STEP_WAIT;
}

/* ---- both directions ---- */

/* False: broken, and told. */
static bool usable(struct conn *conn, ssize_t rc)
{
	if (rc >= 0 || rc == LIBSSH2_ERROR_EAGAIN)
		return true;
	conn_fail_lib(conn, ERR_LOST, _("the session broke"));
	return false;
}

/*
 * libssh2 widens the window inside channel_read by an amount that depends on the length asked for.
 * Asked again after EAGAIN (during a rekey) with another length it books another amount than
 * it sends, and then silently drops what it thinks is beyond the window.  So the window is
 * widened here, by one amount until that is sent, and kept so wide that channel_read never
 * does it.
 */
static bool widen_window(struct conn *conn)
{
	struct stream *stream = conn->stream;
	unsigned long first, window = libssh2_channel_window_read_ex(stream->channel, NULL, &first);

	if (!stream->widen && window >= first / 4 * 3 + READ_MAX)
		return true;
	if (!stream->widen)
		stream->widen = first + READ_MAX - window;
	if (libssh2_channel_receive_window_adjust2(stream->channel, stream->widen, 1, NULL) ==
	    LIBSSH2_ERROR_EAGAIN)
		return false;
	stream->widen = 0;
	return true;
}

/* Takes in all that came, without handing any of it out. */
static bool take_in(struct conn *conn)
{
	char none[1];

	return usable(conn, libssh2_channel_read_ex(conn->stream->channel, 0, none, 0));
}

static bool write_out(struct conn *conn)
{
	struct stream *stream = conn->stream;
	ssize_t rc;

	while (queue_len(&stream->out) && queue_len(&conn->net.out) < OUT_LIMIT) {
		rc = libssh2_channel_write_ex(stream->channel, 0,
		    (const char *)queue_head(&stream->out), queue_len(&stream->out));
		if (rc < 0 && libssh2_channel_eof(stream->channel)) {
			/* Nobody reads there any more. */
			queue_drop(&stream->out, queue_len(&stream->out));
			return true;
		}
		if (!usable(conn, rc))
			return false;
		if (rc <= 0)
			return true;
		queue_drop(&stream->out, (size_t)rc);
	}
	return true;
}

/* Goes before what was typed later.  A request that was begun must end with the size it began with. */
static void write_resize(struct conn *conn)
{
	struct stream *stream = conn->stream;

	while (stream->resize) {
		if (!stream->resizing) {
			stream->asked_cols = stream->cols;
			stream->asked_rows = stream->rows;
		}
		stream->resizing =
		    libssh2_channel_request_pty_size_ex(stream->channel, stream->asked_cols,
			stream->asked_rows, 0, 0) == LIBSSH2_ERROR_EAGAIN;
		if (stream->resizing)
			return;
		stream->resize =
		    stream->asked_cols != stream->cols || stream->asked_rows != stream->rows;
	}
}

static void write_eof(struct conn *conn)
{
	struct stream *stream = conn->stream;

	if (stream->eof_wanted && !stream->eof_sent && queue_len(&stream->out) == 0)
		stream->eof_sent =
		    libssh2_channel_send_eof(stream->channel) != LIBSSH2_ERROR_EAGAIN;
}

static unsigned long available(const struct conn *conn)
{
	unsigned long bytes = 0;

	libssh2_channel_window_read_ex(conn->stream->channel, &bytes, NULL);
	return bytes;
}

static bool something_to_read(const struct conn *conn)
{
	return !conn->stream->told &&
	    (available(conn) || libssh2_channel_eof(conn->stream->channel));
}

/*
 * A read of one stream may take in what belongs to the other, which was read before: then there is news again, and
 * no socket to say so.
 */
static void tell_readable(struct conn *conn)
{
	struct stream *stream = conn->stream;
	unsigned long before = available(conn);
	bool eof = libssh2_channel_eof(stream->channel);

	if (!something_to_read(conn))
		return;
	stream->told = true;
	if (conn->owner.readable)
		conn->owner.readable(conn->ctx);
	if (conn->doomed || !something_to_read(conn))
		return;
	if (available(conn) != before || libssh2_channel_eof(stream->channel) != eof)
		conn_wake(conn);
}

static void tell_owner(struct conn *conn)
{
	struct stream *stream = conn->stream;

	if (stream->write_short && queue_len(&stream->out) <= OUT_LIMIT / 2) {
		stream->write_short = false;
		if (conn->owner.writable)
			conn->owner.writable(conn->ctx);
	}
	tell_readable(conn);
}

static bool closed(const struct conn *conn)
{
	return libssh2_channel_eof(conn->stream->channel) &&
	    (libssh2_channel_wait_closed(conn->stream->channel) == 0 ||
		(transport_over(&conn->net) && conn->session->exit_status));
}

enum step stage_open(struct conn *conn)
{
	if (conn->phase == 0)
		return open_now(conn);
	if (!conn->stream->channel)
		return transport_over(&conn->net) ? conn_fail_lost(conn) : STEP_WAIT;
	write_resize(conn);
	if ((widen_window(conn) && !take_in(conn)) || !write_out(conn))
		return STEP_FAIL;
	write_eof(conn);
	tell_owner(conn);
	if (conn->doomed || conn->stopped || available(conn))
		return STEP_WAIT;
	if (closed(conn))
		return finished(conn);
	return transport_over(&conn->net) ? conn_fail_lost(conn) : STEP_WAIT;
}

/* ---- for the owner ---- */

static bool is_open(const struct conn *conn)
{
	return conn->stream && conn->stream->channel && conn->stage == STAGE_OPEN && !conn->over;
}

long conn_read(struct conn *conn, int stream, void *buf, size_t len)
{
	ssize_t rc;

	if (!is_open(conn))
		return -1;
	if (!widen_window(conn)) {
		conn->stream->told = false;
		return 0;
	}
	if (len > READ_MAX)
		len = READ_MAX;
	rc = libssh2_channel_read_ex(
	    conn->stream->channel, stream == CONN_STDERR ? SSH_EXTENDED_DATA_STDERR : 0, buf, len);
	/* libssh2 would go on behind what it could not read. */
	if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN && rc != LIBSSH2_ERROR_SOCKET_DISCONNECT)
		conn->session->damaged = true;
	if (!conn->busy || (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN))
		conn_wake(conn);
	if (rc > 0)
		return rc;
	/* The end of one stream says nothing about the other. */
	if (rc < 0)
		conn->stream->told = false;
	return rc == 0 ? -1 : 0;
}

size_t conn_write(struct conn *conn, const void *data, size_t len)
{
	struct stream *stream = conn->stream;
	size_t room;

	if (!is_open(conn))
		return 0;
	room = OUT_LIMIT - queue_len(&stream->out);
	stream->write_short = len > room;
	if (len > room)
		len = room;
	queue_add(&stream->out, data, len);
	conn_wake(conn);
	return len;
}

void conn_write_eof(struct conn *conn)
{
	if (!is_open(conn))
		return;
	conn->stream->eof_wanted = true;
	conn_wake(conn);
}

void conn_resize(struct conn *conn, int cols, int rows)
{
	conn->options.cols = cols;
	conn->options.rows = rows;
	if (!is_open(conn) || !conn->options.pty)
		return;
	conn->stream->cols = cols;
	conn->stream->rows = rows;
	conn->stream->resize = true;
	conn_wake(conn);
}
