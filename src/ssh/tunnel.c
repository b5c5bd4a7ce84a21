/* SPDX-License-Identifier: Apache-2.0 */
#include "tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

enum {
	CHUNK = 64 * 1024, /* moved at once */
	HELD_MAX = 256 * 1024, /* in each direction */
	SENT_MAX = 256 * 1024, /* waiting for the connection's own socket */
	PATIENCE_MS = 5000, /* with one target, when others wait */
	AGAIN_MS = 50, /* until libssh2 is asked again whether it gives up */
};

enum state {
	QUEUED, /* libssh2 opens one channel at a time */
	OPENING,
	OPEN,
	CLOSING, /* until the server has answered */
};

struct tunnel {
	struct conn *conn;
	struct tunnel *next;
	enum state state;
	struct chan chan;
	struct str message; /* of the open request */
	struct loop_timer *patience; /* with a server that does not answer it */
	bool tired; /* ... is at an end, if others wait */
	bool hurried; /* ... is at an end */
	char *label;
	tunnel_fn *fn; /* NULL: nobody asks */
	void *ctx;
	struct tunnel **kept; /* NULL: nowhere */

	int fd; /* -1: closed */
	struct loop_watch *watch;
	bool readable, writable; /* as far as we know */
	bool fd_ended; /* it gives no more */
	bool fd_deaf; /* it takes no more */
	bool eof_sent; /* to the server */
	bool shut; /* ... to the descriptor */
	struct queue in; /* from the descriptor */
	struct queue out; /* to it */
};

/* ---- life ---- */

static void on_ready(void *ctx, unsigned events)
{
	struct tunnel *tunnel = ctx;

	if (events & LOOP_READ)
		tunnel->readable = true;
	if (events & LOOP_WRITE)
		tunnel->writable = true;
	conn_wake(tunnel->conn);
}

static void fd_close(struct tunnel *tunnel)
{
	loop_watch_cancel(tunnel->watch);
	tunnel->watch = NULL;
	if (tunnel->fd != -1)
		close(tunnel->fd);
	tunnel->fd = -1;
}

/* Behind all others: what is opened first is served first. */
static void add(struct conn *conn, struct tunnel *tunnel)
{
	struct tunnel **at = &conn->tunnels;

	while (*at)
		at = &(*at)->next;
	*at = tunnel;
	conn_wake(conn);
}

static struct tunnel *tunnel_new(
    struct conn *conn, const char *label, int fd, tunnel_fn *fn, void *ctx)
{
	struct tunnel *tunnel = mem_zalloc(1, sizeof *tunnel);

	*tunnel = (struct tunnel){
		.conn = conn,
		.label = mem_strdup(label),
		.fn = fn,
		.ctx = ctx,
		.fd = fd,
		.readable = true,
		.writable = true,
		.chan = { .session = conn->session },
	};
	if (fd != -1) {
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		tunnel->watch = loop_watch_start(conn->loop, fd, 0, on_ready, tunnel);
	}
	if (!tunnel->watch)
		fd_close(tunnel);
	add(conn, tunnel);
	return tunnel;
}

void tunnel_message(const struct tunnel_target *target, struct str *out)
{
	str_add_wire(out, target->host, strlen(target->host));
	str_add_u32(out, (uint32_t)target->port);
	str_add_wire(out, target->origin, strlen(target->origin));
	str_add_u32(out, (uint32_t)target->origin_port);
}

struct tunnel *tunnel_open(
    struct conn *conn, const struct tunnel_target *target, int fd, tunnel_fn *fn, void *ctx)
{
	struct tunnel *tunnel = tunnel_new(conn, target->label, fd, fn, ctx);

	tunnel_message(target, &tunnel->message);
	return tunnel;
}

struct tunnel *tunnel_accept(struct conn *conn, LIBSSH2_CHANNEL *channel, const char *label, int fd,
    tunnel_fn *fn, void *ctx)
{
	struct tunnel *tunnel = tunnel_new(conn, label, fd, fn, ctx);

	tunnel->chan.lib = channel;
	tunnel->state = tunnel->fd == -1 ? CLOSING : OPEN;
	return tunnel;
}

void tunnel_keep(struct tunnel *tunnel, struct tunnel **kept)
{
	tunnel->kept = kept;
}

static void let_go(struct tunnel *tunnel)
{
	if (tunnel->kept)
		*tunnel->kept = NULL;
	tunnel->kept = NULL;
}

/* Memory only: the channel goes with the session if it is still there. */
static void tunnel_free(struct tunnel *tunnel)
{
	let_go(tunnel);
	fd_close(tunnel);
	loop_timer_cancel(tunnel->patience);
	queue_done(&tunnel->in);
	queue_done(&tunnel->out);
	str_done(&tunnel->message);
	free(tunnel->label);
	free(tunnel);
}

void tunnels_free(struct conn *conn)
{
	while (conn->tunnels) {
		struct tunnel *next = conn->tunnels->next;

		tunnel_free(conn->tunnels);
		conn->tunnels = next;
	}
}

static void tell(struct tunnel *tunnel, enum tunnel_news news, const char *why)
{
	tunnel_fn *fn = tunnel->fn;

	if (news != TUNNEL_OPENED) {
		tunnel->fn = NULL;
		let_go(tunnel);
	}
	if (fn)
		fn(tunnel->ctx, tunnel, news, why);
}

void tunnel_close(struct tunnel *tunnel)
{
	if (!tunnel)
		return;
	tunnel->fn = NULL;
	let_go(tunnel);
	fd_close(tunnel);
	if (tunnel->state == OPEN)
		tunnel->state = CLOSING;
	/* Nobody waits for this answer any more, and others may wait for theirs. */
	tunnel->tired = tunnel->state == OPENING;
	conn_wake(tunnel->conn);
}

void tunnel_put(struct tunnel *tunnel, const void *data, size_t len)
{
	queue_add(&tunnel->out, data, len);
}

void tunnel_feed(struct tunnel *tunnel, const void *data, size_t len)
{
	queue_add(&tunnel->in, data, len);
}

/* ---- opening ---- */

static struct tunnel *find(const struct conn *conn, enum state state)
{
	for (struct tunnel *at = conn->tunnels; at; at = at->next)
		if (at->state == state)
			return at;
	return NULL;
}

/* Only one at a time, and libssh2 keeps it: who began must go on. */
static bool may_open(const struct conn *conn)
{
	return !conn->alive.asking && !find(conn, OPENING);
}

static void on_tired(void *ctx)
{
	struct tunnel *tunnel = ctx;

	tunnel->tired = true;
	conn_wake(tunnel->conn);
}

static void be_patient(struct tunnel *tunnel, double ms)
{
	loop_timer_cancel(tunnel->patience);
	tunnel->patience = loop_timer_start(tunnel->conn->loop, ms, on_tired, tunnel);
}

static void begin_opening(struct tunnel *tunnel)
{
	struct session *session = tunnel->conn->session;

	free(session->open_failure);
	session->open_failure = NULL;
	tunnel->state = OPENING;
	be_patient(tunnel, PATIENCE_MS);
}

LIBSSH2_CHANNEL *channel_open(
    struct conn *conn, const char *type, unsigned window, const struct str *message, bool give_up)
{
	size_t gate = conn->net.gate;
	LIBSSH2_CHANNEL *channel;

	if (give_up)
		libssh2_session_set_read_timeout(conn->session->lib, 1);
	if (conn->stream && conn->stream->chan.lib)
		conn->net.gate = 0;
	channel = libssh2_channel_open_ex(conn->session->lib, type, (unsigned)strlen(type), window,
	    LIBSSH2_CHANNEL_PACKET_DEFAULT, message->data, (unsigned)message->len);
	conn->net.gate = gate;
	libssh2_session_set_read_timeout(conn->session->lib, SESSION_PATIENCE_S);
	return channel;
}

static void refused(struct tunnel *tunnel, int error)
{
	struct session *session = tunnel->conn->session;
	char *text = NULL;
	const char *why = session->open_failure;

	if (error == LIBSSH2_ERROR_TIMEOUT)
		why = _("the server did not answer in time");
	else if (!why)
		libssh2_session_last_error(session->lib, &text, NULL, 0);
	tunnel->state = CLOSING;
	tell(tunnel, TUNNEL_REFUSED, why ? why : text);
}

static void open_channel(struct tunnel *tunnel)
{
	struct conn *conn = tunnel->conn;
	bool give_up = tunnel->hurried || (tunnel->tired && find(conn, QUEUED));
	int error;

	if (tunnel->state == QUEUED)
		begin_opening(tunnel);
	tunnel->chan.lib =
	    channel_open(conn, "direct-tcpip", CHAN_WINDOW, &tunnel->message, give_up);
	error = tunnel->chan.lib ? 0 : libssh2_session_last_errno(conn->session->lib);
	if (error == LIBSSH2_ERROR_EAGAIN) {
		/* It gives up in the next second of the clock on the wall, and nobody else tells of that. */
		if (give_up)
			be_patient(tunnel, AGAIN_MS);
		return;
	}
	loop_timer_cancel(tunnel->patience);
	tunnel->patience = NULL;
	if (error) {
		refused(tunnel, error);
		return;
	}
	tunnel->state = tunnel->fd == -1 ? CLOSING : OPEN;
	tell(tunnel, TUNNEL_OPENED, NULL);
}

/* ---- from the descriptor to the server ---- */

/* True when something came. */
static bool fd_read(struct tunnel *tunnel)
{
	ssize_t got;

	if (!tunnel->readable || tunnel->fd_ended || tunnel->fd == -1 ||
	    queue_len(&tunnel->in) >= HELD_MAX)
		return false;
	do
		got = recv(tunnel->fd, queue_room(&tunnel->in, CHUNK), CHUNK, 0);
	while (got == -1 && errno == EINTR);
	if (got > 0) {
		queue_filled(&tunnel->in, (size_t)got);
		return true;
	}
	tunnel->readable = false;
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	tunnel->fd_ended = true;
	if (got == -1)
		tunnel->fd_deaf = true;
	return false;
}

/* True when something was taken. */
static bool chan_fill(struct tunnel *tunnel)
{
	long put;

	if (!queue_len(&tunnel->in) || queue_len(&tunnel->conn->net.out) >= SENT_MAX)
		return false;
	put = chan_write(&tunnel->chan, queue_head(&tunnel->in), queue_len(&tunnel->in));
	if (put < 0) {
		tunnel->fd_ended = true;
		queue_drop(&tunnel->in, queue_len(&tunnel->in));
		return false;
	}
	queue_drop(&tunnel->in, (size_t)put);
	return put > 0;
}

static void pump_in(struct tunnel *tunnel)
{
	bool more;

	do {
		more = fd_read(tunnel);
		more = chan_fill(tunnel) || more;
	} while (more && queue_len(&tunnel->conn->net.out) < SENT_MAX);
	if (tunnel->fd_ended && !tunnel->eof_sent && !queue_len(&tunnel->in))
		tunnel->eof_sent = chan_send_eof(&tunnel->chan);
}

/* ---- from the server to the descriptor ---- */

static void fd_write(struct tunnel *tunnel)
{
	ssize_t put;

	while (tunnel->writable && queue_len(&tunnel->out) && !tunnel->fd_deaf) {
		put = send(
		    tunnel->fd, queue_head(&tunnel->out), queue_len(&tunnel->out), MSG_NOSIGNAL);
		if (put >= 0)
			queue_drop(&tunnel->out, (size_t)put);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			tunnel->writable = false;
		else if (errno != EINTR)
			tunnel->fd_deaf = true;
	}
	/* Nobody reads there any more; the other direction may still have something to say. */
	if (tunnel->fd_deaf)
		queue_drop(&tunnel->out, queue_len(&tunnel->out));
}

/* True when something came. */
static bool chan_drain(struct tunnel *tunnel)
{
	long got;

	if (queue_len(&tunnel->out) >= HELD_MAX)
		return false;
	got = chan_read(&tunnel->chan, 0, queue_room(&tunnel->out, CHUNK), CHUNK);
	if (got > 0)
		queue_filled(&tunnel->out, (size_t)got);
	return got > 0;
}

static void pump_out(struct tunnel *tunnel)
{
	bool more, full;

	do {
		full = queue_len(&tunnel->out) >= HELD_MAX;
		more = chan_drain(tunnel);
		fd_write(tunnel);
		/* What waited for room has it now, and no socket will tell of it. */
		more = more || (full && queue_len(&tunnel->out) < HELD_MAX);
	} while (more);
	if (tunnel->shut || queue_len(&tunnel->out))
		return;
	tunnel->shut = tunnel->fd_deaf || chan_eof(&tunnel->chan);
	if (tunnel->shut)
		shutdown(tunnel->fd, SHUT_WR);
}

/* ---- all of them ---- */

static void wait_for(struct tunnel *tunnel)
{
	unsigned events = 0;

	if (!tunnel->fd_ended && queue_len(&tunnel->in) < HELD_MAX)
		events |= LOOP_READ;
	if (queue_len(&tunnel->out))
		events |= LOOP_WRITE;
	loop_watch_set(tunnel->watch, events);
}

static void pump(struct tunnel *tunnel)
{
	pump_out(tunnel);
	pump_in(tunnel);
	/* Once the server has closed the channel, what the descriptor says reaches nobody. */
	if (tunnel->shut && (tunnel->eof_sent || chan_closed(&tunnel->chan)))
		tunnel->state = CLOSING;
	else
		wait_for(tunnel);
}

/* True: it is gone. */
static bool over(struct tunnel *tunnel)
{
	if (tunnel->state != CLOSING)
		return false;
	/* Whoever asked may have left an answer. */
	if (tunnel->fd != -1)
		fd_write(tunnel);
	fd_close(tunnel);
	tell(tunnel, TUNNEL_ENDED, NULL);
	return !tunnel->conn->doomed && chan_free(&tunnel->chan);
}

static void step(struct tunnel *tunnel)
{
	if (tunnel->state == QUEUED && tunnel->fd == -1)
		tunnel->state = CLOSING;
	if (tunnel->state == OPENING || (tunnel->state == QUEUED && may_open(tunnel->conn)))
		open_channel(tunnel);
	if (tunnel->state == OPEN)
		pump(tunnel);
}

bool tunnels_opening(const struct conn *conn)
{
	return find(conn, OPENING);
}

void tunnels_hurry(struct conn *conn)
{
	struct tunnel *tunnel = find(conn, OPENING);

	if (tunnel)
		tunnel->hurried = true;
}

void tunnels_step(struct conn *conn)
{
	struct tunnel **at = &conn->tunnels;

	while (*at && !conn->doomed) {
		struct tunnel *tunnel = *at;

		step(tunnel);
		if (conn->doomed)
			return;
		if (!over(tunnel)) {
			at = &tunnel->next;
			continue;
		}
		*at = tunnel->next;
		tunnel_free(tunnel);
		conn_wake(conn);
	}
}

/* As stage_open.c does with the session's channel. */
bool tunnels_take_in(struct conn *conn)
{
	struct tunnel *tunnel = find(conn, OPEN);
	char none[1];

	if (tunnel)
		chan_read(&tunnel->chan, 0, none, 0);
	return tunnel != NULL;
}

bool tunnels_busy(const struct conn *conn)
{
	return find(conn, QUEUED) || find(conn, OPENING) || find(conn, OPEN);
}

size_t tunnels_count(const struct conn *conn)
{
	size_t count = 0;

	for (const struct tunnel *at = conn->tunnels; at; at = at->next)
		count++;
	return count;
}

void tunnels_text(const struct conn *conn, struct str *out)
{
	static const char *const states[] = { N_("waiting"), N_("opening"), N_("open"),
		N_("closing") };

	for (const struct tunnel *at = conn->tunnels; at; at = at->next)
		str_addf(out, "%s (%s)\n", at->label, _(states[at->state]));
}
