/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

unsigned login_tries(const struct conn *conn)
{
	enum { DEFAULT = 3 }; /* ssh_config(5), NumberOfPasswordPrompts */
	int prompts = conn->options.auth.prompts;

	return prompts == 0 ? DEFAULT : prompts < 0 ? 0 : (unsigned)prompts;
}

static void ask(struct conn *conn)
{
	char *text = mem_printf(
	    conn->login->passwords ? _("Wrong.  %s@%s's password: ") : _("%s@%s's password: "),
	    conn->host->user, conn->host->hostname);
	struct question question = { .kind = ASK_PASSWORD, .text = text };

	ask_start(conn, &question);
	free(text);
}

/* ---- a new password (RFC 4252 section 8) ---- */

static struct secret *ask_new(struct conn *conn, const char *pattern)
{
	char *text = mem_printf("%s %s@%s: ", pattern, conn->host->user, conn->host->hostname);
	struct question question = { .kind = ASK_PASSWORD, .text = text };
	struct secret *answer = ask_wait(conn, &question);

	free(text);
	return answer;
}

static bool same_secret(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Twice the same, or NULL when the user will not. */
static struct secret *new_password(struct conn *conn)
{
	const char *prompt = _("New password for");
	struct secret *first, *again;

	while ((first = ask_new(conn, prompt))) {
		again = ask_new(conn, _("Once more, the new password for"));
		if (again && same_secret(first, again)) {
			secret_free(again);
			return first;
		}
		secret_free(first);
		if (!again)
			return NULL;
		secret_free(again);
		prompt = _("They differ.  New password for");
	}
	return NULL;
}

/*
 * As sshconnect2.c (input_userauth_passwd_changereq), but for the old password: it has just been typed and taken, and libssh2
 * sends it again.  The server may ask as often as it likes.  After a NULL libssh2's state is of no use any more.
 */
static LIBSSH2_PASSWD_CHANGEREQ_FUNC(on_change)
{
	struct session *own = *abstract;
	struct conn *conn = own->conn;
	struct secret *fresh;

	(void)session;
	*newpw = NULL;
	*newpw_len = 0;
	conn->login->expired = true;
	if (own->change_prompt && own->change_prompt[0])
		conn_notice(conn, own->change_prompt);
	fresh = new_password(conn);
	if (fresh) {
		*newpw = session_dup(own, fresh->data, fresh->len);
		*newpw_len = *newpw ? (int)fresh->len : 0;
	}
	secret_free(fresh);
}

/* ---- the method ---- */

static enum auth answered(struct conn *conn, int rc)
{
	struct login *login = conn->login;

	secret_free(login->secret);
	login->secret = NULL;
	if (rc == 0)
		return AUTH_OK;
	login->passwords++;
	if (rc == LIBSSH2_ERROR_PASSWORD_EXPIRED) {
		conn_failf(conn, ERR_AUTH, _("the password of %s must be changed, and was not"),
		    conn->host->user);
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
		if (login->passwords >= login_tries(conn) || !ask_possible(conn))
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
	return rc == LIBSSH2_ERROR_EAGAIN || conn->stopped || conn->doomed ? AUTH_WAIT
									   : answered(conn, rc);
}
