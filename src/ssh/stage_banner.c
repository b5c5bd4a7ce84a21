/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How long to wait for a server to speak before we do, where that does not matter. */
enum { PATIENCE_MS = 250 };

enum { BEGIN, LISTEN, SPEAK, SPOKEN };

static void on_timeout(void *ctx)
{
	struct conn *conn = ctx;
	struct err err = ERR_INIT;

	if (conn->phase == LISTEN) {
		conn->phase = SPEAK;
		conn_wake(conn);
		return;
	}
	ident_cut(queue_head(&conn->net.in), queue_len(&conn->net.in), ETIMEDOUT, &err);
	conn_stop(conn, END_TIMEOUT, &err);
}

/*
 * libssh2 wants to read the identification itself, but its reader trips over long lines and NULs in
 * what comes before: give it the one line that counts.
 */
static void hand_over(struct conn *conn)
{
	queue_drop(&conn->net.in, conn->ident.consumed);
	queue_unread(&conn->net.in, "\r\n", 2);
	queue_unread(&conn->net.in, conn->ident.line, strlen(conn->ident.line));
	conn->net.gate = strlen(conn->ident.line) + 2;
}

static enum step identified(struct conn *conn)
{
	const struct ident *ident = &conn->ident;

	loop_timer_cancel(conn->step_timer);
	conn->step_timer = NULL;
	result_summary(conn->result, "%s", ident->software);
	result_detail(conn->result, "ident", "%s", ident->line);
	result_detail(conn->result, "software", "%s", ident->software);
	if (ident->text.len && conn->options.depth != CONN_REACH && conn->owner.notice)
		conn->owner.notice(conn->ctx, str_text(&ident->text), ident->text.len);
	if (conn->options.depth != CONN_REACH)
		hand_over(conn);
	return STEP_NEXT;
}

static void wait_for(struct conn *conn, int phase, double ms)
{
	conn->phase = phase;
	if (conn->step_timer)
		loop_timer_set(conn->step_timer, ms);
	else
		conn->step_timer = loop_timer_start(conn->loop, ms, on_timeout, conn);
}

/*
 * At once, as ssh does; servers of other kinds wait for the client to speak, and their answer to
 * this says what they are.  Who only wants to see the banner lets the server speak first: a packet less for each host,
 * and sshd has not begun a key exchange when we leave.
 */
static void speak_or_listen(struct conn *conn)
{
	static const char hello[] = SESSION_IDENT "\r\n";
	double left = conn->options.connect_timeout_ms;
	double patience = left / 2 < PATIENCE_MS ? left / 2 : PATIENCE_MS;

	if (conn->phase == BEGIN && conn->options.depth == CONN_REACH) {
		wait_for(conn, LISTEN, patience);
		return;
	}
	if (conn->phase == SPEAK)
		left -= patience;
	transport_send(&conn->net, hello, sizeof hello - 1);
	conn->net.sent_before = sizeof hello - 1;
	wait_for(conn, SPOKEN, left);
}

enum step stage_banner(struct conn *conn)
{
	struct err err = ERR_INIT;

	if (conn->phase == BEGIN || conn->phase == SPEAK)
		speak_or_listen(conn);
	do {
		switch (ident_parse(
		    &conn->ident, queue_head(&conn->net.in), queue_len(&conn->net.in), &err)) {
		case IDENT_DONE:
			return identified(conn);
		case IDENT_FAILED:
			return conn_fail(conn, &err);
		case IDENT_MORE:
			break;
		}
	} while (transport_fill(&conn->net));
	if (!conn->net.eof)
		return STEP_WAIT;
	ident_cut(queue_head(&conn->net.in), queue_len(&conn->net.in), conn->net.errnum, &err);
	return conn_fail(conn, &err);
}
