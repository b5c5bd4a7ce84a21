/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "forward.h"
#include "stream.h"

enum {
	OUT_LIMIT = 256 * 1024, /* written by the owner and not sent: more is not taken */
	READ_CHUNK = 128 * 1024, /* from the socket at once */
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
	/* With a terminal the server sends at once; else it waits for us to acknowledge (Nagle). */
	conn->net.quick = !conn->options.pty;
	conn->net.chunk = READ_CHUNK;
	login_free(conn->login);
	conn->login = NULL;
	conn->phase = 1;
	if (!conn->stream)
		conn->stream = mem_zalloc(1, sizeof *conn->stream);
	alive_start(conn);
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

	libssh2_channel_get_exit_signal(
	    conn->stream->chan.lib, &name, &len, NULL, NULL, NULL, NULL);
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
	if (conn->options.stdio_host) {
		end.status = 0; /* a way on has none to tell */
	} else if (conn->signal) {
		end.cause = END_SIGNAL;
		end.signal = conn->signal;
		reason = mem_printf(_("the remote command died of signal %s"), conn->signal);
	} else if (conn->session->exit_status) {
		end.status = libssh2_channel_get_exit_status(conn->stream->chan.lib);
	} else {
		end.cause = END_LOST;
		reason = mem_strdup(
		    _("the server closed the session without telling how the command ended"));
	}
	end.reason = reason;
	libssh2_channel_close(conn->stream->chan.lib);
	conn_finish(conn, &end);
	free(reason);
	return STEP_WAIT;
}

/* ---- both directions ---- */

static enum step broken(struct conn *conn)
{
	return conn_fail_lib(conn, ERR_LOST, _("the session broke"));
}

/* Takes in all that came, without handing any of it out.  False: broken. */
static bool take_in(struct conn *conn)
{
	char none[1];

	return chan_read(&conn->stream->chan, 0, none, 0) != CHAN_BROKEN;
}

/* False: broken. */
static bool write_out(struct conn *conn)
{
	struct stream *stream = conn->stream;

	while (queue_len(&stream->out) && queue_len(&conn->net.out) < OUT_LIMIT) {
		long put =
		    chan_write(&stream->chan, queue_head(&stream->out), queue_len(&stream->out));

		if (put == CHAN_BROKEN)
			return false;
		/* Nobody reads there any more: what is left reaches no one. */
		queue_drop(&stream->out, put == CHAN_END ? queue_len(&stream->out) : (size_t)put);
		if (put <= 0)
			break;
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
		    libssh2_channel_request_pty_size_ex(stream->chan.lib, stream->asked_cols,
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
		stream->eof_sent = chan_send_eof(&stream->chan);
}

static bool something_to_read(const struct conn *conn)
{
	const struct chan *chan = &conn->stream->chan;

	return !conn->stream->told && (chan_available(chan) || chan_eof(chan));
}

/*
 * A read of one stream may take in what belongs to the other, which was read before: then there is news again, and
 * no socket to say so.  How much there is to read says nothing: it may be as much as there was before.
 */
static void tell_readable(struct conn *conn)
{
	struct stream *stream = conn->stream;
	uint64_t taken = conn->net.taken;

	if (!something_to_read(conn))
		return;
	stream->told = true;
	if (conn->owner.readable)
		conn->owner.readable(conn->ctx);
	if (!conn->doomed && something_to_read(conn) && conn->net.taken != taken)
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

static bool closed(struct conn *conn)
{
	struct chan *chan = &conn->stream->chan;

	return chan_closed(chan) ||
	    (chan_eof(chan) && transport_over(&conn->net) && conn->session->exit_status);
}

/* As ssh: "ssh -L ... host sleep 10" lasts as long as somebody uses the port. */
static bool others_go_on(struct conn *conn)
{
	struct stream *stream = conn->stream;

	if (!tunnels_busy(conn) || transport_over(&conn->net))
		return false;
	if (!stream->waits && conn->owner.waiting)
		conn->owner.waiting(conn->ctx);
	stream->waits = true;
	return true;
}

/* There are servers that send more after the end: nobody reads it, and libssh2 says no end while it is there. */
static void drop_late(struct conn *conn)
{
	struct stream *stream = conn->stream;
	char late[4096];

	if (stream->out_ended && stream->err_ended && chan_available(&stream->chan))
		while (chan_read(&stream->chan, 0, late, sizeof late) > 0 ||
		    chan_read(&stream->chan, SSH_EXTENDED_DATA_STDERR, late, sizeof late) > 0)
			continue;
}

/* The session's own channel: a shell, a command, or a way on to another host (-W). */
static enum step run_stream(struct conn *conn)
{
	write_resize(conn);
	if (!write_out(conn))
		return broken(conn);
	write_eof(conn);
	tell_owner(conn);
	if (conn->doomed || conn->stopped)
		return STEP_WAIT;
	drop_late(conn);
	if (closed(conn) && !others_go_on(conn))
		return finished(conn);
	return chan_available(&conn->stream->chan) ? STEP_WAIT : STEP_NEXT;
}

enum step stage_open(struct conn *conn)
{
	enum step step = STEP_NEXT;
	uint64_t before = conn->net.taken;

	if (conn->phase == 0)
		return open_now(conn);
	/* First: not every call of libssh2 that reads also tells what went wrong. */
	if (conn->stream->chan.lib && !take_in(conn))
		return broken(conn);
	if (!alive_step(conn))
		return STEP_FAIL;
	forwards_step(conn);
	tunnels_step(conn);
	if (conn->doomed || conn->stopped)
		return STEP_WAIT;
	if (conn->stream->chan.lib)
		step = run_stream(conn);
	else if (conn->net.taken == before)
		alive_listen(conn);
	if (step == STEP_FAIL || conn->over || conn->doomed || conn->stopped)
		return step;
	/* What one channel read may have been another's, which had its turn before. */
	if (conn->net.taken != before)
		return STEP_NEXT;
	if (step == STEP_WAIT)
		return STEP_WAIT;
	return transport_over(&conn->net) ? conn_fail_lost(conn) : STEP_WAIT;
}

/* ---- for the owner ---- */

static bool is_open(const struct conn *conn)
{
	return conn->stream && conn->stream->chan.lib && conn->stage == STAGE_OPEN && !conn->over;
}

long conn_read(struct conn *conn, int stream, void *buf, size_t len)
{
	long got;

	if (!is_open(conn))
		return -1;
	got = chan_read(
	    &conn->stream->chan, stream == CONN_STDERR ? SSH_EXTENDED_DATA_STDERR : 0, buf, len);
	if (!conn->busy || got == CHAN_BROKEN)
		conn_wake(conn);
	if (got > 0)
		return got;
	/* The end of one stream says nothing about the other. */
	if (got == 0 || got == CHAN_BROKEN)
		conn->stream->told = false;
	if (got != CHAN_END)
		return 0;
	*(stream == CONN_STDERR ? &conn->stream->err_ended : &conn->stream->out_ended) = true;
	return -1;
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
