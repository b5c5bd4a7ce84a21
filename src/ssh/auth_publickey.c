/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algs.h"
#include "sallyport/keys.h"

void identity_reset(struct login *login)
{
	key_forget(login);
	secret_free(login->secret);
	login->secret = NULL;
	free(login->algorithm);
	login->algorithm = NULL;
	str_done(&login->sig);
	loop_timer_cancel(login->slow);
	login->slow = NULL;
	if (login->sign == SIGN_RUNNING)
		agent_cancel(login->agent);
	login->sign = SIGN_IDLE;
	login->tries = 0;
	login->wanted = login->unwilling = false;
}

static void next_identity(struct login *login)
{
	identity_reset(login);
	login->next++;
}

static enum auth refused(struct login *login)
{
	const struct identity *id = &login->ids[login->next];
	char *text = identity_text(id);

	char *noted = id->note ? mem_printf("%s: %s", text, id->note) : mem_strdup(text);

	if (!strlist_has(&login->refused, noted))
		strlist_add(&login->refused, noted);
	free(noted);
	free(text);
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
		login_keep_key(conn);
		login->ids[login->next].used = true;
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
	case KEY_TRY_NO:
		break;
	}
	next_identity(login);
	return AUTH_FAILED;
}

/* OpenSSH before 7.8 wants the key's type as the signature's for RSA certificates (compat.c, SSH_BUG_SIGTYPE); libssh2 knows. */
static bool sigtype_bug(const struct conn *conn, const char *type)
{
	int major, minor;

	return pubkey_type_is_cert(type) && conn->ident.software &&
	    sscanf(conn->ident.software, "OpenSSH_%d.%d", &major, &minor) == 2 &&
	    (major < 7 || (major == 7 && minor < 8));
}

/*
 * Decides how the key signs, and lets libssh2 decide the same.  False: not at all.  libssh2 must not find that out: it
 * would keep the name of this algorithm for the next key.
 */
static bool algorithm_chosen(struct conn *conn)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];
	const struct session *session = conn->session;
	char *type = pubkey_type(id->pub.blob, id->pub.len), *plain;

	login->algorithm = algs_signature(conn->prefs.pubkey, type,
	    session->sig_algs_said && !sigtype_bug(conn, type) ? &session->sig_algs : NULL);
	if (login->algorithm && str_starts(type, "ssh-rsa")) {
		plain = pubkey_plain_algorithm(login->algorithm);
		libssh2_session_method_pref(session->lib, LIBSSH2_METHOD_SIGN_ALGO, plain);
		free(plain);
	}
	if (!login->algorithm)
		strlist_take(&login->skipped,
		    mem_printf(
			_("%s: the server takes no signature that it may make; an old server "
			  "that knows SHA-1 only needs pubkey_accepted_algorithms "
			  "\"+ssh-rsa\""),
			id->label));
	login->offered += login->algorithm != NULL;
	free(type);
	return login->algorithm;
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
	if (rc == 0) {
		login_keep_key(conn);
		return AUTH_OK;
	}
	return failed(conn, failures);
}

enum auth auth_publickey(struct conn *conn)
{
	struct login *login = conn->login;
	struct identity *id;

	for (; login->next < login->id_count; next_identity(login)) {
		id = &login->ids[login->next];
		if (!id->used && !id->unusable)
			break;
		if (id->unusable)
			login_skip(login, id->unusable);
	}
	if (login->next == login->id_count)
		return AUTH_NOTHING;
	if (!login->ids[login->next].pub.blob) {
		enum auth unlocked = unlock(conn);

		if (unlocked != AUTH_OK)
			return unlocked;
	}
	if (!login->algorithm && !algorithm_chosen(conn)) {
		next_identity(login);
		return AUTH_FAILED;
	}
	return offer(conn);
}
