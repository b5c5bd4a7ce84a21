/* SPDX-License-Identifier: Apache-2.0 */
/* What the escape keys do in an open session. */
#include "command.h"
#include "session.h"

#include <string.h>

#include "sallyport/term.h"

/* On the terminal, which is raw: lines get their carriage return here. */
static void show(struct session *session, const struct str *text)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '\n' && (i == 0 || text->data[i - 1] != '\r'))
			str_add_char(&out, '\r');
		str_add_char(&out, text->data[i]);
	}
	say_bytes(&session->say, session->say.err, str_text(&out), out.len);
	str_done(&out);
}

static void show_line(struct session *session, const char *line)
{
	struct str text = STR_INIT;

	clean_text(&text, line, strlen(line), clean_locale_flags());
	str_add_char(&text, '\n');
	show(session, &text);
	str_done(&text);
}

/* ---- ~# ---- */

static void list(struct session *session)
{
	struct str ports = STR_INIT, connections = STR_INIT, text = STR_INIT;

	conn_forwards_text(session->conn, &ports);
	conn_connections_text(session->conn, &connections);
	escape_key_name(&session->relay.escape, &text);
	str_add(&text, "#\n");
	if (ports.len) {
		str_addf(&text, "%s\n", _("Forwarded:"));
		clean_text(&text, ports.data, ports.len, CLEAN_LINES | clean_locale_flags());
	}
	str_addf(&text, "%s\n", _("The following connections are open:"));
	str_addf(&text, "%s\n", _("session"));
	clean_text(
	    &text, str_text(&connections), connections.len, CLEAN_LINES | clean_locale_flags());
	show(session, &text);
	str_done(&ports);
	str_done(&connections);
	str_done(&text);
}

/* ---- ~C ---- */

static void begin_command(struct session *session)
{
	static const char prompt[] = "\r\n" OWN_PREFIX;

	if (session->options->no_command_line) {
		show_line(session, _("the command line is turned off (EnableEscapeCommandline)"));
		return;
	}
	say_bytes(&session->say, session->say.err, prompt, sizeof prompt - 1);
	edit_init(&session->line, true);
	relay_capture(&session->relay, true);
}

static void run_command(struct session *session, const char *line)
{
	struct command command;
	struct str text = STR_INIT;
	struct err err = ERR_INIT;
	bool ok = command_parse(line, &command, &err);

	if (ok && command.verb == COMMAND_FORWARD) {
		ok = conn_forward_add(session->conn, &command.forward, &err);
		str_add(&text, ok ? _("Forwarding port.\n") : "");
	} else if (ok && command.verb == COMMAND_CANCEL) {
		ok = conn_forward_cancel(session->conn, &command.forward, &err);
		str_add(&text, ok ? _("Canceled forwarding.\n") : "");
	} else if (ok && command.verb == COMMAND_HELP) {
		command_help(&text);
	}
	if (ok)
		show(session, &text);
	else
		show_line(session, err.text);
	command_done(&command);
	str_done(&text);
}

size_t session_captured(void *ctx, const char *data, size_t len)
{
	struct session *session = ctx;
	enum edit_end end = data ? EDIT_MORE : EDIT_CANCEL;
	struct str shown = STR_INIT;
	size_t used = 0;

	while (end == EDIT_MORE && used < len)
		end = edit_feed(&session->line, (unsigned char)data[used++], &shown);
	if (end != EDIT_MORE)
		str_add(&shown, "\r\n");
	say_bytes(&session->say, session->say.err, str_text(&shown), shown.len);
	str_done(&shown);
	if (end == EDIT_MORE)
		return used;
	if (end == EDIT_LINE)
		run_command(session, session->line.text->data);
	edit_done(&session->line);
	relay_capture(&session->relay, false);
	return used;
}

/* ---- all of them ---- */

static void suspend(struct session *session)
{
	if (!session->term)
		return;
	term_suspend(session->term);
	session_resize(session);
}

void session_escape(void *ctx, enum escape_action action)
{
	struct session *session = ctx;
	struct str text = STR_INIT;

	escape_key_name(&session->relay.escape, &text);
	switch (action) {
	case ESCAPE_NONE:
		break;
	case ESCAPE_END:
		str_add(&text, ".\n");
		show(session, &text);
		session->left = true;
		conn_cancel(session->conn, END_CANCELLED, _("ended by the escape key"));
		break;
	case ESCAPE_SUSPEND:
		str_addf(&text, "^Z %s\n", _("[suspend sallyport]"));
		show(session, &text);
		suspend(session);
		break;
	case ESCAPE_LIST:
		list(session);
		break;
	case ESCAPE_COMMAND:
		begin_command(session);
		break;
	case ESCAPE_HELP:
		str_reset(&text);
		escape_help(&session->relay.escape, &text);
		show(session, &text);
		break;
	}
	str_done(&text);
}
