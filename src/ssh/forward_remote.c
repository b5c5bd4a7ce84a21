/* SPDX-License-Identifier: Apache-2.0 */
/* Ports on the server: -R (RFC 4254 section 7.1). */
#include "forward.h"
#include "stream.h"

/* Opened by the server and not taken by us yet; more are refused. */
enum { WAITING_MAX = 1024 };

/*
 * As channel_rfwd_bind_host() in OpenSSH's channels.c.  libssh2 compares it with the address that the server tells of a
 * connection, which RFC 4254 lets be the one that was asked for.
 */
static const char *bind_host(const struct forward *forward)
{
	if (!forward->bind)
		return "localhost";
	return str_eq(forward->bind, "*") ? "" : forward->bind;
}

bool entrance_ask(struct entrance *entrance, struct err *err)
{
	LIBSSH2_SESSION *lib = entrance->conn->session->lib;
	const struct forward *forward = &entrance->forward;

	entrance->state = ENTRANCE_ASKED;
	entrance->listener = libssh2_channel_forward_listen_ex(
	    lib, bind_host(forward), (int)forward->port, &entrance->bound, WAITING_MAX);
	if (entrance->listener) {
		entrance->state = ENTRANCE_OPEN;
		return true;
	}
	if (libssh2_session_last_errno(lib) == LIBSSH2_ERROR_EAGAIN)
		return true;
	/* ssh's words: programs look for them. */
	return err_set(err, ERR_REFUSED,
	    _("Warning: remote port forwarding failed for listen port %ld"), forward->port);
}

void entrance_accept(struct entrance *entrance)
{
	struct conn *conn = entrance->conn;
	struct session *session = conn->session;
	size_t gate = conn->net.gate;
	LIBSSH2_CHANNEL *channel;

	/* When somebody waits already, what goes wrong in reading is not told: let the session's channel read. */
	if (conn->stream && conn->stream->chan.lib)
		conn->net.gate = 0;
	while ((channel = libssh2_channel_forward_accept(entrance->listener)))
		visitor_remote(entrance, channel);
	conn->net.gate = gate;
	/* It reads too, and takes whatever goes wrong for "nobody is there". */
	if (libssh2_session_last_errno(session->lib) != LIBSSH2_ERROR_EAGAIN &&
	    !session->disconnect)
		session->damaged = true;
}

void entrance_close(struct entrance *entrance)
{
	if (libssh2_channel_forward_cancel(entrance->listener) == LIBSSH2_ERROR_EAGAIN)
		return;
	entrance->listener = NULL;
	entrance->state = ENTRANCE_GONE;
}
