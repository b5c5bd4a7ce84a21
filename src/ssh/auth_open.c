/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "login.h"

enum { PASSPHRASE_TRIES = 3 };

/* ---- opening, which takes the time of a key derivation: in a worker ---- */

struct opening {
	struct conn *conn; /* for done only */
	char *path;
	struct secret *passphrase;
	struct private_key *key; /* the result */
	enum key_open result;
	struct err err;
};

static void work(void *ctx)
{
	struct opening *opening = ctx;

	opening->result =
	    private_key_open(&opening->key, opening->path, opening->passphrase, &opening->err);
}

static void done(void *ctx)
{
	struct opening *opening = ctx;
	struct login *login = opening->conn->login;

	login->opening = NULL;
	login->open = OPEN_OVER;
	login->open_result = opening->result;
	login->key = opening->key;
	opening->key = NULL;
	free(login->open_why);
	login->open_why = mem_strdup(opening->err.text);
	conn_wake(opening->conn);
}

static void release(void *ctx)
{
	struct opening *opening = ctx;

	private_key_free(opening->key);
	secret_free(opening->passphrase);
	free(opening->path);
	free(opening);
}

static struct opening *opening_new(struct conn *conn)
{
	struct login *login = conn->login;
	struct opening *opening = mem_zalloc(1, sizeof *opening);

	opening->conn = conn;
	opening->path = mem_strdup(login->ids[login->next].path);
	if (login->secret)
		opening->passphrase = secret_dup(login->secret);
	return opening;
}

/* False while the worker is at it. */
static bool opened(struct conn *conn)
{
	struct login *login = conn->login;
	struct opening *opening;

	if (login->open != OPEN_NOT)
		return login->open == OPEN_OVER;
	opening = opening_new(conn);
	if (login->secret) {
		login->open = OPEN_RUNS;
		login->opening = loop_work_start(conn->loop, work, done, release, opening);
		return false;
	}
	/* Without a passphrase there is nothing to derive. */
	work(opening);
	done(opening);
	release(opening);
	return true;
}

void key_forget(struct login *login)
{
	if (login->opening)
		loop_work_cancel(login->opening);
	login->opening = NULL;
	login->open = OPEN_NOT;
	free(login->open_why);
	login->open_why = NULL;
	private_key_free(login->key);
	login->key = NULL;
}

/* ---- asking ---- */

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

/* False while waiting; *given says whether there is one in login->secret. */
static bool passphrase_asked(struct conn *conn, bool *given)
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
	login->open = OPEN_NOT;
	login->tries++;
	*given = login->secret != NULL;
	login->unwilling = !*given;
	return true;
}

enum key_try key_try(struct conn *conn)
{
	struct login *login = conn->login;
	bool given = false;

	if (conn->asking.pending)
		return KEY_TRY_WAIT;
	if (conn->asking.answered && !passphrase_asked(conn, &given))
		return KEY_TRY_WAIT;
	for (;;) {
		if (!opened(conn))
			return KEY_TRY_WAIT;
		if (login->open_result == KEY_OPENED)
			return KEY_TRY_OPEN;
		if (login->open_result != KEY_WRONG_PASSPHRASE) {
			login_skip(login, login->open_why);
			return KEY_TRY_NO;
		}
		if (!passphrase_asked(conn, &given))
			return KEY_TRY_WAIT;
		if (!given) {
			login->shy = login->shy || login->unwilling;
			login_skip(login,
			    login->unwilling ? _("needs its passphrase")
					     : _("the passphrase is wrong"));
			return KEY_TRY_NO;
		}
	}
}
