/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "forward.h"
#include "stream.h"
#include "ttymodes.h"

static enum step refused(struct conn *conn)
{
	const char *what = conn->options.stdio_host ? _("the server refuses to connect on")
						    : _("the server refuses to open a session");
	const char *words = conn->session->open_failure;

	if (words && !conn->session->disconnect)
		conn_failf(conn, ERR_REFUSED, "%s: %s", what, words);
	else
		conn_fail_lib(conn, ERR_REFUSED, what);
	if (conn->options.stdio_host)
		conn_hint(conn,
		    _("Is the address right as seen from there, and is forwarding allowed "
		      "(AllowTcpForwarding, PermitOpen)?"));
	else
		conn_hint(
		    conn, _("Its settings may allow none (MaxSessions), or only forwarding."));
	return STEP_FAIL;
}

static LIBSSH2_CHANNEL *open_channel(struct conn *conn, const char *type, const struct str *message)
{
	return libssh2_channel_open_ex(conn->session->lib, type, (unsigned)strlen(type),
	    CHAN_WINDOW, LIBSSH2_CHANNEL_PACKET_DEFAULT, message->len ? message->data : NULL,
	    (unsigned)message->len);
}

/* A session, or with -W a connection on from the server. */
static LIBSSH2_CHANNEL *open_own(struct conn *conn)
{
	const struct conn_options *options = &conn->options;
	const struct tunnel_target target = {
		.host = options->stdio_host, .port = options->stdio_port, .origin = "127.0.0.1"
	};
	struct str message = STR_INIT;
	LIBSSH2_CHANNEL *channel;

	if (options->stdio_host)
		tunnel_message(&target, &message);
	channel = open_channel(conn, options->stdio_host ? "direct-tcpip" : "session", &message);
	str_done(&message);
	return channel;
}

static void summarize(struct conn *conn)
{
	if (conn->options.stdio_host)
		result_summary(conn->result, _("connected on to %s port %ld"),
		    conn->options.stdio_host, conn->options.stdio_port);
	else if (!conn->stream->chan.lib)
		result_summary(conn->result, _("the server opens no session; none is needed"));
	else if (conn->forwards && conn->forwards->agent_on)
		result_summary(
		    conn->result, _("the server opens a session, and may use your SSH agent"));
	else
		result_summary(conn->result, _("the server opens a session"));
}

/* Before a command could want it. */
static enum step offer_agent(struct conn *conn)
{
	if (!agent_offer(conn, conn->stream->chan.lib))
		return STEP_WAIT;
	summarize(conn);
	return STEP_NEXT;
}

enum step stage_channel(struct conn *conn)
{
	LIBSSH2_CHANNEL *channel;

	if (conn->phase == 1)
		return offer_agent(conn);
	channel = open_own(conn);
	if (!channel && libssh2_session_last_errno(conn->session->lib) == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (!channel && !conn->options.no_command)
		return refused(conn);
	conn->stream = mem_zalloc(1, sizeof *conn->stream);
	conn->stream->chan =
	    (struct chan){ .lib = channel, .session = conn->session, .both = !conn->options.pty };
	if (channel && conn->options.pty)
		libssh2_channel_handle_extended_data2(channel, LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE);
	conn->phase = 1;
	return offer_agent(conn);
}

/* What libssh2 has room for: the terminal's name, which term_type() keeps below half of it, and modes. */
enum { PTY_REQUEST_MAX = 256 };

enum step stage_pty(struct conn *conn)
{
	const char *term = conn->options.term ? conn->options.term : "dumb";
	struct str modes = STR_INIT;
	int rc;

	ttymodes_encode(conn->options.modes, PTY_REQUEST_MAX - strlen(term), &modes);
	rc = libssh2_channel_request_pty_ex(conn->stream->chan.lib, term, (unsigned)strlen(term),
	    modes.data, (unsigned)modes.len, conn->options.cols, conn->options.rows, 0, 0);
	str_done(&modes);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (rc && rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return conn_fail_lib(conn, ERR_REFUSED, _("no terminal on the server"));
	if (rc) {
		/* As ssh: told, and the session goes on without one. */
		conn_warn(conn);
		result_summary(conn->result, _("the server gives no terminal"));
		result_hint(conn->result, _("Its settings may forbid it (PermitTTY)."));
		conn_remark(conn, _("the server gives no terminal"));
		conn->options.pty = false;
		libssh2_channel_handle_extended_data2(
		    conn->stream->chan.lib, LIBSSH2_CHANNEL_EXTENDED_DATA_NORMAL);
		conn->stream->chan.both = true;
		return STEP_NEXT;
	}
	result_summary(conn->result, "%s, %dx%d", term, conn->options.cols, conn->options.rows);
	return STEP_NEXT;
}

/* True when all were sent.  A server that does not want one (AcceptEnv) is no failure. */
static bool send_env(struct conn *conn)
{
	struct stream *stream = conn->stream;
	const struct strlist *env = conn->options.env;

	for (; env && stream->env_next < env->len; stream->env_next++) {
		const char *item = env->items[stream->env_next];
		const char *equals = strchr(item, '=');
		int rc;

		if (!equals)
			continue;
		rc = libssh2_channel_setenv_ex(stream->chan.lib, item, (unsigned)(equals - item),
		    equals + 1, (unsigned)strlen(equals + 1));
		if (rc == LIBSSH2_ERROR_EAGAIN)
			return false;
	}
	return true;
}

enum step stage_start(struct conn *conn)
{
	const char *command = conn->options.command;
	const char *request = !command ? "shell" : conn->options.subsystem ? "subsystem" : "exec";
	int rc;

	if (!send_env(conn))
		return STEP_WAIT;
	rc = libssh2_channel_process_startup(conn->stream->chan.lib, request,
	    (unsigned)strlen(request), command, command ? (unsigned)strlen(command) : 0);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	result_summary(conn->result, "%s", request);
	if (rc == 0)
		return STEP_NEXT;
	if (rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return conn_fail_lib(conn, ERR_REFUSED, _("the session could not be started"));
	conn_failf(conn, ERR_REFUSED, _("the server refuses to start the %s"), request);
	conn_hint(conn, _("The account may have no shell, or be limited to something else."));
	return STEP_FAIL;
}
