/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"
#include "forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CONNECT_MS = 30000, DEFAULT_TOTAL_MS = 120000 };

enum {
	TO_REACH = 1 << CONN_REACH,
	TO_AUTH = 1 << CONN_AUTH,
	TO_SESSION = 1 << CONN_SESSION,
	TO_HOSTKEY = 1 << CONN_HOSTKEY,
	TO_ALL = TO_REACH | TO_AUTH | TO_SESSION | TO_HOSTKEY,
};

static const struct stage {
	const char *id;
	unsigned depths;
	stage_fn *step;
} stages[] = {
	[STAGE_JUMP] = { "jump", TO_ALL, stage_jump },
	[STAGE_RESOLVE] = { "net.resolve", TO_ALL, stage_resolve },
	[STAGE_CONNECT] = { "net.connect", TO_ALL, stage_connect },
	[STAGE_BANNER] = { "ssh.banner", TO_ALL, stage_banner },
	[STAGE_KEX] = { "ssh.kex", TO_HOSTKEY | TO_AUTH | TO_SESSION, stage_kex },
	[STAGE_HOSTKEY] = { "ssh.hostkey", TO_HOSTKEY | TO_AUTH | TO_SESSION, stage_hostkey },
	[STAGE_METHODS] = { "auth.methods", TO_AUTH | TO_SESSION, stage_methods },
	[STAGE_PUBLICKEY] = { "auth.publickey", TO_AUTH, stage_publickey },
	[STAGE_LOGIN] = { "auth.login", TO_SESSION, stage_login },
	[STAGE_FORWARD] = { "session.forward", TO_SESSION, stage_forward },
	[STAGE_CHANNEL] = { "session.channel", TO_SESSION, stage_channel },
	[STAGE_PTY] = { "session.pty", TO_SESSION, stage_pty },
	[STAGE_START] = { "session.start", TO_SESSION, stage_start },
	[STAGE_OPEN] = { NULL, TO_SESSION, stage_open },
};

const char *conn_stage_id(enum conn_stage stage)
{
	return stages[stage].id;
}

const char *conn_result_id(const struct conn *conn)
{
	return conn->stage == STAGE_JUMP ? conn->jump_id : stages[conn->stage].id;
}

void conn_result_drop(struct conn *conn, const char *failed_id)
{
	result_free(conn->result);
	conn->result = NULL;
	snprintf(conn->jump_id, sizeof conn->jump_id, "%s", failed_id);
}

bool conn_host_usable(const struct conn *conn, struct err *err)
{
	const struct host *host = conn->host;

	if (host->problem)
		return err_set(err, ERR_INVALID, "%s", host->problem);
	/* Never straight to a host that is behind others. */
	if (host->proxy_jump && *host->proxy_jump && !str_eq(host->proxy_jump, "none") &&
	    conn->options.jump_count == 0 && !conn->options.through) {
		err_set(err, ERR_INVALID, _("%s goes through %s, which was not resolved"),
		    host->hostname, host->proxy_jump);
		return err_hint(err,
		    _("Give %s an entry of its own, with proxy_jump \"none\" if it is reached directly."),
		    host->hostname);
	}
	return host_name_valid(host->hostname, err) && host_user_valid(host->user, err);
}

void conn_wake(struct conn *conn)
{
	loop_task_queue(&conn->task);
}

char *conn_peer(const struct conn *conn)
{
	return mem_printf(_("%s port %ld"), conn->host->hostname, conn->host->port);
}

void conn_warn(struct conn *conn)
{
	conn->result->verdict = verdict_worse(conn->result->verdict, VERDICT_WARN);
}

void conn_notice(struct conn *conn, const char *text)
{
	if (conn->owner.notice)
		conn->owner.notice(conn->ctx, text, strlen(text));
}

void conn_remark(struct conn *conn, const char *text)
{
	if (conn->owner.remark)
		conn->owner.remark(conn->ctx, text);
}

/* ---- telling the owner ---- */

static void stage_begin(struct conn *conn)
{
	const char *id = conn_result_id(conn);

	conn->phase = 0;
	conn->since = loop_now_ms(conn->loop);
	if (!id)
		return;
	conn->result = result_new(id, VERDICT_PASS);
	/* A hop is begun when those before it are done: via.c tells. */
	if (conn->owner.stage_start && conn->stage != STAGE_JUMP)
		conn->owner.stage_start(conn->ctx, id);
}

static void stage_end(struct conn *conn)
{
	struct result *result = conn->result;

	if (!result)
		return;
	conn->result = NULL;
	result->duration_ms = loop_now_ms(conn->loop) - conn->since;
	if (conn->owner.stage_end)
		conn->owner.stage_end(conn->ctx, result);
	result_free(result);
}

static void stage_end_failed(struct conn *conn)
{
	if (!conn->result)
		return;
	conn->result->verdict = VERDICT_FAIL;
	if (conn->stage == STAGE_JUMP && conn->hops > 1)
		result_summary(conn->result, _("%zu of %zu hops, then %s"),
		    conn->options.jump_count - 1, conn->hops, conn->why->text);
	else
		result_summary(conn->result, "%s", conn->why->text);
	if (conn->why->hint[0])
		result_hint(conn->result, "%s", conn->why->hint);
	stage_end(conn);
}

/* Lets go of everything that could still call us. */
static void quiet(struct conn *conn)
{
	loop_timer_cancel(conn->deadline);
	loop_timer_cancel(conn->step_timer);
	conn->deadline = conn->step_timer = NULL;
	resolve_cancel(conn->resolve);
	conn->resolve = NULL;
	race_cancel(conn->race);
	conn->race = NULL;
	login_free(conn->login);
	conn->login = NULL;
	alive_stop(conn);
	tunnels_free(conn);
	forwards_free(conn);
	stream_free(conn->stream);
	conn->stream = NULL;
	session_free(conn->session);
	conn->session = NULL;
	transport_done(&conn->net);
	via_free(conn->via);
	conn->via = NULL;
	conn->asking.pending = false;
}

void conn_finish(struct conn *conn, const struct conn_end *end)
{
	struct conn_end copy = *end;

	if (conn->over || conn->doomed)
		return;
	conn->over = true;
	copy.bytes_in = conn->net.bytes_in;
	copy.bytes_out = conn->net.bytes_out;
	quiet(conn);
	if (conn->owner.ended)
		conn->owner.ended(conn->ctx, &copy);
}

static void finish_failed(struct conn *conn)
{
	struct conn_end end = {
		.cause = conn->stopped ? conn->cause : conn_cause(conn->why->code),
		.reason = conn->why->text,
		.hint = conn->why->hint[0] ? conn->why->hint : NULL,
		.failed_id =
		    conn->result || conn->stage == STAGE_JUMP ? conn_result_id(conn) : NULL,
	};

	if (end.cause == END_CANCELLED || end.cause == END_KILLED)
		end.failed_id = NULL;
	else
		stage_end_failed(conn);
	conn_finish(conn, &end);
}

/* ---- the machine ---- */

static bool stage_applies(const struct conn *conn, enum conn_stage stage)
{
	const struct conn_options *options = &conn->options;
	bool runs = !options->hop && !options->stdio_host; /* something on the server */

	if (!(stages[stage].depths & 1u << options->depth))
		return false;
	switch (stage) {
	case STAGE_JUMP:
		return options->jump_count > 0 && !conn->connected;
	case STAGE_RESOLVE:
		return options->jump_count == 0 && !options->through && !conn->connected;
	case STAGE_CONNECT:
		return !conn->connected;
	case STAGE_FORWARD:
		return runs && forwards_wanted(conn);
	case STAGE_CHANNEL:
		return !options->hop;
	case STAGE_PTY:
		return runs && options->pty && !options->no_command;
	case STAGE_START:
		return runs && !options->no_command;
	case STAGE_BANNER:
	case STAGE_KEX:
	case STAGE_HOSTKEY:
	case STAGE_METHODS:
	case STAGE_PUBLICKEY:
	case STAGE_LOGIN:
	case STAGE_OPEN:
		break;
	}
	return true;
}

/* To the first stage from here on that applies; the last one of a check was its end. */
static void begin_from(struct conn *conn, enum conn_stage stage)
{
	struct conn_end done = { .cause = END_EXIT };

	while (!stage_applies(conn, stage)) {
		if (stage == STAGE_OPEN) {
			conn_finish(conn, &done);
			return;
		}
		stage++;
	}
	conn->stage = stage;
	if (!conn->doomed)
		stage_begin(conn);
}

static void go_on(struct conn *conn)
{
	stage_end(conn);
	begin_from(conn, conn->stage + 1);
}

static bool is_damaged(const struct conn *conn)
{
	return conn->session && (conn->session->damaged || session_key_changed(conn->session));
}

/* One step.  False: nothing more to do before something happens. */
static bool machine_turn(struct conn *conn)
{
	uint64_t before;

	if (conn->stopped) {
		finish_failed(conn);
		return false;
	}
	if (is_damaged(conn)) {
		conn_fail_lib(conn, ERR_LOST, _("the session broke"));
		finish_failed(conn);
		return false;
	}
	transport_fill(&conn->net);
	before = conn->net.taken;
	switch (stages[conn->stage].step(conn)) {
	case STEP_NEXT:
		if (conn->stage != STAGE_OPEN)
			go_on(conn);
		return true;
	case STEP_FAIL:
		finish_failed(conn);
		return false;
	case STEP_WAIT:
		break;
	}
	if (conn->over || conn->doomed)
		return false;
	/* libssh2 may stop in the middle of what we have (chacha20): the socket would not wake us. */
	if (conn->stopped || is_damaged(conn) ||
	    (queue_len(&conn->net.in) && conn->net.taken != before && !transport_spent(&conn->net)))
		return true;
	if (conn->stage != STAGE_OPEN && transport_over(&conn->net)) {
		conn_fail_lost(conn);
		finish_failed(conn);
		return false;
	}
	return false;
}

static void destroy(struct conn *conn)
{
	quiet(conn);
	loop_task_done(&conn->task);
	host_free(conn->own_host);
	result_free(conn->result);
	free(conn->why);
	free(conn->addresses);
	ident_done(&conn->ident);
	session_prefs_done(&conn->prefs);
	free(conn->known_name);
	strlist_done(&conn->known_files);
	known_hosts_free(conn->known);
	secret_free(conn->asking.secret);
	free(conn->signal);
	free(conn);
}

static void run(void *ctx)
{
	struct conn *conn = ctx;

	conn->busy = true;
	transport_turn(&conn->net);
	if (!conn->begun) {
		conn->begun = true;
		begin_from(conn, STAGE_JUMP);
	}
	while (!conn->over && !conn->doomed && machine_turn(conn))
		;
	conn->busy = false;
	if (conn->doomed) {
		destroy(conn);
	} else if (!conn->over) {
		transport_wait(&conn->net);
		if (transport_spent(&conn->net))
			conn_wake(conn);
	}
}

/* ---- life ---- */

static void on_deadline(void *ctx)
{
	struct conn *conn = ctx;
	struct err err = ERR_INIT;
	char *peer = conn_peer(conn);

	if (conn->resolve && !resolve_begun(conn->resolve)) {
		err_set(&err, ERR_LOCAL, _("%s: this machine waits for too many other names"),
		    conn->host->hostname);
		err_hint(&err, _("Check fewer hosts at once (--jobs)."));
		result_detail(conn->result, "shortage", "%s", err.text);
	} else if (conn->stage == STAGE_RESOLVE) {
		err_set(&err, ERR_TIMEOUT, _("%s: no name server answered in time"),
		    conn->host->hostname);
		err_hint(&err, _("Is this machine online?  See /etc/resolv.conf."));
	} else {
		err_set(&err, ERR_TIMEOUT, _("%s took too long %s"), peer, conn_doing(conn->stage));
		err_hint(&err,
		    _("The server answers, but too slowly: its network or the machine may be "
		      "overloaded, or something between here and there holds the data back."));
	}
	free(peer);
	conn_stop(conn, END_TIMEOUT, &err);
}

struct conn *conn_start(struct loop *loop, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx)
{
	struct conn *conn = mem_zalloc(1, sizeof *conn);

	conn->loop = loop;
	if (!options->host_stays)
		conn->own_host = host_dup(host);
	conn->host = conn->own_host ? conn->own_host : host;
	conn->options = *options;
	conn->hops = options->jump_count;
	conn->owner = *owner;
	conn->ctx = ctx;
	if (conn->options.connect_timeout_ms <= 0)
		conn->options.connect_timeout_ms = DEFAULT_CONNECT_MS;
	if (conn->options.total_timeout_ms <= 0)
		conn->options.total_timeout_ms = DEFAULT_TOTAL_MS;
	snprintf(conn->jump_id, sizeof conn->jump_id, "jump.%zu", options->jump_count);
	loop_task_init(&conn->task, loop, run, conn);
	transport_init(&conn->net, &conn->task);
	if (options->depth == CONN_REACH)
		transport_expect_little(&conn->net);
	conn->deadline_at = loop_now_ms(loop) + conn->options.total_timeout_ms;
	conn->deadline = loop_timer_start(loop, conn->options.total_timeout_ms, on_deadline, conn);
	conn_wake(conn);
	return conn;
}

struct conn *conn_start_on(struct loop *loop, int fd, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx)
{
	struct conn *conn = conn_start(loop, host, options, owner, ctx);

	conn->connected = true;
	transport_open(&conn->net, fd, NULL, false);
	return conn;
}

void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	conn->owner = (struct conn_owner){ 0 };
	conn->doomed = true;
	if (!conn->busy)
		destroy(conn);
}

void conn_stop(struct conn *conn, enum end_cause cause, const struct err *why)
{
	if (conn->over || conn->stopped)
		return;
	conn_fail(conn, why);
	conn->stopped = true;
	conn->cause = cause;
	conn_wake(conn);
}

void conn_cancel(struct conn *conn, enum end_cause cause, const char *reason)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_CANCELLED, "%s", reason ? reason : _("cancelled"));
	if (cause == END_LOST)
		err_hint(&err, _("What it went through is gone: check that by itself."));
	conn_stop(conn, cause, &err);
}
