/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

enum { PASSPHRASE_TRIES = 3 };

/*
 * What is to be signed names the algorithm (RFC 4252 section 7): session id, 50, user, service,
 * "publickey", TRUE, algorithm, key.  Caller frees; NULL when it is something else.
 */
static char *algorithm_of(const unsigned char *data, size_t len)
{
	struct wire wire = { .data = data, .len = len };
	const unsigned char *name;
	size_t n;

	wire_string(&wire, &n);
	wire_u8(&wire);
	for (int i = 0; i < 3; i++)
		wire_string(&wire, &n);
	wire_u8(&wire);
	name = wire_string(&wire, &n);
	return wire.bad ? NULL : mem_strndup((const char *)name, n);
}

void login_skip(struct login *login, const char *why)
{
	char *text = mem_printf("%s: %s", login->ids[login->next].label, why);

	if (strlist_has(&login->skipped, text))
		free(text);
	else
		strlist_take(&login->skipped, text);
}

/* ---- files ---- */

static void ask_passphrase(struct conn *conn)
{
	const struct identity *id = &conn->login->ids[conn->login->next];
	char *text = mem_printf(
	    conn->login->tries ? _("Wrong.  Passphrase for %s: ") : _("Passphrase for %s: "),
	    id->label);
	struct question question = { .kind = ASK_PASSPHRASE, .text = text };

	ask_start(conn, &question);
	free(text);
}

bool passphrase_asked(struct conn *conn, bool *given)
{
	struct login *login = conn->login;

	*given = false;
	if (login->tries >= PASSPHRASE_TRIES || login->unwilling)
		return true;
	if (!conn->asking.pending && !conn->asking.answered)
		ask_passphrase(conn);
	if (!conn->asking.answered)
		return false;
	secret_free(login->secret);
	login->secret = ask_take_secret(conn);
	login->tries++;
	*given = login->secret != NULL;
	login->unwilling = !*given;
	return true;
}

enum key_try key_try(struct conn *conn)
{
	struct login *login = conn->login;
	const char *path = login->ids[login->next].path;
	struct err err = ERR_INIT;
	bool given = false;

	if (conn->asking.pending)
		return KEY_TRY_WAIT;
	if (conn->asking.answered && !passphrase_asked(conn, &given))
		return KEY_TRY_WAIT;
	for (;;) {
		enum key_open opened = private_key_open(&login->key, path, login->secret, &err);

		if (opened == KEY_OPENED)
			return KEY_TRY_OPEN;
		if (opened != KEY_WRONG_PASSPHRASE) {
			login_skip(login, err.text);
			return KEY_TRY_NO;
		}
		if (!passphrase_asked(conn, &given))
			return KEY_TRY_WAIT;
		if (!given) {
			login_skip(login,
			    login->unwilling ? _("needs its passphrase")
					     : _("the passphrase is wrong"));
			return KEY_TRY_NO;
		}
	}
}

static int sign_by_file(struct conn *conn, const char *algorithm, const unsigned char *data,
    size_t len, struct str *sig)
{
	struct login *login = conn->login;
	struct err err = ERR_INIT;

	if (!login->key) {
		switch (key_try(conn)) {
		case KEY_TRY_WAIT:
			return LIBSSH2_ERROR_EAGAIN;
		case KEY_TRY_NO:
			return -1;
		case KEY_TRY_OPEN:
			break;
		}
	}
	if (private_key_sign(login->key, algorithm, data, len, sig, &err))
		return 0;
	login_skip(login, err.text);
	return -1;
}

static int sign(struct conn *conn, const unsigned char *data, size_t len, struct str *sig)
{
	struct login *login = conn->login;
	char *named = algorithm_of(data, len);
	char *plain = pubkey_plain_algorithm(login->algorithm);
	int rc = -1;

	/* Never by another algorithm than the settings allow. */
	if (!str_eq(named, login->algorithm))
		login_skip(login, _("the SSH library did not take the algorithm that was chosen"));
	else if (login->ids[login->next].in_agent)
		rc = sign_by_agent(conn, plain, data, len, sig);
	else
		rc = sign_by_file(conn, plain, data, len, sig);
	free(plain);
	free(named);
	return rc;
}

LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(login_sign)
{
	struct conn *conn = *abstract;
	struct str made = STR_INIT;
	int rc = -1;

	(void)session;
	conn->login->wanted = true;
	/* A check only wants to know; it never signs. */
	if (conn->options.depth == CONN_SESSION && !conn->stopped && !conn->doomed)
		rc = sign(conn, data, data_len, &made);
	if (rc == 0) {
		*sig = session_dup(conn->session, str_text(&made), made.len);
		*sig_len = made.len;
		if (!*sig)
			rc = -1;
	}
	str_done(&made);
	return rc;
}
