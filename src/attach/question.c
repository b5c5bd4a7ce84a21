/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sallyport/hosts.h"
#include "sallyport/term.h"

enum { NO_FOLD = 1 << 20 }; /* our own words may wrap */

static void asked_done(struct asked *asked)
{
	free(asked->text);
	free(asked->fingerprint);
	*asked = (struct asked){ .open = false };
}

/* ---- the words ---- */

/* The last line of a prompt is where the user types: it has no newline. */
static void drop_newline(struct str *out)
{
	if (out->len > 0 && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
}

static void add_text(struct str *out, const char *prefix, const char *text, int cols)
{
	if (text && *text)
		say_prefixed(out, prefix, text, strlen(text), cols);
}

static void add_prompt(struct str *out, const char *prefix, const char *text, int cols)
{
	add_text(out, prefix, text && *text ? text : " ", cols);
	drop_newline(out);
	if (out->data[out->len - 1] != ' ')
		str_add_char(out, ' ');
}

/* For the terminal: prefixes tell our words from the server's. */
static char *question_text(struct session *session, const struct question *question)
{
	struct str out = STR_INIT;
	int cols = session->say.cols;

	switch (question->kind) {
	case ASK_HOSTKEY:
		/* The engine's words tell what is known and end in the question. */
		add_prompt(&out, OWN_PREFIX, question->text, NO_FOLD);
		str_add(&out, _("(yes/no/[fingerprint]) "));
		break;
	case ASK_YES:
		add_prompt(&out, OWN_PREFIX, question->text, NO_FOLD);
		str_add(&out, _("(yes/no) "));
		break;
	case ASK_PASSPHRASE:
	case ASK_PASSWORD:
		add_prompt(&out, OWN_PREFIX, question->text, NO_FOLD);
		break;
	case ASK_PROMPT:
		add_text(&out, SERVER_PREFIX, question->name, cols);
		add_text(&out, SERVER_PREFIX, question->instruction, cols);
		add_prompt(&out, SERVER_PREFIX, question->text, cols);
		break;
	}
	return str_take(&out);
}

/* ---- the answer ---- */

static void start(struct session *session);

static void answer_none(struct session *session)
{
	enum question_kind kind = session->asked.kind;

	asked_done(&session->asked);
	if (kind == ASK_HOSTKEY || kind == ASK_YES)
		conn_answer_yes(session->conn, false);
	else
		conn_answer_secret(session->conn, NULL);
}

/* As confirm() in OpenSSH's sshconnect.c: nothing is no, and only a whole word counts. */
static void answer_yes(struct session *session, struct secret *answer)
{
	const char *said = answer->data ? answer->data : "";
	bool yes = strcasecmp(said, "yes") == 0 ||
	    (session->asked.fingerprint && strcmp(said, session->asked.fingerprint) == 0);

	if (!yes && *said && strcasecmp(said, "no") != 0) {
		free(session->asked.text);
		session->asked.text = mem_strdup(session->asked.kind == ASK_HOSTKEY
			? OWN_PREFIX "Please type 'yes', 'no' or the fingerprint: "
			: OWN_PREFIX "Please type 'yes' or 'no': ");
		start(session);
		return;
	}
	asked_done(&session->asked);
	conn_answer_yes(session->conn, yes);
}

void session_interrupt(struct session *session)
{
	session->interrupted = !session->open;
	conn_cancel(session->conn, END_CANCELLED, _("cancelled"));
}

static void on_answer(void *ctx, struct secret *answer, bool cancelled)
{
	struct session *session = ctx;

	session->prompt = NULL;
	session->askpass = NULL;
	if (cancelled) {
		asked_done(&session->asked);
		session_interrupt(session);
	} else if (!answer) {
		answer_none(session);
	} else if (session->asked.kind == ASK_HOSTKEY || session->asked.kind == ASK_YES) {
		answer_yes(session, answer);
		secret_free(answer);
	} else {
		asked_done(&session->asked);
		conn_answer_secret(session->conn, answer);
	}
}

/* ---- asking ---- */

void session_use_term(struct session *session, int fd)
{
	if (session->term && term_fd(session->term) == fd)
		return;
	term_free(session->term);
	session->term = term_new(fd, NULL);
}

static void ask_program(struct session *session)
{
	struct err err = ERR_INIT;

	session->askpass =
	    askpass_start(session->loop, session->asked.text, on_answer, session, &err);
	if (session->askpass)
		return;
	say_error(&session->say, err.text, NULL);
	answer_none(session);
}

static void ask_terminal(struct session *session)
{
	session_use_term(session, session->tty);
	if (!session->term) {
		answer_none(session);
		return;
	}
	session->prompt = prompt_start(session->loop, session->term, session->asked.text,
	    session->asked.echo, on_answer, session);
}

enum ask_way session_ask_way(const struct session *session)
{
	return policy_ask(session->options->batch, session->tty != -1, getenv("DISPLAY"),
	    getenv("SSH_ASKPASS_REQUIRE"));
}

static void start(struct session *session)
{
	say_erase(&session->say);
	switch (session_ask_way(session)) {
	case ASK_NOBODY:
		answer_none(session);
		break;
	case ASK_PROGRAM:
		ask_program(session);
		break;
	case ASK_TTY:
		ask_terminal(session);
		break;
	}
}

void session_ask(void *ctx, const struct question *question)
{
	struct session *session = ctx;

	asked_done(&session->asked);
	session->asked = (struct asked){
		.open = true,
		.kind = question->kind,
		.echo =
		    question->echo || question->kind == ASK_HOSTKEY || question->kind == ASK_YES,
		.text = question_text(session, question),
	};
	if (question->fingerprint)
		session->asked.fingerprint = mem_strdup(question->fingerprint);
	start(session);
}

void session_ask_cancel(struct session *session)
{
	prompt_cancel(session->prompt);
	askpass_cancel(session->askpass);
	session->prompt = NULL;
	session->askpass = NULL;
	asked_done(&session->asked);
}
