/* SPDX-License-Identifier: Apache-2.0 */
#include "forward.h"

#include <stdlib.h>
#include <string.h>

struct forwards *forwards_of(struct conn *conn)
{
	if (!conn->forwards)
		conn->forwards = mem_zalloc(1, sizeof *conn->forwards);
	return conn->forwards;
}

/* ---- texts ---- */

static void add_end(struct str *out, const char *host, long port)
{
	if (host)
		str_addf(out, strchr(host, ':') ? "[%s]:" : "%s:", host);
	str_addf(out, "%ld", port);
}

void entrance_label(const struct forward *forward, struct str *out)
{
	static const char letters[] = {
		[FORWARD_LOCAL] = 'L', [FORWARD_REMOTE] = 'R', [FORWARD_DYNAMIC] = 'D'
	};

	str_addf(out, "-%c ", letters[forward->kind]);
	add_end(out, forward->bind, forward->port);
	if (!forward->host)
		return;
	str_add(out, _(" to "));
	add_end(out, forward->host, forward->host_port);
}

static void remark(const struct entrance *entrance, const char *what)
{
	struct str text = STR_INIT;

	entrance_label(&entrance->forward, &text);
	str_addf(&text, ": %s", what);
	conn_remark(entrance->conn, str_text(&text));
	str_done(&text);
}

/* ---- life ---- */

static void entrance_free(struct entrance *entrance)
{
	doors_close(entrance);
	forward_done(&entrance->forward);
	free(entrance);
}

/* At the end: they are asked for, and shown, in the order in which they were wanted. */
static struct entrance *entrance_new(struct conn *conn, const struct forward *forward)
{
	struct entrance *entrance = mem_zalloc(1, sizeof *entrance);
	struct entrance **at = &forwards_of(conn)->entrances;

	entrance->conn = conn;
	forward_copy(&entrance->forward, forward);
	while (*at)
		at = &(*at)->next;
	*at = entrance;
	return entrance;
}

static void sweep(struct forwards *forwards)
{
	struct entrance **at = &forwards->entrances;

	while (*at) {
		struct entrance *entrance = *at;

		if (entrance->state != ENTRANCE_GONE) {
			at = &entrance->next;
			continue;
		}
		*at = entrance->next;
		entrance_free(entrance);
	}
}

void forwards_free(struct conn *conn)
{
	struct forwards *forwards = conn->forwards;

	if (!forwards)
		return;
	visitors_free(conn);
	for (struct entrance *at = forwards->entrances; at; at = at->next)
		at->state = ENTRANCE_GONE;
	sweep(forwards);
	free(forwards->agent);
	free(forwards);
	conn->forwards = NULL;
}

/* One that is given up does not count: it may be wanted again. */
static struct entrance *find(const struct conn *conn, const struct forward *forward)
{
	for (struct entrance *at = conn->forwards ? conn->forwards->entrances : NULL; at;
	     at = at->next)
		if (at->state < ENTRANCE_CLOSING && forward_equal(&at->forward, forward))
			return at;
	return NULL;
}

/* False with err: a port here that cannot be listened on.  The server is asked later. */
static bool add(struct conn *conn, const struct forward *forward, struct err *err)
{
	struct entrance *entrance;

	if (find(conn, forward))
		return true; /* as ssh: the same twice is once */
	entrance = entrance_new(conn, forward);
	if (forward->kind == FORWARD_REMOTE)
		return true;
	if (doors_open(entrance, err)) {
		entrance->state = ENTRANCE_OPEN;
		return true;
	}
	entrance->state = ENTRANCE_GONE;
	return false;
}

/* ---- on the server, one request at a time ---- */

static void tell_port(const struct entrance *entrance)
{
	const struct forward *forward = &entrance->forward;
	char *text;

	if (forward->port != 0)
		return;
	/* ssh's words: programs look for them. */
	text = mem_printf(_("Allocated port %d for remote forward to %s:%ld"), entrance->bound,
	    forward->host ? forward->host : "socks", forward->host_port);
	conn_remark(entrance->conn, text);
	free(text);
}

static struct entrance *next_to_ask(const struct conn *conn)
{
	struct entrance *at = conn->forwards->entrances;

	while (at && at->state != ENTRANCE_WANTED && at->state != ENTRANCE_ASKED)
		at = at->next;
	return at;
}

/* The first that is not answered yet is asked for.  False with err: it was refused. */
static bool ask_next(struct conn *conn, struct err *err)
{
	struct entrance *entrance = next_to_ask(conn);

	if (!entrance)
		return true;
	if (!entrance_ask(entrance, err))
		entrance->state = ENTRANCE_GONE;
	if (entrance->state == ENTRANCE_OPEN)
		tell_port(entrance);
	if (entrance->state != ENTRANCE_ASKED)
		conn_wake(conn);
	return entrance->state != ENTRANCE_GONE;
}

/* ---- the stage before the session is opened ---- */

bool forwards_wanted(const struct conn *conn)
{
	const struct host *host = conn->host;

	return !conn->options.no_forwards &&
	    (host->local_forward.len || host->remote_forward.len || host->dynamic_forward.len);
}

/* A failure is said, and ends the connection only if that was asked for (ExitOnForwardFailure). */
static bool bear(struct conn *conn, const struct err *err)
{
	if (conn->options.forwards_must_work) {
		conn_fail(conn, err);
		return false;
	}
	conn_warn(conn);
	conn_remark(conn, err->text);
	return true;
}

static bool add_all(struct conn *conn, enum forward_kind kind, const struct strlist *texts)
{
	struct forward forward;

	for (size_t i = 0; i < texts->len; i++) {
		struct err err = ERR_INIT;
		bool ok = forward_parse(kind, texts->items[i], &forward, &err);

		if (ok) {
			ok = add(conn, &forward, &err);
			forward_done(&forward);
		} else {
			err_context(&err, _("port forward \"%s\""), texts->items[i]);
		}
		if (!ok && !bear(conn, &err))
			return false;
	}
	return true;
}

static void summarize(struct conn *conn)
{
	struct str text = STR_INIT;

	for (const struct entrance *at = conn->forwards->entrances; at; at = at->next) {
		if (at->state != ENTRANCE_OPEN)
			continue;
		str_add(&text, text.len ? ", " : "");
		entrance_label(&at->forward, &text);
	}
	if (text.len)
		result_summary(conn->result, _("forwarded: %s"), str_text(&text));
	else
		result_summary(conn->result, _("no port is forwarded"));
	str_done(&text);
}

enum step stage_forward(struct conn *conn)
{
	const struct host *host = conn->host;
	struct err err = ERR_INIT;

	if (conn->phase == 0) {
		forwards_of(conn);
		conn->phase = 1;
		if (!add_all(conn, FORWARD_LOCAL, &host->local_forward) ||
		    !add_all(conn, FORWARD_DYNAMIC, &host->dynamic_forward) ||
		    !add_all(conn, FORWARD_REMOTE, &host->remote_forward))
			return STEP_FAIL;
	}
	if (!ask_next(conn, &err) && !bear(conn, &err))
		return STEP_FAIL;
	if (next_to_ask(conn))
		return STEP_WAIT;
	summarize(conn);
	sweep(conn->forwards);
	return STEP_NEXT;
}

/* ---- while the session is open ---- */

static void entrance_step(struct entrance *entrance)
{
	if (entrance->state != ENTRANCE_OPEN)
		return;
	if (entrance->listener)
		entrance_accept(entrance);
	else
		doors_step(entrance);
}

void forwards_step(struct conn *conn)
{
	struct err err = ERR_INIT;

	if (!conn->forwards)
		return;
	/* Before anything is asked for: it may be the same port. */
	for (struct entrance *at = conn->forwards->entrances; at; at = at->next)
		if (at->state == ENTRANCE_CLOSING)
			entrance_close(at);
	if (!ask_next(conn, &err))
		conn_remark(conn, err.text);
	for (struct entrance *at = conn->forwards->entrances; at; at = at->next)
		entrance_step(at);
	visitors_step(conn);
	agent_step(conn);
	sweep(conn->forwards);
}

/* ---- for the owner ---- */

static bool is_open(const struct conn *conn, struct err *err)
{
	if (conn->stage == STAGE_OPEN && !conn->over && !conn->options.hop)
		return true;
	return err_set(err, ERR_INVALID, _("the session is not open"));
}

bool conn_forward_add(struct conn *conn, const struct forward *forward, struct err *err)
{
	bool ok = is_open(conn, err) && add(conn, forward, err);

	conn_wake(conn);
	return ok;
}

/* "-KL 8080" says where connections come in, and nothing of where they go. */
static bool is_meant(const struct entrance *entrance, const struct forward *forward)
{
	const struct forward *own = &entrance->forward;

	return own->kind == forward->kind && str_eq(own->bind, forward->bind) &&
	    (own->port == forward->port || (own->port == 0 && entrance->bound == forward->port));
}

bool conn_forward_cancel(struct conn *conn, const struct forward *forward, struct err *err)
{
	if (!is_open(conn, err))
		return false;
	for (struct entrance *at = forwards_of(conn)->entrances; at; at = at->next) {
		if (at->state != ENTRANCE_OPEN || !is_meant(at, forward))
			continue;
		doors_close(at);
		at->state = at->listener ? ENTRANCE_CLOSING : ENTRANCE_GONE;
		remark(at, _("no longer forwarded"));
		conn_wake(conn);
		return true;
	}
	return err_set(err, ERR_NOTFOUND, _("there is no such port forward"));
}

void conn_forwards_text(const struct conn *conn, struct str *out)
{
	if (!conn->forwards)
		return;
	if (conn->forwards->agent_on)
		str_addf(out, "%s\n", _("agent: the server may use it"));
	for (const struct entrance *at = conn->forwards->entrances; at; at = at->next) {
		entrance_label(&at->forward, out);
		if (at->state == ENTRANCE_OPEN && at->listener && at->forward.port == 0)
			str_addf(out, _(" (port %d)"), at->bound);
		str_add_char(out, '\n');
	}
}

void conn_connections_text(const struct conn *conn, struct str *out)
{
	if (conn->forwards)
		visitors_text(conn, out);
	tunnels_text(conn, out);
}
