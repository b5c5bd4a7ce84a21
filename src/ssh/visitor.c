/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that came in by a forwarded port, until they are tunnels. */
#include "forward.h"
#include "race.h"
#include "socks.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum visitor_state {
	VISITOR_ASKED, /* where to?  In SOCKS. */
	VISITOR_CONNECTING, /* to the target, from here */
	VISITOR_CONNECTED, /* ... or not: fd and why say */
	VISITOR_UNDER_WAY, /* the tunnel is being opened, or is open */
};

/* A socket and a way through the connection, or a channel and a socket to be connected. */
struct visitor {
	struct conn *conn;
	struct visitor *next;
	enum visitor_state state;
	enum forward_kind kind;
	char *label; /* of the entrance, then with the target and where it came from */
	char origin[64]; /* FORWARD_LOCAL and FORWARD_DYNAMIC: its address */
	long origin_port;
	struct socks socks; /* version 0: nobody was asked */
	struct str in; /* came and was not understood yet */
	struct str
	    out; /* said to a channel that takes nothing now (a rekey): libssh2 wants the very same again */
	int fd; /* -1: none */
	struct loop_watch *watch;
	bool ready;
	struct chan chan; /* FORWARD_REMOTE */
	struct resolve *resolve;
	struct race *race;
	char *why; /* the target cannot be reached; NULL: it can */
};

/* ---- life ---- */

static void unwatch(struct visitor *visitor)
{
	loop_watch_cancel(visitor->watch);
	visitor->watch = NULL;
}

static void visitor_free(struct visitor *visitor)
{
	unwatch(visitor);
	resolve_cancel(visitor->resolve);
	race_cancel(visitor->race);
	if (visitor->fd != -1)
		close(visitor->fd);
	socks_done(&visitor->socks);
	str_done(&visitor->in);
	str_done(&visitor->out);
	free(visitor->label);
	free(visitor->why);
	free(visitor);
}

static void leave(struct visitor *visitor)
{
	struct visitor **at = &visitor->conn->forwards->visitors;

	while (*at != visitor)
		at = &(*at)->next;
	*at = visitor->next;
	visitor_free(visitor);
}

void visitors_free(struct conn *conn)
{
	while (conn->forwards->visitors)
		leave(conn->forwards->visitors);
}

static struct visitor *visitor_new(struct entrance *entrance)
{
	struct conn *conn = entrance->conn;
	struct visitor *visitor = mem_zalloc(1, sizeof *visitor);
	struct str label = STR_INIT;

	entrance_label(&entrance->forward, &label);
	visitor->conn = conn;
	visitor->kind = entrance->forward.kind;
	visitor->label = str_take(&label);
	visitor->fd = -1;
	visitor->next = conn->forwards->visitors;
	conn->forwards->visitors = visitor;
	conn_wake(conn);
	return visitor;
}

static void add_label(struct visitor *visitor, const char *fmt, ...) SP_PRINTF(2, 3);

static void add_label(struct visitor *visitor, const char *fmt, ...)
{
	struct str label = STR_INIT;
	va_list ap;

	str_add(&label, visitor->label);
	va_start(ap, fmt);
	str_vaddf(&label, fmt, ap);
	va_end(ap);
	free(visitor->label);
	visitor->label = str_take(&label);
}

static void remark(const struct visitor *visitor, const char *what, const char *why)
{
	char *text = mem_printf("%s: %s: %s", visitor->label, what, why);

	conn_remark(visitor->conn, text);
	free(text);
}

/* ---- from here through the connection ---- */

static void on_tunnel(void *ctx, struct tunnel *tunnel, enum tunnel_news news, const char *why)
{
	struct visitor *visitor = ctx;
	struct str answer = STR_INIT;

	if (visitor->socks.version && news != TUNNEL_ENDED) {
		socks_answer(&visitor->socks, news == TUNNEL_OPENED, &answer);
		tunnel_put(tunnel, answer.data, answer.len);
		str_done(&answer);
	}
	if (news == TUNNEL_REFUSED)
		remark(visitor, _("open failed"), why && *why ? why : _("no reason given"));
	if (news != TUNNEL_OPENED)
		leave(visitor);
}

static void open_tunnel(struct visitor *visitor, const char *host, long port)
{
	struct tunnel_target target = { .host = host,
		.port = port,
		.origin = visitor->origin,
		.origin_port = visitor->origin_port };
	struct tunnel *tunnel;
	int fd = visitor->fd;

	add_label(visitor, _(", from %s port %ld"), visitor->origin, visitor->origin_port);
	target.label = visitor->label;
	unwatch(visitor);
	visitor->fd = -1;
	visitor->state = VISITOR_UNDER_WAY;
	tunnel = tunnel_open(visitor->conn, &target, fd, on_tunnel, visitor);
	tunnel_feed(tunnel, str_text(&visitor->in), visitor->in.len);
}

static void on_ready(void *ctx, unsigned events)
{
	struct visitor *visitor = ctx;

	(void)events;
	visitor->ready = true;
	loop_watch_set(visitor->watch, 0);
	conn_wake(visitor->conn);
}

void visitor_local(struct entrance *entrance, int fd, const struct address *from)
{
	const struct forward *forward = &entrance->forward;
	struct visitor *visitor = visitor_new(entrance);

	visitor->fd = fd;
	address_text(from, visitor->origin, sizeof visitor->origin);
	/* Both families have the port at the same place. */
	visitor->origin_port = ntohs(((const struct sockaddr_in *)&from->sa)->sin_port);
	if (forward->host) {
		open_tunnel(visitor, forward->host, forward->host_port);
		return;
	}
	visitor->watch = loop_watch_start(visitor->conn->loop, fd, LOOP_READ, on_ready, visitor);
	if (!visitor->watch)
		leave(visitor);
}

/* ---- from the server to a target here ---- */

static void on_raced(void *ctx, int fd, struct loop_watch *watch, int errnum,
    const struct race_entry *entries, size_t count)
{
	struct visitor *visitor = ctx;
	int on = 1;

	(void)entries;
	(void)count;
	loop_watch_cancel(watch);
	visitor->fd = fd;
	if (fd == -1)
		visitor->why = mem_strdup(strerror(errnum));
	else
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	visitor->state = VISITOR_CONNECTED;
	conn_wake(visitor->conn);
}

static void on_resolved(
    void *ctx, const struct address *addresses, size_t count, const struct err *why)
{
	struct visitor *visitor = ctx;

	if (count) {
		visitor->race =
		    race_start(visitor->conn->loop, addresses, count, NULL, 0, on_raced, visitor);
		return;
	}
	visitor->why = mem_strdup(why->text);
	visitor->state = VISITOR_CONNECTED;
	conn_wake(visitor->conn);
}

static void connect_to(struct visitor *visitor, const char *host, long port)
{
	visitor->state = VISITOR_CONNECTING;
	visitor->resolve = resolve_start(
	    visitor->conn->loop, host, port, conn_family(visitor->conn), on_resolved, visitor);
}

void visitor_remote(struct entrance *entrance, LIBSSH2_CHANNEL *channel)
{
	const struct forward *forward = &entrance->forward;
	struct visitor *visitor = visitor_new(entrance);

	visitor->chan = (struct chan){ .lib = channel, .session = visitor->conn->session };
	if (forward->host)
		connect_to(visitor, forward->host, forward->host_port);
}

/* False: not all was taken. */
static bool say_to_channel(struct visitor *visitor)
{
	long put = 1;

	while (visitor->out.len && put > 0) {
		put = chan_write(&visitor->chan, visitor->out.data, visitor->out.len);
		str_consume(&visitor->out, put > 0 ? (size_t)put : put < 0 ? visitor->out.len : 0);
	}
	return visitor->out.len == 0;
}

/* The channel becomes a tunnel, or is closed when there is no socket. */
static void hand_over(struct visitor *visitor)
{
	struct tunnel *tunnel;

	if (visitor->socks.version && visitor->socks.host)
		socks_answer(&visitor->socks, visitor->fd != -1, &visitor->out);
	say_to_channel(visitor);
	tunnel = tunnel_accept(
	    visitor->conn, visitor->chan.lib, visitor->label, visitor->fd, NULL, NULL);
	tunnel_feed(tunnel, str_text(&visitor->out), visitor->out.len);
	tunnel_put(tunnel, str_text(&visitor->in), visitor->in.len);
	visitor->fd = -1;
	leave(visitor);
}

static void connected(struct visitor *visitor)
{
	if (visitor->why)
		remark(visitor, _("connect failed"), visitor->why);
	hand_over(visitor);
}

/* ---- SOCKS, from either side ---- */

/* Bytes, 0: none now, -1: nothing more will come. */
static long read_some(struct visitor *visitor, char *buf, size_t len)
{
	long got;

	if (visitor->kind == FORWARD_REMOTE) {
		got = chan_read(&visitor->chan, 0, buf, len);
		return got < 0 ? -1 : got;
	}
	if (!visitor->ready)
		return 0;
	got = recv(visitor->fd, buf, len, 0);
	if (got > 0 || (got == -1 && (errno == EAGAIN || errno == EINTR))) {
		visitor->ready = got > 0;
		loop_watch_set(visitor->watch, LOOP_READ);
		return got > 0 ? got : 0;
	}
	return -1;
}

/* A few bytes that always have room: nothing was sent before. */
static void write_answer(struct visitor *visitor, const struct str *answer)
{
	if (answer->len == 0)
		return;
	if (visitor->kind == FORWARD_REMOTE) {
		str_add_mem(&visitor->out, answer->data, answer->len);
		say_to_channel(visitor);
	} else {
		(void)!send(visitor->fd, answer->data, answer->len, MSG_NOSIGNAL);
	}
}

static void turn_away(struct visitor *visitor)
{
	if (visitor->kind == FORWARD_REMOTE)
		hand_over(visitor);
	else
		leave(visitor);
}

static void go_to_target(struct visitor *visitor)
{
	const struct socks *socks = &visitor->socks;

	add_label(visitor, strchr(socks->host, ':') ? _(" to [%s]:%ld") : _(" to %s:%ld"),
	    socks->host, socks->port);
	if (visitor->kind == FORWARD_REMOTE)
		connect_to(visitor, socks->host, socks->port);
	else
		open_tunnel(visitor, socks->host, socks->port);
}

static void ask_target(struct visitor *visitor)
{
	char buf[SOCKS_REQUEST_MAX];
	long got = read_some(visitor, buf, sizeof buf);
	struct str answer = STR_INIT;
	enum socks_step step;
	size_t used;

	if (got <= 0) {
		if (got < 0)
			turn_away(visitor);
		return;
	}
	str_add_mem(&visitor->in, buf, (size_t)got);
	step = socks_take(&visitor->socks, str_text(&visitor->in), visitor->in.len, &used, &answer);
	str_consume(&visitor->in, used);
	write_answer(visitor, &answer);
	str_done(&answer);
	if (step == SOCKS_TARGET)
		go_to_target(visitor);
	else if (step == SOCKS_BROKEN)
		turn_away(visitor);
	else
		conn_wake(visitor->conn);
}

/* ---- all of them ---- */

void visitors_step(struct conn *conn)
{
	struct visitor *next;

	for (struct visitor *at = conn->forwards->visitors; at; at = next) {
		next = at->next;
		if (at->state != VISITOR_UNDER_WAY)
			say_to_channel(at);
		switch (at->state) {
		case VISITOR_ASKED:
			ask_target(at);
			break;
		case VISITOR_CONNECTED:
			connected(at);
			break;
		case VISITOR_CONNECTING:
		case VISITOR_UNDER_WAY:
			break;
		}
	}
}

void visitors_text(const struct conn *conn, struct str *out)
{
	for (const struct visitor *at = conn->forwards->visitors; at; at = at->next)
		if (at->state != VISITOR_UNDER_WAY)
			str_addf(out, _("%s (on its way)\n"), at->label);
}
