/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

/* The time that a person takes to answer is not the server's. */
void deadline_pause(struct conn *conn)
{
	if (!conn->deadline || conn->deadline_left > 0)
		return;
	conn->deadline_left = conn->deadline_at - loop_now_ms(conn->loop);
	if (conn->deadline_left < 1)
		conn->deadline_left = 1;
	loop_timer_set(conn->deadline, 1e9);
}

void deadline_resume(struct conn *conn)
{
	if (!conn->deadline || conn->deadline_left <= 0)
		return;
	conn->deadline_at = loop_now_ms(conn->loop) + conn->deadline_left;
	loop_timer_set(conn->deadline, conn->deadline_left);
	conn->deadline_left = 0;
}

bool ask_possible(const struct conn *conn)
{
	return conn->owner.ask && !conn->options.batch && !conn->options.auth.unattended &&
	    conn->options.depth == CONN_SESSION;
}

void ask_start(struct conn *conn, const struct question *question)
{
	conn->asking = (struct asking){ .pending = true };
	if (!ask_possible(conn)) {
		conn->asking = (struct asking){ .answered = true };
		return;
	}
	deadline_pause(conn);
	conn->owner.ask(conn->ctx, question);
}

static bool answer(struct conn *conn)
{
	if (!conn || !conn->asking.pending)
		return false;
	conn->asking.pending = false;
	conn->asking.answered = true;
	deadline_resume(conn);
	conn_wake(conn);
	return true;
}

/* A jump host's connection asks through the one that it is for. */
static struct conn *who_asks(struct conn *conn)
{
	while (conn && !conn->asking.pending && via_conn(conn->via))
		conn = via_conn(conn->via);
	return conn;
}

void conn_answer_yes(struct conn *conn, bool yes)
{
	conn = who_asks(conn);
	if (answer(conn))
		conn->asking.yes = yes;
}

void conn_answer_secret(struct conn *conn, struct secret *secret)
{
	conn = who_asks(conn);
	if (answer(conn))
		conn->asking.secret = secret;
	else
		secret_free(secret);
}

bool ask_taken_yes(struct conn *conn)
{
	bool yes = conn->asking.yes;

	conn->asking = (struct asking){ 0 };
	return yes;
}

struct secret *ask_take_secret(struct conn *conn)
{
	struct secret *secret = conn->asking.secret;

	conn->asking = (struct asking){ 0 };
	return secret;
}

struct secret *ask_wait(struct conn *conn, const struct question *question)
{
	ask_start(conn, question);
	while (conn->asking.pending && !conn->stopped && !conn->doomed &&
	    !transport_over(&conn->net)) {
		transport_wait(&conn->net);
		loop_turn(conn->loop);
		transport_fill(&conn->net);
	}
	if (!conn->asking.answered || conn->stopped || conn->doomed)
		return NULL;
	return ask_take_secret(conn);
}
