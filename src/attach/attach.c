/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/attach.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sallyport/hosts.h"
#include "sallyport/term.h"
#include "session.h"

extern char **environ;

enum { STATUS_FAILED = 255, STATUS_INTERRUPTED = 130, ATTEMPT_EVERY_MS = 1000 };

static void start_connection(struct session *session);

/* ---- the open session ---- */

static void on_came(void *ctx, const char *data, size_t len)
{
	session_log_add(ctx, data, len);
}

/* The signal of a new size may still wait behind the keys that were typed after it. */
static void on_typed(void *ctx)
{
	session_resize(ctx);
}

static void on_broken(void *ctx, int why)
{
	struct session *session = ctx;
	char *reason = mem_printf(_("standard output: %s"), strerror(why));

	session->broken = why == EPIPE;
	if (!session->over)
		conn_cancel(session->conn, END_CANCELLED, reason);
	free(reason);
}

static void on_drained(void *ctx)
{
	struct session *session = ctx;

	loop_stop(session->loop);
}

static const struct relay_owner relay_owner = {
	.came = on_came,
	.typed = on_typed,
	.escape = session_escape,
	.captured = session_captured,
	.broken = on_broken,
	.drained = on_drained,
};

/* A server that gives no terminal gets our lines, not our keys: as ssh does then. */
static void on_stage_end(void *ctx, struct result *result)
{
	struct session *session = ctx;

	if (str_eq(result->id, conn_stage_id(STAGE_PTY)) && result->verdict != VERDICT_PASS)
		session->choice.pty = false;
	tell_stage_end(session, result);
}

static void on_opened(void *ctx)
{
	struct session *session = ctx;
	const struct attach_options *options = session->options;

	tell_open(session);
	session->open = true;
	if (options->opened)
		options->opened(options);
	if (options->no_command)
		return;
	session_log_begin(session);
	if (session->choice.pty && session->stdin_is_tty && isatty(STDIN_FILENO)) {
		session_use_term(session, STDIN_FILENO);
		if (session->term)
			term_set(session->term, TERM_RAW);
		session->say.raw = session->term && isatty(STDERR_FILENO);
		session_resize(session);
	}
	relay_init(&session->relay, session->loop, session->conn, &relay_owner, session);
	relay_start(
	    &session->relay, session->choice.pty ? options->escape : -1, options->stdin_null);
}

static void on_readable(void *ctx)
{
	struct session *session = ctx;

	if (session->relay.conn)
		relay_readable(&session->relay);
}

static void on_writable(void *ctx)
{
	struct session *session = ctx;

	if (session->relay.conn)
		relay_writable(&session->relay);
}

/* As ssh: "ssh -L ... host sleep 10" lasts as long as somebody uses the port. */
static void on_waiting(void *ctx)
{
	struct session *session = ctx;

	session->relay.escape.idle = true;
	if (session->choice.pty)
		tell_remark(session,
		    _("the session has ended; forwarded connections are still open (~# lists them, ~. "
		      "or Ctrl-C ends them)"));
}

static char *dup_or_null(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

/* ---- the end of a connection, and trying again ---- */

static void ending_done(struct ending *end)
{
	free(end->signal);
	free(end->reason);
	free(end->hint);
	*end = (struct ending){ 0 };
}

/* Until then the session is over: a signal ends it at once. */
static void try_again(void *ctx)
{
	struct session *session = ctx;

	loop_timer_cancel(session->again);
	session->again = NULL;
	session->over = false;
	ending_done(&session->end);
	conn_free(session->conn);
	start_connection(session);
}

/* ConnectionAttempts, as ssh_connect_direct() in OpenSSH's sshconnect.c: a second between two. */
static bool may_try_again(struct session *session, const struct conn_end *end)
{
	return ++session->attempts < session->options->attempts && end->cause != END_CANCELLED &&
	    end->cause != END_KILLED && str_eq(end->failed_id, conn_stage_id(STAGE_CONNECT));
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct session *session = ctx;

	session->over = true;
	session->end = (struct ending){
		.cause = end->cause,
		.status = end->status,
		.signal = dup_or_null(end->signal),
		.reason = dup_or_null(end->reason),
		.hint = dup_or_null(end->hint),
		.bytes_in = end->bytes_in,
		.bytes_out = end->bytes_out,
	};
	session_ask_cancel(session);
	if (may_try_again(session, end)) {
		say_line(&session->say, LEVEL_VERBOSE, "sallyport: %s: %s: %s", session->say.name,
		    end->reason, _("trying again"));
		session->again =
		    loop_timer_start(session->loop, ATTEMPT_EVERY_MS, try_again, session);
		return;
	}
	if (session->relay.conn && end->cause != END_CANCELLED && end->cause != END_KILLED) {
		relay_drain(&session->relay);
	} else {
		session->say.unread = relay_is_blocked(&session->relay);
		loop_stop(session->loop);
	}
}

static const struct conn_owner conn_owner = {
	.stage_start = tell_stage_start,
	.stage_end = on_stage_end,
	.ask = session_ask,
	.notice = tell_notice,
	.remark = tell_remark,
	.opened = on_opened,
	.readable = on_readable,
	.writable = on_writable,
	.waiting = on_waiting,
	.ended = on_ended,
};

static void start_connection(struct session *session)
{
	session->conn = conn_start(
	    session->loop, session->options->host, &session->connection, &conn_owner, session);
}

/* ---- before and after ---- */

/* Statuses of Windows have 32 bits: what exit(3) leaves of one is what the report says, too. */
static int exit_status(const struct session *session)
{
	if (session->interrupted)
		return STATUS_INTERRUPTED;
	if (session->broken)
		return 128 + SIGPIPE;
	if (session->end.cause == END_EXIT)
		return session->end.status & 0xff;
	if (session->end.cause == END_SIGNAL)
		return policy_signal_status(session->end.signal);
	return STATUS_FAILED;
}

/* False: the session is over before it began; end says why. */
static bool choose_terminal(struct session *session, struct conn_options *conn)
{
	struct err err = ERR_INIT;

	if (session->stdin_is_tty)
		session_use_term(session, STDIN_FILENO);
	if (session->term) {
		session->modes = *term_saved(session->term);
		conn->modes = &session->modes;
		term_size(session->term, &session->cols, &session->rows);
	}
	session->choice = policy_tty(session->options, session->command, session->stdin_is_tty);
	if (session->choice.refused)
		say_line(&session->say, LEVEL_INFO, "%s",
		    _("Pseudo-terminal will not be allocated because stdin is not a terminal."));
	if (!session->choice.pty)
		return true;
	conn->pty = true;
	conn->cols = session->cols;
	conn->rows = session->rows;
	conn->term = term_type(&err);
	if (conn->term)
		return true;
	conn->term = "dumb";
	if (err.code == ERR_NOTFOUND)
		return true;
	session->end.cause = END_REFUSED;
	session->end.reason = mem_strdup(err.text);
	session->end.hint = mem_strdup(err.hint);
	return false;
}

static void run(struct session *session)
{
	const struct attach_options *options = session->options;
	struct conn_options *conn = &session->connection;

	*conn = (struct conn_options){
		.depth = CONN_SESSION,
		.connect_timeout_ms = (double)options->host->connect_timeout * 1000,
		.family = options->family,
		.jumps = options->jumps->items,
		.jump_count = options->jumps->len,
		.stdio_host = options->stdio_host,
		.stdio_port = options->stdio_port,
		.command = session->command,
		.subsystem = options->subsystem,
		.no_command = options->no_command,
		.no_forwards = options->no_forwards,
		.forwards_must_work = options->forwards_must_work,
		.gateway_ports = options->gateway_ports,
		.hostkey = options->hostkey,
		.batch = options->batch,
		.auth = options->auth,
		.no_tcp_keepalive = options->no_tcp_keepalive,
	};

	conn->auth.unattended = session_ask_way(session) == ASK_NOBODY;
	if (!choose_terminal(session, conn))
		return;
	policy_env(options->host, options->send_env, environ, &session->env);
	conn->env = &session->env;
	signals_catch(session);
	start_connection(session);
	loop_run(session->loop, NULL, NULL);
	assert(session->over);
	loop_timer_cancel(session->again);
	signals_release(session);
}

static void session_init(struct session *session, const struct attach_options *options)
{
	*session = (struct session){
		.options = options, .loop = loop_new(), .cols = 80, .rows = 24, .log = -1
	};
	session->command = options->command ? options->command : options->host->remote_command;
	session->stdin_is_tty = isatty(STDIN_FILENO);
	/* With ^S on it, a terminal that waits would take no signal either. */
	session->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	say_init(&session->say, policy_level(options->host), options->host->name, session->tty);
	if (options->log_fd != -1)
		session->say.log = options->log_fd;
	report_open(&session->sink, options->report_fd);
}

static void session_done(struct session *session)
{
	conn_free(session->conn);
	relay_done(&session->relay);
	edit_done(&session->line);
	session_log_end(session);
	say_done(&session->say);
	report_close(&session->sink);
	loop_free(session->loop);
	if (session->tty != -1)
		close(session->tty);
	strlist_done(&session->env);
	ending_done(&session->end);
}

static void give_terminal_back(struct session *session)
{
	if (!session->term)
		return;
	if (term_set(session->term, TERM_COOKED) == TERM_RAW)
		term_reset(session->term);
	term_free(session->term);
	session->term = NULL;
	session->say.raw = false;
}

int attach_run(const struct attach_options *options)
{
	struct session session;
	int status;

	session_init(&session, options);
	tell_hello(&session);
	run(&session);
	give_terminal_back(&session);
	status = exit_status(&session);
	tell_end(&session, status);
	session_done(&session);
	return status;
}
