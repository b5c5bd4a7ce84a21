/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

static char *text_of(const void *text, size_t len)
{
	return text ? mem_strndup(text, len) : mem_strdup("");
}

static bool ask_prompt(struct conn *conn, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *response, const char *name, const char *instruction)
{
	char *text = text_of(prompt->text, prompt->length);
	struct question question = {
		.kind = ASK_PROMPT,
		.text = text,
		.name = name,
		.instruction = instruction,
		.echo = prompt->echo,
	};
	struct secret *secret;

	secret = ask_wait(conn, &question);
	free(text);
	if (!secret)
		return false;
	response->text = session_dup(conn->session, secret->data, secret->len);
	response->length = response->text ? (unsigned)secret->len : 0;
	secret_free(secret);
	return true;
}

static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(on_prompts)
{
	struct conn *conn = ((struct session *)*abstract)->conn;
	char *title = text_of(name, (size_t)name_len);
	char *advice = text_of(instruction, (size_t)instruction_len);
	bool willing = !conn->stopped && !conn->doomed;

	conn->login->questioned = true;
	if (num_prompts == 0 && advice[0])
		conn_notice(conn, advice);
	for (int i = 0; i < num_prompts && willing; i++)
		willing = ask_prompt(
		    conn, &prompts[i], &responses[i], i ? NULL : title, i ? NULL : advice);
	if (!willing) {
		/* libssh2 will send empty answers now: let them not leave this machine. */
		conn->login->unwilling = true;
		if (conn->stopped || conn->doomed)
			conn->net.dead = true;
	}
	free(title);
	free(advice);
}

enum auth auth_kbdint(struct conn *conn)
{
	struct login *login = conn->login;
	unsigned failures = conn->session->failures;
	int rc;

	if (login->rounds >= login_tries(conn) || login->unwilling)
		return AUTH_NOTHING;
	/* As ssh (sshconnect2.c, userauth_kbdint): a server that asked nothing the first time will not do it now. */
	if (login->rounds > 0 && !login->questioned)
		return AUTH_NOTHING;
	rc = libssh2_userauth_keyboard_interactive_ex(
	    conn->session->lib, conn->host->user, (unsigned)strlen(conn->host->user), on_prompts);
	if (rc == LIBSSH2_ERROR_EAGAIN || conn->stopped || conn->doomed)
		return AUTH_WAIT;
	if (rc == 0)
		return AUTH_OK;
	login->rounds++;
	if (conn->session->disconnect || transport_over(&conn->net)) {
		conn_fail_lost(conn);
		return AUTH_BROKEN;
	}
	if (conn->session->failures == failures && !conn->session->partial) {
		/* The server has not said no: libssh2 could not read what it did say. */
		conn_fail_lib(conn, ERR_PROTOCOL, _("the server's questions could not be read"));
		return AUTH_BROKEN;
	}
	return AUTH_FAILED;
}
