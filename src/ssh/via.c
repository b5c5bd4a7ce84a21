/* SPDX-License-Identifier: Apache-2.0 */
#include "via.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "tunnel.h"

enum { PHASE_START, PHASE_WAIT, PHASE_DONE, PHASE_FAILED };

struct via {
	struct conn *outer; /* who goes this way */
	struct conn *conn; /* to the last hop */
	bool borrowed; /* ... which others use, too */
	const struct host *hop; /* borrowed from the options */
	struct tunnel *tunnel; /* NULL: none yet, or ended */
	int fd; /* our end of it, until the connection takes it; -1 */
	bool told; /* that work at this hop began */
	bool open;
	char *lost; /* how the hop's connection ended */
};

void via_free(struct via *via)
{
	if (!via)
		return;
	tunnel_close(via->tunnel);
	if (!via->borrowed)
		conn_free(via->conn);
	if (via->fd != -1)
		close(via->fd);
	free(via->lost);
	free(via);
}

struct via *via_through(struct conn *conn, struct conn *hop)
{
	struct via *via = mem_zalloc(1, sizeof *via);

	*via = (struct via){
		.outer = conn,
		.conn = hop,
		.borrowed = true,
		.hop = hop->host,
		.fd = -1,
		.open = true,
	};
	return via;
}

struct conn *via_conn(const struct via *via)
{
	return via ? via->conn : NULL;
}

const char *via_lost(const struct via *via)
{
	return via ? via->lost : NULL;
}

/* ---- what the hop's connection tells ---- */

static void on_stage_start(void *ctx, const char *id)
{
	struct via *via = ctx;
	struct conn *outer = via->outer;

	if (!outer->owner.stage_start)
		return;
	if (str_starts(id, "jump.")) {
		outer->owner.stage_start(outer->ctx, id);
	} else if (!via->told) {
		via->told = true;
		outer->owner.stage_start(outer->ctx, conn_result_id(outer));
	}
}

static void tell_login(struct via *via, const char *login)
{
	struct conn *outer = via->outer;

	if (outer->hops > 1)
		result_summary(outer->result, _("%zu of %zu hops: %s: %s"),
		    outer->options.jump_count, outer->hops, via->hop->name, login);
	else
		result_summary(outer->result, "%s: %s", via->hop->name, login);
}

/* The stages of a hop are the details of one result of ours. */
static void on_stage_end(void *ctx, struct result *result)
{
	struct via *via = ctx;
	struct conn *outer = via->outer;

	if (str_starts(result->id, "jump.")) {
		if (outer->owner.stage_end)
			outer->owner.stage_end(outer->ctx, result);
		return;
	}
	if (!outer->result || via->open)
		return;
	result_detail(outer->result, result->id, "%s", result->summary);
	if (result->verdict == VERDICT_WARN) {
		conn_warn(outer);
		if (result->hint)
			result_hint(outer->result, "%s", result->hint);
	}
	if (str_eq(result->id, conn_stage_id(STAGE_LOGIN)))
		tell_login(via, result->summary);
}

static void on_ask(void *ctx, const struct question *question)
{
	struct conn *outer = ((struct via *)ctx)->outer;

	outer->owner.ask(outer->ctx, question);
}

static void on_notice(void *ctx, const char *text, size_t len)
{
	struct conn *outer = ((struct via *)ctx)->outer;

	if (outer->owner.notice)
		outer->owner.notice(outer->ctx, text, len);
}

static void on_remark(void *ctx, const char *text)
{
	struct via *via = ctx;
	char *whose = mem_printf(_("jump host %s: %s"), via->hop->name, text);

	conn_remark(via->outer, whose);
	free(whose);
}

static void on_opened(void *ctx)
{
	struct via *via = ctx;

	via->open = true;
	via->outer->phase = PHASE_DONE;
	conn_wake(via->outer);
}

static enum err_code code_of(enum end_cause cause)
{
	switch (cause) {
	case END_HOSTKEY:
		return ERR_HOSTKEY;
	case END_AUTH:
		return ERR_AUTH;
	case END_TIMEOUT:
		return ERR_TIMEOUT;
	case END_LOST:
		return ERR_RESET;
	case END_CANCELLED:
	case END_KILLED:
		return ERR_CANCELLED;
	case END_EXIT:
	case END_SIGNAL:
	case END_REFUSED:
		break;
	}
	return ERR_REFUSED;
}

/* A hop before this one has told its own result, under its own number. */
static void failed(struct via *via, const struct conn_end *end)
{
	struct conn *outer = via->outer;

	if (end->failed_id && str_starts(end->failed_id, "jump.")) {
		conn_result_drop(outer, end->failed_id);
		conn_failf(outer, code_of(end->cause), "%s", end->reason);
	} else {
		conn_failf(outer, code_of(end->cause), "%s", via->lost);
	}
	if (end->hint)
		conn_hint(outer, "%s", end->hint);
	outer->phase = PHASE_FAILED;
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct via *via = ctx;
	bool on_the_way = via->fd != -1 && via->outer->phase != PHASE_FAILED;

	via->lost = mem_printf(_("jump host %s: %s"), via->hop->name,
	    end->reason ? end->reason : _("the connection ended"));
	if (!via->open || on_the_way)
		failed(via, end);
	conn_wake(via->outer);
}

/* ---- getting there ---- */

static struct conn *start(struct via *via)
{
	struct conn *outer = via->outer;
	const struct conn_options *options = &outer->options;
	const struct conn_options hop = {
		.depth = CONN_SESSION,
		.hop = true,
		.jumps = options->jumps,
		.jump_count = options->jump_count - 1,
		.connect_timeout_ms = via->hop->connect_timeout
		    ? (double)via->hop->connect_timeout * 1000
		    : options->connect_timeout_ms,
		.total_timeout_ms = options->total_timeout_ms,
		.batch = outer->options.batch || !outer->owner.ask,
		.auth = { .unattended = outer->options.auth.unattended },
		.no_tcp_keepalive = outer->options.no_tcp_keepalive,
	};
	const struct conn_owner owner = {
		.stage_start = on_stage_start,
		.stage_end = on_stage_end,
		.ask = ask_possible(outer) ? on_ask : NULL,
		.notice = on_notice,
		.remark = on_remark,
		.opened = on_opened,
		.ended = on_ended,
	};

	struct conn *conn = conn_start(outer->loop, via->hop, &hop, &owner, via);

	conn->hops = outer->hops;
	return conn;
}

enum step stage_jump(struct conn *conn)
{
	struct err err = ERR_INIT;

	switch (conn->phase) {
	case PHASE_START:
		if (!conn_host_usable(conn, &err))
			return conn_fail(conn, &err);
		/* Each hop has time of its own. */
		deadline_pause(conn);
		conn->via = mem_zalloc(1, sizeof *conn->via);
		conn->via->outer = conn;
		conn->via->fd = -1;
		conn->via->hop = conn->options.jumps[conn->options.jump_count - 1];
		conn->via->conn = start(conn->via);
		conn->phase = PHASE_WAIT;
		return STEP_WAIT;
	case PHASE_WAIT:
		return STEP_WAIT;
	}
	deadline_resume(conn);
	return conn->phase == PHASE_FAILED ? STEP_FAIL : STEP_NEXT;
}

/* ---- through it ---- */

static void hint_unreachable(struct conn *conn)
{
	const char *hop = conn->via->hop->name;

	conn_hint(conn,
	    _("%s makes this connection: is the address right as seen from there, does sshd listen "
	      "there, and does %s allow it (AllowTcpForwarding, PermitOpen)?"),
	    hop, hop);
}

void via_timed_out(struct conn *conn)
{
	const char *groups = host_cloud(conn->host, "security_groups");

	conn_failf(conn, ERR_TIMEOUT, _("jump host %s got no answer from %s port %ld within %g s"),
	    conn->via->hop->name, conn->host->hostname, conn->host->port,
	    conn->options.connect_timeout_ms / 1000);
	conn_hint(conn,
	    _("The instance may not be running, or its security group%s%.100s has no inbound rule for "
	      "port %ld from %s; or is the address another one as seen from there?"),
	    groups && *groups ? " " : "", groups ? groups : "", conn->host->port,
	    conn->via->hop->name);
}

static void unreachable(struct conn *conn, const char *why)
{
	const char *hop = conn->via->hop->name;

	conn_failf(conn, ERR_REFUSED, _("jump host %s cannot reach %s port %ld: %s"), hop,
	    conn->host->hostname, conn->host->port, why && *why ? why : _("no reason given"));
	hint_unreachable(conn);
}

static void on_tunnel(void *ctx, struct tunnel *tunnel, enum tunnel_news news, const char *why)
{
	struct conn *conn = ctx;
	struct via *via = conn->via;

	(void)tunnel;
	if (news == TUNNEL_OPENED) {
		transport_open(&conn->net, via->fd, NULL, false);
		via->fd = -1;
		conn->phase = PHASE_DONE;
	}
	if (news == TUNNEL_REFUSED) {
		unreachable(conn, why);
		conn->phase = PHASE_FAILED;
	}
	conn_wake(conn);
}

void via_connect(struct conn *conn)
{
	struct via *via = conn->via;
	const struct tunnel_target target = {
		.host = conn->host->hostname,
		.port = conn->host->port,
		.origin = "127.0.0.1",
		.label = conn->host->hostname,
	};
	int ends[2];

	if (via->lost) {
		conn_failf(conn, ERR_RESET, "%s", via->lost);
		conn->phase = PHASE_FAILED;
	} else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == -1) {
		conn_failf(
		    conn, ERR_LOCAL, _("this machine is short of something: %s"), strerror(errno));
		result_detail(conn->result, "shortage", "%s", strerror(errno));
		conn->phase = PHASE_FAILED;
	} else {
		via->fd = ends[0];
		via->tunnel = tunnel_open(via->conn, &target, ends[1], on_tunnel, conn);
		tunnel_keep(via->tunnel, &via->tunnel);
		return;
	}
	conn_wake(conn);
}
