/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "login.h"

/* Silence until the user is told that it may be their turn. */
enum { TOUCH_MS = 300, CONFIRM_MS = 2000 };

static void on_signed(void *ctx, const unsigned char *sig, size_t len, const struct err *why)
{
	struct conn *conn = ctx;
	struct login *login = conn->login;

	if (sig)
		str_add_mem(&login->sig, sig, len);
	else if (why)
		login_skip(login, why->text);
	login->sign = SIGN_DONE;
	loop_timer_cancel(login->slow);
	login->slow = NULL;
	deadline_resume(conn);
	conn_wake(conn);
}

static unsigned agent_flags(const char *algorithm)
{
	if (str_starts(algorithm, "rsa-sha2-512"))
		return AGENT_RSA_SHA2_512;
	return str_starts(algorithm, "rsa-sha2-256") ? AGENT_RSA_SHA2_256 : 0;
}

static bool is_sk(const char *algorithm)
{
	return pubkey_type_is_sk(algorithm);
}

/* In a check nobody is there to confirm. */
static void give_up(struct conn *conn, const char *why)
{
	struct login *login = conn->login;

	agent_cancel(login->agent);
	login_skip(login, why);
	login->shy = true;
	login->sign = SIGN_DONE;
	loop_timer_cancel(login->slow);
	login->slow = NULL;
	conn_wake(conn);
}

/* ssh says this of keys that it uses itself; an agent may have no screen to say it on. */
static void on_slow(void *ctx)
{
	struct conn *conn = ctx;
	const struct identity *id = &conn->login->ids[conn->login->next];
	char *key, *text;

	if (conn->options.cautious) {
		give_up(conn, _("the agent does not sign at once: it may wait for a person"));
		return;
	}
	key = identity_text(id);
	text = is_sk(conn->login->algorithm)
	    ? mem_printf(_("Confirm user presence for key %s: touch it."), key)
	    : mem_printf(
		  _("The agent has not signed with %s yet: it may wait for a confirmation."), key);

	conn_remark(conn, text);
	free(text);
	free(key);
}

/*
 * The agent's blob is string algorithm, string signature and, for security keys, flags and a
 * counter.  libssh2 writes the algorithm itself, and for security keys nothing else.
 */
static bool agent_signature(struct login *login, const char *algorithm, struct str *sig)
{
	struct wire wire = { .data = (const unsigned char *)login->sig.data,
		.len = login->sig.len },
		    tail;
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
	tail = wire;
	inner = wire_string(&wire, &len);
	if (is_sk(algorithm)) {
		wire_u8(&wire); /* flags */
		wire_u32(&wire); /* counter */
		inner = tail.data;
		len = tail.len;
	}
	if (wire.bad || wire.len > 0)
		return false;
	str_add_mem(sig, inner, len);
	return true;
}

int sign_by_agent(struct conn *conn, const char *algorithm, const unsigned char *data, size_t len,
    struct str *sig)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];

	switch (login->sign) {
	case SIGN_IDLE:
		if (conn->options.cautious && is_sk(algorithm)) {
			login_skip(login, _("somebody would have to touch it"));
			login->shy = true;
			return -1;
		}
		login->sign = SIGN_RUNNING;
		/* It may wait for a touch or a confirmation. */
		if (!conn->options.cautious)
			deadline_pause(conn);
		login->slow = loop_timer_start(
		    conn->loop, is_sk(algorithm) ? TOUCH_MS : CONFIRM_MS, on_slow, conn);
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
