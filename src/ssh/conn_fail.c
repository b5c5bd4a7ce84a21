/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum step conn_fail(struct conn *conn, const struct err *err)
{
	struct err copy = *err;

	if (!conn->why)
		conn->why = mem_alloc(sizeof *conn->why);
	*conn->why = copy;
	return STEP_FAIL;
}

enum step conn_failf(struct conn *conn, enum err_code code, const char *fmt, ...)
{
	struct err err = ERR_INIT;
	va_list ap;
	struct str text = STR_INIT;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	err_set(&err, code, "%s", str_text(&text));
	str_done(&text);
	return conn_fail(conn, &err);
}

void conn_hint(struct conn *conn, const char *fmt, ...)
{
	va_list ap;
	struct str text = STR_INIT;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	err_hint(conn->why, "%s", str_text(&text));
	str_done(&text);
}

const char *conn_doing(enum conn_stage stage)
{
	switch (stage) {
	case STAGE_JUMP:
	case STAGE_RESOLVE:
	case STAGE_CONNECT:
	case STAGE_BANNER:
		break;
	case STAGE_KEX:
		return _("during the key exchange");
	case STAGE_HOSTKEY:
		return _("while the host key was checked");
	case STAGE_METHODS:
	case STAGE_PUBLICKEY:
	case STAGE_LOGIN:
		return _("during the login");
	case STAGE_FORWARD:
	case STAGE_CHANNEL:
	case STAGE_PTY:
	case STAGE_START:
		return _("as the session was started");
	case STAGE_OPEN:
		return _("during the session");
	}
	return _("as the connection was made");
}

static void lost_hint_kex(struct conn *conn)
{
	char *command = host_ssh_command(NULL, conn->host);

	conn_hint(conn,
	    _("The server may be overloaded (MaxStartups), block this address, "
	      "or not like what we offer: compare with: ssh -vv%s"),
	    command + strlen("ssh"));
	free(command);
}

static void lost_hint(struct conn *conn)
{
	switch (conn->stage) {
	case STAGE_METHODS:
	case STAGE_PUBLICKEY:
	case STAGE_LOGIN:
		conn_hint(conn,
		    _("The server may limit the time or the number of attempts "
		      "for a login, or block this address for a while."));
		break;
	case STAGE_KEX:
		lost_hint_kex(conn);
		break;
	case STAGE_JUMP:
	case STAGE_RESOLVE:
	case STAGE_CONNECT:
	case STAGE_BANNER:
	case STAGE_HOSTKEY:
	case STAGE_FORWARD:
	case STAGE_CHANNEL:
	case STAGE_PTY:
	case STAGE_START:
	case STAGE_OPEN:
		break;
	}
}

enum step conn_fail_lost(struct conn *conn)
{
	enum err_code code = conn->stage == STAGE_OPEN ? ERR_LOST : ERR_RESET;
	const char *reason = conn->session ? conn->session->disconnect : NULL;
	int errnum = conn->net.errnum;
	char *peer = conn_peer(conn);

	/* An error is told once, to whoever asks first; after EPIPE reading knows better. */
	if (errnum == 0 && conn->net.send_errnum != EPIPE)
		errnum = conn->net.send_errnum;
	if (via_lost(conn->via))
		conn_failf(conn, code, "%s", via_lost(conn->via));
	else if (reason)
		conn_failf(conn, code, _("%s ended the connection %s: %s"), peer,
		    conn_doing(conn->stage), reason);
	else if (errnum == 0)
		conn_failf(
		    conn, code, _("%s closed the connection %s"), peer, conn_doing(conn->stage));
	else
		conn_failf(conn, errnum == ETIMEDOUT ? ERR_TIMEOUT : code,
		    _("the connection to %s was cut %s: %s"), peer, conn_doing(conn->stage),
		    strerror(errnum));
	lost_hint(conn);
	free(peer);
	return STEP_FAIL;
}

static enum step damaged(struct conn *conn)
{
	char *peer = conn_peer(conn);

	conn_failf(conn, ERR_LOST, _("%s sent a damaged packet %s"), peer, conn_doing(conn->stage));
	conn_hint(conn, _("Something on the way changes the data, or the server is broken."));
	free(peer);
	return STEP_FAIL;
}

enum step conn_fail_lib(struct conn *conn, enum err_code code, const char *what)
{
	struct err err = ERR_INIT;

	conn->session->failed = true;
	if (session_key_changed(conn->session)) {
		conn_failf(conn, ERR_HOSTKEY,
		    _("the server shows another host key in the middle of the session"));
		conn_hint(conn, _("Someone may have taken the connection over: it was ended."));
		return STEP_FAIL;
	}
	if (conn->session->damaged)
		return damaged(conn);
	if (conn->session->disconnect || transport_over(&conn->net))
		return conn_fail_lost(conn);
	session_err(conn->session, code, what, &err);
	return conn_fail(conn, &err);
}

enum end_cause conn_cause(enum err_code code)
{
	switch (code) {
	case ERR_TIMEOUT:
		return END_TIMEOUT;
	case ERR_HOSTKEY:
		return END_HOSTKEY;
	case ERR_AUTH:
		return END_AUTH;
	case ERR_CANCELLED:
		return END_CANCELLED;
	case ERR_RESET:
	case ERR_LOST:
		return END_LOST;
	case ERR_NONE:
	case ERR_IO:
	case ERR_SYNTAX:
	case ERR_INVALID:
	case ERR_NOTFOUND:
	case ERR_USAGE:
	case ERR_LOCAL:
	case ERR_RESOLVE:
	case ERR_REFUSED:
	case ERR_UNREACHABLE:
	case ERR_PROTOCOL:
	case ERR_KEX:
		break;
	}
	return END_REFUSED;
}
