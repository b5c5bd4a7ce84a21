/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

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
