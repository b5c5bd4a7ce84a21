/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "sallyport/ssh.h"

enum {
	OUT_BUFFER = 256 * 1024,
	IN_BUFFER = 32 * 1024,
	OUT_TURN = 1024 * 1024, /* written before the keyboard is looked at again */
};

/* ---- from the connection to us ---- */

static void end_outlet(struct outlet *outlet)
{
	outlet->ended = true;
	outlet->at = outlet->len = 0;
	stream_want(&outlet->stream, false);
}

static void check_drained(struct relay *relay)
{
	bool out = relay->out.ended || (relay->out.empty && relay->out.at == relay->out.len);
	bool err = relay->err.ended || (relay->err.empty && relay->err.at == relay->err.len);

	if (relay->draining && out && err) {
		relay->draining = false;
		relay->owner->drained(relay->ctx);
	}
}

/* Standard error that is gone is nobody's loss: read on, or the session would never end.  Standard output is
 * why the user is here. */
static void outlet_broken(struct outlet *outlet, int why)
{
	outlet->at = outlet->len;
	if (outlet->channel == CONN_STDERR)
		return;
	end_outlet(outlet);
	outlet->relay->owner->broken(outlet->relay->ctx, why);
}

/* Writes what is there; false when some is left. */
static bool flush(struct outlet *outlet)
{
	while (outlet->at < outlet->len) {
		ssize_t put = stream_write(
		    &outlet->stream, outlet->buf + outlet->at, outlet->len - outlet->at);
		if (put == -1) {
			if (errno != EAGAIN)
				outlet_broken(outlet, errno);
			break;
		}
		outlet->at += (size_t)put;
	}
	stream_want(&outlet->stream, outlet->at < outlet->len);
	return outlet->at == outlet->len;
}

/* Reads the next piece; false when there is none now. */
static bool fill(struct outlet *outlet)
{
	long got = conn_read(outlet->relay->conn, outlet->channel, outlet->buf, OUT_BUFFER);

	outlet->at = outlet->len = 0;
	outlet->empty = got <= 0;
	if (got == -1)
		end_outlet(outlet);
	if (got > 0) {
		outlet->len = (size_t)got;
		outlet->relay->owner->came(outlet->relay->ctx, outlet->buf, outlet->len);
	}
	return got > 0;
}

static void pump(void *ctx)
{
	struct outlet *outlet = ctx;
	struct relay *relay = outlet->relay;
	size_t done = 0;

	while (!relay->capturing && !outlet->ended && flush(outlet) && !outlet->ended &&
	    fill(outlet)) {
		done += outlet->len;
		if (done > OUT_TURN) {
			loop_task_queue(&outlet->more);
			return;
		}
	}
	check_drained(relay);
}

static void outlet_init(struct outlet *outlet, struct relay *relay, int channel, int fd)
{
	*outlet =
	    (struct outlet){ .relay = relay, .channel = channel, .buf = mem_alloc(OUT_BUFFER) };
	stream_init(&outlet->stream, relay->loop, fd, LOOP_WRITE, pump, outlet);
	loop_task_init(&outlet->more, relay->loop, pump, outlet);
}

static void outlet_done(struct outlet *outlet)
{
	loop_task_done(&outlet->more);
	stream_done(&outlet->stream);
	free(outlet->buf);
}

void relay_readable(struct relay *relay)
{
	if (!relay->out.ended)
		pump(&relay->out);
	if (!relay->err.ended)
		pump(&relay->err);
}

void relay_capture(struct relay *relay, bool on)
{
	relay->capturing = on;
	if (on) {
		stream_want(&relay->out.stream, false);
		stream_want(&relay->err.stream, false);
	} else {
		loop_task_queue(&relay->out.more);
		loop_task_queue(&relay->err.more);
	}
}

bool relay_is_blocked(const struct relay *relay)
{
	return relay->out.at < relay->out.len || relay->err.at < relay->err.len;
}

void relay_drain(struct relay *relay)
{
	stream_want(&relay->in, false);
	relay->capturing = false;
	relay->draining = true;
	loop_task_queue(&relay->out.more);
	loop_task_queue(&relay->err.more);
}

/* ---- from us to the connection ---- */

/* Sends what is pending, then the end of file if that was next; false when some is left. */
static bool send_pending(struct relay *relay)
{
	if (relay->pending.len > 0)
		str_consume(&relay->pending,
		    conn_write(relay->conn, str_text(&relay->pending), relay->pending.len));
	if (relay->pending.len > 0)
		return false;
	if (relay->eof) {
		relay->eof = false;
		conn_write_eof(relay->conn);
	}
	return true;
}

static void end_input(struct relay *relay)
{
	if (relay->capturing)
		relay->owner->captured(relay->ctx, NULL, 0);
	relay->reading = false;
	relay->eof = true;
	stream_want(&relay->in, false);
	send_pending(relay);
}

static void take_input(struct relay *relay, const char *data, size_t len)
{
	enum escape_action action;

	relay->owner->typed(relay->ctx);
	while (len > 0) {
		size_t used;
		if (relay->capturing) {
			used = relay->owner->captured(relay->ctx, data, len);
			data += used;
			len -= used;
			continue;
		}
		used = escape_feed(&relay->escape, data, len, &relay->pending, &action);
		data += used;
		len -= used;
		if (action == ESCAPE_NONE)
			continue;
		relay->owner->escape(relay->ctx, action);
		if (action == ESCAPE_END) {
			relay->reading = false;
			stream_want(&relay->in, false);
			return;
		}
	}
	if (!send_pending(relay))
		stream_want(&relay->in, false);
}

/*
 * Reads until there is no more: what was pasted goes out at once, and Linux lets a poll of a terminal wait for the
 * worker that filled it (n_tty_poll), which read does as well when it finds nothing: better before the key is sent
 * than after it, when the server needs the processor.
 */
static void on_input(void *ctx)
{
	struct relay *relay = ctx;
	size_t len = 0;
	ssize_t got;
	bool ended;

	do {
		got = stream_read(&relay->in, relay->buf + len, IN_BUFFER - len);
		if (got > 0)
			len += (size_t)got;
	} while (got > 0 && len < IN_BUFFER);
	ended = got == 0 || (got == -1 && errno != EAGAIN);
	if (len > 0)
		take_input(relay, relay->buf, len);
	if (ended && relay->reading)
		end_input(relay);
}

void relay_writable(struct relay *relay)
{
	if (send_pending(relay) && relay->reading)
		stream_want(&relay->in, true);
}

/* ---- life ---- */

void relay_init(struct relay *relay, struct loop *loop, struct conn *conn,
    const struct relay_owner *owner, void *ctx)
{
	*relay = (struct relay){
		.loop = loop, .conn = conn, .owner = owner, .ctx = ctx, .buf = mem_alloc(IN_BUFFER)
	};
	outlet_init(&relay->out, relay, CONN_STDOUT, STDOUT_FILENO);
	outlet_init(&relay->err, relay, CONN_STDERR, STDERR_FILENO);
}

void relay_start(struct relay *relay, int escape_key, bool stdin_null)
{
	escape_init(&relay->escape, escape_key);
	if (stdin_null) {
		end_input(relay);
		return;
	}
	stream_init(&relay->in, relay->loop, STDIN_FILENO, LOOP_READ, on_input, relay);
	relay->reading = true;
	stream_want(&relay->in, true);
}

void relay_done(struct relay *relay)
{
	if (!relay->buf)
		return;
	outlet_done(&relay->out);
	outlet_done(&relay->err);
	stream_done(&relay->in);
	secret_wipe(relay->buf, IN_BUFFER);
	free(relay->buf);
	relay->buf = NULL;
	if (relay->pending.data)
		secret_wipe(relay->pending.data, relay->pending.cap);
	str_done(&relay->pending);
}
