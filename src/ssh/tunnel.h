/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tunnel: one channel of an open connection, pumped to and from one descriptor.  Each direction
 * ends by itself (end of data here is end of data there), and each holds a bounded amount: who does not
 * read is not sent to.  A forwarded connection is one, an agent's too, and the way through
 * a jump host: there the descriptor is the next connection's socket.
 */
#ifndef SSH_TUNNEL_H
#define SSH_TUNNEL_H

#include <libssh2.h>

#include <stdbool.h>
#include <stddef.h>

struct conn;
struct str;
struct tunnel;

enum tunnel_news {
	TUNNEL_OPENED,
	TUNNEL_REFUSED, /* why: the server's words, or ours; not cleaned */
	TUNNEL_ENDED, /* both directions, or the connection */
};
/* From the connection's task.  After REFUSED and ENDED the tunnel is gone as soon as this returns. */
typedef void tunnel_fn(void *ctx, struct tunnel *tunnel, enum tunnel_news news, const char *why);

struct tunnel_target {
	const char *host;
	long port;
	const char *origin; /* who wants it, "127.0.0.1"; for the server's log */
	long origin_port;
	const char *label; /* what it is, for lists: "-L 8080 to db:5432" */
};

/*
 * Asks the server to connect to the target (RFC 4254 section 7.2) and pumps once it has.  Takes fd, a
 * connected stream socket, and makes it non-blocking.  All texts are copied.  fn may be NULL, and is
 * not called before this returns.
 */
struct tunnel *tunnel_open(
    struct conn *conn, const struct tunnel_target *target, int fd, tunnel_fn *fn, void *ctx);
/* The same with a channel that the server opened; -1 for fd: turns it down. */
struct tunnel *tunnel_accept(struct conn *conn, LIBSSH2_CHANNEL *channel, const char *label, int fd,
    tunnel_fn *fn, void *ctx);
/* Where the tunnel is kept: set to NULL when it goes, the connection's end included, which is not told. */
void tunnel_keep(struct tunnel *tunnel, struct tunnel **kept);
/* fn is not called any more; the rest is closed.  NULL is fine. */
void tunnel_close(struct tunnel *tunnel);
/* Bytes that go before what the other side sends: to the descriptor, and from it. */
void tunnel_put(struct tunnel *tunnel, const void *data, size_t len);
void tunnel_feed(struct tunnel *tunnel, const void *data, size_t len);

/* What a request for "direct-tcpip" says of the target (RFC 4254 section 7.2). */
void tunnel_message(const struct tunnel_target *target, struct str *out);

/* ---- for the connection ---- */

/*
 * Begins or goes on to open a channel; NULL: refused, or LIBSSH2_ERROR_EAGAIN.  A server that tries to reach a dead
 * address answers after minutes, and libssh2 knows only one open at a time: it can be told to give up, with
 * LIBSSH2_ERROR_TIMEOUT.  The answer still comes, and libssh2 would take it for an error of the open that waits then, if that
 * were the call that reads it.  So others read.
 */
LIBSSH2_CHANNEL *channel_open(
    struct conn *conn, const char *type, unsigned window, const struct str *message, bool give_up);

/* Moves what can be moved in all tunnels. */
void tunnels_step(struct conn *conn);
/* Takes in all that came, without handing any of it out; false: none is open that it could be done by. */
bool tunnels_take_in(struct conn *conn);
/* The server was asked for one and has not answered yet. */
bool tunnels_opening(const struct conn *conn);
/* It is given up if the server does not answer now. */
void tunnels_hurry(struct conn *conn);
/* Is one being opened, or open? */
bool tunnels_busy(const struct conn *conn);
/* How many are there, those on their way included. */
size_t tunnels_count(const struct conn *conn);
/* One line for each. */
void tunnels_text(const struct conn *conn, struct str *out);
/* Frees all at once, telling nobody. */
void tunnels_free(struct conn *conn);

#endif
