/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct auth_method {
	const char *name;
	auth_fn *step;
	bool asks; /* not in batch mode, as the table in sshconnect2.c has it */
	size_t off; /* where in struct auth_options it is turned off */
};

/* In ssh's order. */
static const struct auth_method methods[] = {
	{ "publickey", auth_publickey, false, offsetof(struct auth_options, no_publickey) },
	{ "keyboard-interactive", auth_kbdint, true, offsetof(struct auth_options, no_kbdint) },
	{ "password", auth_password, true, offsetof(struct auth_options, no_password) },
};

void login_free(struct login *login)
{
	if (!login)
		return;
	identity_reset(login);
	login_add_done(login);
	identities_done(login);
	agent_free(login->agent);
	free(login->agent_why);
	strlist_done(&login->skipped);
	strlist_done(&login->refused);
	strlist_done(&login->taken);
	strlist_done(&login->exhausted);
	free(login);
}

static const struct auth_method *method_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_eq(methods[i].name, name))
			return &methods[i];
	return NULL;
}

static bool allowed(const struct conn *conn, const struct auth_method *method)
{
	const bool *off = (const bool *)((const char *)&conn->options.auth + method->off);

	return !*off && !(method->asks && conn->options.batch);
}

static bool offered(const struct conn *conn, const struct auth_method *method)
{
	return method && strlist_has(&conn->session->methods, method->name) &&
	    !strlist_has(&conn->login->exhausted, method->name) && allowed(conn, method);
}

/* In our order (ssh_config(5), PreferredAuthentications); the list is to be freed. */
static struct strlist preferred(const struct conn *conn)
{
	const char *setting = conn->host->preferred_authentications;
	struct strlist order = { 0 };

	if (setting && *setting)
		strlist_split(&order, setting, ",");
	else
		for (size_t i = 0; i < ARRAY_LEN(methods); i++)
			strlist_add(&order, methods[i].name);
	return order;
}

enum login_ways login_ways(const struct conn *conn)
{
	const struct strlist *names = &conn->session->methods;
	struct strlist order = preferred(conn);
	enum login_ways ways = WAYS_UNKNOWN;

	for (size_t i = 0; i < names->len && ways != WAYS_SOME; i++) {
		const struct auth_method *method = method_find(names->items[i]);

		if (method)
			ways = allowed(conn, method) && strlist_has(&order, method->name)
			    ? WAYS_SOME
			    : WAYS_OFF;
	}
	strlist_done(&order);
	return ways;
}

/* The first in our order that the server still takes. */
static const struct auth_method *method_next(const struct conn *conn)
{
	const struct auth_method *found = NULL;
	struct strlist order = preferred(conn);

	for (size_t i = 0; i < order.len && !found; i++)
		if (offered(conn, method_find(order.items[i])))
			found = method_find(order.items[i]);
	strlist_done(&order);
	return found;
}

static enum step logged_in(struct conn *conn)
{
	const struct login *login = conn->login;
	char *key;

	login_details(conn);
	result_detail(conn->result, "method", "%s", login->method ? login->method->name : "none");
	if (login->method && login->method->step == auth_publickey) {
		key = identity_text(&login->ids[login->next]);
		result_detail(conn->result, "key", "%s", key);
		result_summary(conn->result, _("as %s with %s"), conn->host->user, key);
		free(key);
	} else {
		result_summary(conn->result, _("as %s by %s"), conn->host->user,
		    login->method ? login->method->name : _("nothing at all"));
	}
	return STEP_NEXT;
}

/* The server took this and wants more: what was used up may be asked for again. */
static void went_on(struct conn *conn)
{
	struct login *login = conn->login;

	result_detail(conn->result, "partial", "%s", login->method->name);
	strlist_add(&login->taken, login->method->name);
	strlist_done(&login->exhausted);
	identity_reset(login);
	identities_again(login);
	login->method = NULL;
}

static enum step attempt(struct conn *conn)
{
	struct login *login = conn->login;

	conn->session->partial = false;
	switch (login->method->step(conn)) {
	case AUTH_WAIT:
		if (conn->session->disconnect || transport_over(&conn->net))
			return login_hung_up(conn);
		return STEP_WAIT;
	case AUTH_OK:
		conn->login->in = true;
		return logged_in(conn);
	case AUTH_BROKEN:
		if (conn->session->disconnect || transport_over(&conn->net))
			return login_hung_up(conn);
		return STEP_FAIL;
	case AUTH_FAILED:
		if (conn->session->partial)
			went_on(conn);
		break;
	case AUTH_NOTHING:
		strlist_add(&login->exhausted, login->method->name);
		login->method = NULL;
		break;
	}
	return STEP_NEXT;
}

enum step stage_login(struct conn *conn)
{
	struct login *login = conn->login;
	enum step step;

	if (libssh2_userauth_authenticated(conn->session->lib) && !login->method && !login->in)
		return logged_in(conn);
	step = identities_load(conn);
	if (step != STEP_NEXT)
		return step;
	for (;;) {
		step = login_add_key(conn);
		if (step != STEP_NEXT || login->in)
			return step;
		if (!offered(conn, login->method))
			login->method = method_next(conn);
		if (!login->method)
			return login_denied(conn);
		step = attempt(conn);
		if (step != STEP_NEXT)
			return step;
	}
}
