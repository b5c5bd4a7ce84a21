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

/* ---- the agent ---- */

static void on_signed(void *ctx, const unsigned char *sig, size_t len, const struct err *why)
{
	struct conn *conn = ctx;
	struct login *login = conn->login;

	if (sig)
		str_add_mem(&login->sig, sig, len);
	else if (why)
		login_skip(login, why->text);
	login->sign = SIGN_DONE;
	deadline_resume(conn);
	conn_wake(conn);
}

static unsigned agent_flags(const char *algorithm)
{
	if (str_starts(algorithm, "rsa-sha2-512"))
		return AGENT_RSA_SHA2_512;
	return str_starts(algorithm, "rsa-sha2-256") ? AGENT_RSA_SHA2_256 : 0;
}

/*
 * The agent's blob is string algorithm, string signature and, for security keys, flags and a
 * counter.  libssh2 writes the algorithm itself, and for security keys nothing else.
 */
static bool agent_signature(struct login *login, const char *algorithm, struct str *sig)
{
	struct wire wire = { .data = (const unsigned char *)login->sig.data,
		.len = login->sig.len };
	const unsigned char *name, *inner;
	size_t name_len, len;

	name = wire_string(&wire, &name_len);
	if (wire.bad)
		return false;
	if (name_len != strlen(algorithm) || memcmp(name, algorithm, name_len) != 0) {
		strlist_take(&login->skipped,
		    mem_printf(
			_("%s: the agent made a signature of the kind %.*s where %s was asked for"),
			login->ids[login->next].label, (int)name_len, name, algorithm));
		return false;
	}
	if (str_starts(algorithm, "sk-")) {
		str_add_mem(sig, wire.data, wire.len);
		return true;
	}
	inner = wire_string(&wire, &len);
	if (wire.bad)
		return false;
	str_add_mem(sig, inner, len);
	return true;
}

static int sign_by_agent(struct conn *conn, const char *algorithm, const unsigned char *data,
    size_t len, struct str *sig)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];

	switch (login->sign) {
	case SIGN_IDLE:
		login->sign = SIGN_RUNNING;
		/* It may wait for a touch or a confirmation. */
		deadline_pause(conn);
		agent_sign_start(login->agent, id->signer.blob ? &id->signer : &id->pub, data, len,
		    agent_flags(algorithm), on_signed, conn);
		return LIBSSH2_ERROR_EAGAIN;
	case SIGN_RUNNING:
		return LIBSSH2_ERROR_EAGAIN;
	case SIGN_DONE:
		break;
	}
	login->sign = SIGN_IDLE;
	return login->sig.len && agent_signature(login, algorithm, sig) ? 0 : -1;
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
		if (opened == KEY_BROKEN) {
			login_skip(login, err.text);
			return KEY_TRY_NO;
		}
		if (opened == KEY_NOT_SUPPORTED && given)
			return KEY_TRY_LIB;
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
		case KEY_TRY_LIB:
			login->lib_signs = true;
			return -1;
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
