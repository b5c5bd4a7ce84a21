/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of one attached session share. */
#ifndef ATTACH_SESSION_H
#define ATTACH_SESSION_H

#include <termios.h>

#include "ask.h"
#include "edit.h"
#include "policy.h"
#include "relay.h"
#include "say.h"

struct session;

struct caught {
	struct session *session;
	int signum;
	struct loop_signal *watch; /* NULL: not caught */
};

enum { CAUGHT_MAX = 6 };

/* The question that is being asked; texts are owned. */
struct asked {
	bool open;
	enum question_kind kind;
	bool echo;
	char *text; /* the whole prompt as it is shown */
	char *fingerprint;
};

/* A conn_end with texts of its own. */
struct ending {
	enum end_cause cause;
	int status;
	char *signal;
	char *reason;
	char *hint;
	uint64_t bytes_in, bytes_out;
};

struct session {
	const struct attach_options *options;
	struct loop *loop;
	struct conn_options connection;
	struct conn *conn;
	long attempts; /* how many have failed */
	struct loop_timer *again; /* until the next one; NULL: none is waited for */
	struct say say;
	struct report_sink sink;
	int tty; /* our own /dev/tty, -1: none */
	struct term *term; /* on tty for a prompt, on standard input for the shell; NULL: none */
	bool stdin_is_tty;
	struct termios modes; /* of standard input, as found */
	struct tty_choice choice;
	const char *command; /* borrowed; NULL: a shell */
	struct strlist env;
	int cols, rows;

	struct caught caught[CAUGHT_MAX];
	struct prompt *prompt;
	struct askpass *askpass;
	struct asked asked;

	struct relay relay;
	struct edit line; /* being typed after ~C */
	int log; /* the open session log; -1: none is kept */
	char *log_path;
	bool open;
	bool over; /* the connection has ended; end says how */
	struct ending end;
	bool interrupted; /* ^C before the session was open */
	bool left; /* by ~. */
	bool hung_up; /* by SIGHUP */
	bool broken; /* standard output cannot be written */
};

/* ---- questions: question.c ---- */

enum ask_way session_ask_way(const struct session *session);
void session_ask(void *ctx, const struct question *question);
/* Takes the question off the screen, unanswered. */
void session_ask_cancel(struct session *session);
/* The terminal on this descriptor becomes session->term, which is NULL if there is none. */
void session_use_term(struct session *session, int fd);
/* The user does not want this connection (^C, Esc). */
void session_interrupt(struct session *session);

/* ---- what happens, told to the user and to the report: tell.c ---- */

void tell_hello(struct session *session);
void tell_stage_start(void *ctx, const char *id);
void tell_stage_end(struct session *session, const struct result *result);
void tell_notice(void *ctx, const char *text, size_t len);
void tell_remark(void *ctx, const char *text);
void tell_open(struct session *session);
void tell_end(struct session *session, int status);

/* ---- escape keys, as relay_owner's escape and captured: escapes.c ---- */

void session_escape(void *ctx, enum escape_action action);
size_t session_captured(void *ctx, const char *data, size_t len);

/* ---- the session's log: log.c ---- */

/* Once the session is open; says what stands in the way. */
void session_log_begin(struct session *session);
/* What the server sent.  Says once that it cannot be written. */
void session_log_add(struct session *session, const char *data, size_t len);
void session_log_end(struct session *session);

/* ---- signals: signals.c ---- */

void signals_catch(struct session *session);
void signals_release(struct session *session);
/* Tells the server the terminal's size, if it changed. */
void session_resize(struct session *session);

#endif
