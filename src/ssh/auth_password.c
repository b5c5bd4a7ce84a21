/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

enum { PASSWORD_TRIES = 3 }; /* ssh_config(5), NumberOfPasswordPrompts */

static void ask(struct conn *conn)
{
	char *text = mem_printf(
	    conn->login->passwords ? _("Wrong.  %s@%s's password: ") : _("%s@%s's password: "),
	    conn->host->user, conn->host->hostname);
	struct question question = { .kind = ASK_PASSWORD, .text = text };

	ask_start(conn, &question);
	free(text);
}

/* We offer no way to type a new password here; only remember that one is wanted. */
static LIBSSH2_PASSWD_CHANGEREQ_FUNC(on_change)
{
	struct session *own = *abstract;

	(void)session;
	*newpw = NULL;
	*newpw_len = 0;
	own->conn->login->expired = true;
}

static enum auth answered(struct conn *conn, int rc)
{
	struct login *login = conn->login;

	secret_free(login->secret);
	login->secret = NULL;
	if (rc == 0)
		return AUTH_OK;
	login->passwords++;
	if (login->expired) {
		conn_failf(conn, ERR_AUTH, _("the password of %s has expired and must be changed"),
		    conn->host->user);
		conn_hint(
		    conn, _("Change it with: ssh %s@%s"), conn->host->user, conn->host->hostname);
		return AUTH_BROKEN;
	}
	if (conn->session->disconnect || rc != LIBSSH2_ERROR_AUTHENTICATION_FAILED) {
		conn_fail_lib(conn, ERR_AUTH, _("the password could not be checked"));
		return AUTH_BROKEN;
	}
	return AUTH_FAILED;
}

enum auth auth_password(struct conn *conn)
{
	struct login *login = conn->login;
	int rc;

	if (!login->secret) {
		if (login->passwords >= PASSWORD_TRIES || !ask_possible(conn))
			return AUTH_NOTHING;
		if (!conn->asking.pending && !conn->asking.answered)
			ask(conn);
		if (!conn->asking.answered)
			return AUTH_WAIT;
		login->secret = ask_take_secret(conn);
		login->unwilling = !login->secret;
		if (!login->secret)
			return AUTH_NOTHING;
	}
	rc = libssh2_userauth_password_ex(conn->session->lib, conn->host->user,
	    (unsigned)strlen(conn->host->user), login->secret->data, (unsigned)login->secret->len,
	    on_change);
	return rc == LIBSSH2_ERROR_EAGAIN ? AUTH_WAIT : answered(conn, rc);
}
