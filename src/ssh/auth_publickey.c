/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/keys.h"

void identity_reset(struct login *login)
{
	private_key_free(login->key);
	login->key = NULL;
	secret_free(login->text);
	login->text = NULL;
	secret_free(login->secret);
	login->secret = NULL;
	str_done(&login->sig);
	if (login->sign == SIGN_RUNNING)
		agent_cancel(login->agent);
	login->sign = SIGN_IDLE;
	login->tries = 0;
	login->wanted = login->lib_signs = login->unwilling = false;
}

static void next_identity(struct login *login)
{
	identity_reset(login);
	login->next++;
}

static enum auth refused(struct login *login)
{
	strlist_take(&login->refused, identity_text(&login->ids[login->next]));
	next_identity(login);
	return AUTH_FAILED;
}

/* libssh2 failed: was it the server's no, or the end of the connection? */
static enum auth failed(struct conn *conn, unsigned failures_before)
{
	struct login *login = conn->login;
	const struct session *session = conn->session;

	if (session->disconnect || transport_over(&conn->net)) {
		conn_fail_lost(conn);
		return AUTH_BROKEN;
	}
	if (session->partial) {
		next_identity(login);
		return AUTH_FAILED;
	}
	if (session->failures != failures_before)
		return refused(login);
	/* We could not or would not sign: why is in login->skipped, or this was only a check. */
	login->accepted = login->wanted;
	next_identity(login);
	return AUTH_FAILED;
}

/* An encrypted OpenSSH key, which libssh2 opens and uses by itself. */
static enum auth sign_by_lib(struct conn *conn)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];
	unsigned failures = conn->session->failures;
	bool given;
	int rc;

	if (!login->text)
		login->text = key_file_read_secret(id->path, NULL);
	for (;;) {
		if (!login->secret && !passphrase_asked(conn, &given))
			return AUTH_WAIT;
		if (!login->text || !login->secret) {
			strlist_take(&login->skipped,
			    mem_printf(_("%s: the passphrase is wrong, or libssh2 cannot read its "
					 "cipher"),
				id->label));
			return failed(conn, failures);
		}
		rc = libssh2_userauth_publickey_frommemory(conn->session->lib, conn->host->user,
		    strlen(conn->host->user), NULL, 0, login->text->data, login->text->len,
		    login->secret->data);
		if (rc == LIBSSH2_ERROR_EAGAIN)
			return AUTH_WAIT;
		if (rc == 0)
			return AUTH_OK;
		if (conn->session->failures != failures || conn->session->partial ||
		    conn->session->disconnect)
			return failed(conn, failures);
		/* Nothing was sent: the passphrase does not open it. */
		secret_free(login->secret);
		login->secret = NULL;
	}
}

/* Without its public half a key cannot be offered: open it first. */
static enum auth unlock(struct conn *conn)
{
	struct login *login = conn->login;
	const struct pubkey *pub;

	switch (key_try(conn)) {
	case KEY_TRY_WAIT:
		return AUTH_WAIT;
	case KEY_TRY_OPEN:
		pub = private_key_pub(login->key);
		pubkey_copy(&login->ids[login->next].pub, pub->blob, pub->len);
		return AUTH_OK;
	case KEY_TRY_LIB:
	case KEY_TRY_NO:
		break;
	}
	next_identity(login);
	return AUTH_FAILED;
}

static enum auth offer(struct conn *conn)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];
	unsigned failures = conn->session->failures;
	void *abstract = conn;
	int rc;

	rc = libssh2_userauth_publickey(
	    conn->session->lib, conn->host->user, id->pub.blob, id->pub.len, login_sign, &abstract);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return AUTH_WAIT;
	if (rc == 0)
		return AUTH_OK;
	if (login->lib_signs)
		return sign_by_lib(conn);
	return failed(conn, failures);
}

enum auth auth_publickey(struct conn *conn)
{
	struct login *login = conn->login;
	struct identity *id;

	while (login->next < login->id_count && login->ids[login->next].unusable) {
		id = &login->ids[login->next];
		strlist_take(&login->skipped, mem_printf("%s: %s", id->label, id->unusable));
		next_identity(login);
	}
	if (login->next == login->id_count)
		return AUTH_NOTHING;
	if (!login->ids[login->next].pub.blob) {
		enum auth unlocked = unlock(conn);

		if (unlocked != AUTH_OK)
			return unlocked;
	}
	if (login->lib_signs)
		return sign_by_lib(conn);
	return offer(conn);
}
