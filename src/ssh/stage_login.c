/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

struct auth_method {
	const char *name;
	auth_fn *step;
};

/* In ssh's order. */
static const struct auth_method methods[] = {
	{ "publickey", auth_publickey },
	{ "keyboard-interactive", auth_kbdint },
	{ "password", auth_password },
};

void login_free(struct login *login)
{
	if (!login)
		return;
	identity_reset(login);
	identities_done(login);
	agent_free(login->agent);
	free(login->agent_why);
	strlist_done(&login->skipped);
	strlist_done(&login->refused);
	strlist_done(&login->exhausted);
	free(login);
}

static bool offered(const struct conn *conn, const char *name)
{
	return strlist_has(&conn->session->methods, name) &&
	    !strlist_has(&conn->login->exhausted, name);
}

static const struct auth_method *method_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_eq(methods[i].name, name))
			return &methods[i];
	return NULL;
}

/* The first in our order (ssh_config(5), PreferredAuthentications) that the server still takes. */
static const struct auth_method *method_next(const struct conn *conn)
{
	const char *preferred = conn->host->preferred_authentications;
	const struct auth_method *found = NULL;
	struct strlist order = { 0 };

	if (preferred && *preferred)
		strlist_split(&order, preferred, ",");
	else
		for (size_t i = 0; i < ARRAY_LEN(methods); i++)
			strlist_add(&order, methods[i].name);
	for (size_t i = 0; i < order.len && !found; i++)
		if (offered(conn, order.items[i]))
			found = method_find(order.items[i]);
	strlist_done(&order);
	return found;
}

static bool can_any(const struct strlist *names)
{
	for (size_t i = 0; i < names->len; i++)
		if (method_find(names->items[i]))
			return true;
	return false;
}

static bool wants_to_ask(const struct strlist *names)
{
	return strlist_has(names, "password") || strlist_has(names, "keyboard-interactive");
}

static void add_details(struct conn *conn)
{
	const struct login *login = conn->login;

	for (size_t i = 0; i < login->refused.len; i++)
		result_detail(conn->result, "tried", _("%s: refused"), login->refused.items[i]);
	for (size_t i = 0; i < login->skipped.len; i++)
		result_detail(conn->result, "skipped", "%s", login->skipped.items[i]);
	if (login->agent_why)
		result_detail(conn->result, "agent", "%s", login->agent_why);
}

static enum step denied(struct conn *conn)
{
	struct login *login = conn->login;
	char *list = strlist_join(&conn->session->methods, ",");
	char *command = host_ssh_command(NULL, conn->host);
	char *skipped = strlist_join(&login->skipped, "; ");

	add_details(conn);
	conn_failf(conn, ERR_AUTH, _("%s@%s: permission denied (%s)"), conn->host->user,
	    conn->host->hostname, list);
	if (!can_any(&conn->session->methods))
		conn_hint(conn,
		    _("The server takes only ways to log in that sallyport does not "
		      "know.  Use: %s"),
		    command);
	else if (login->refused.len)
		conn_hint(conn,
		    _("Is %s the right user?  Is the key in ~/.ssh/authorized_keys there?  Refused: "
		      "%s%s%s"),
		    conn->host->user, login->refused.items[0], *skipped ? "; " : "", skipped);
	else if (*skipped)
		conn_hint(conn, _("Not used: %s"), skipped);
	else if (login->passwords || login->rounds)
		conn_hint(
		    conn, _("Is %s the right user, and the password right?"), conn->host->user);
	else if (!ask_possible(conn) && wants_to_ask(&conn->session->methods))
		conn_hint(conn,
		    _("The server wants to ask for a password, and nobody could be asked here: use "
		      "a terminal or a key."));
	else
		conn_hint(conn,
		    _("There was no key to offer: name one in identity_file, or load it "
		      "into the agent."));
	free(skipped);
	free(command);
	free(list);
	return STEP_FAIL;
}

static enum step logged_in(struct conn *conn)
{
	const struct login *login = conn->login;
	char *key;

	add_details(conn);
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
	strlist_done(&login->exhausted);
	login->method = NULL;
}

/* The server hung up in the middle: after failed attempts that is its way to say "too many". */
static enum step hung_up(struct conn *conn)
{
	char *said = conn->session->disconnect ? mem_strdup(conn->session->disconnect) : NULL;

	if (conn->session->failures == 0)
		return conn_fail_lost(conn);
	add_details(conn);
	conn_failf(conn, ERR_AUTH,
	    _("%s@%s: too many authentication failures: the server hung up%s%s"), conn->host->user,
	    conn->host->hostname, said ? ": " : "", said ? said : "");
	if (conn->login->refused.len > 2)
		conn_hint(conn,
		    _("It was offered %zu keys.  Name the right one in identity_file and set "
		      "identities_only."),
		    conn->login->refused.len + 1);
	else
		conn_hint(conn,
		    _("Check user and password before you try again: the server may block "
		      "this address for a while."));
	free(said);
	return STEP_FAIL;
}

static enum step attempt(struct conn *conn)
{
	struct login *login = conn->login;

	conn->session->partial = false;
	switch (login->method->step(conn)) {
	case AUTH_WAIT:
		if (conn->session->disconnect || transport_over(&conn->net))
			return hung_up(conn);
		return STEP_WAIT;
	case AUTH_OK:
		return logged_in(conn);
	case AUTH_BROKEN:
		if (conn->session->disconnect || transport_over(&conn->net))
			return hung_up(conn);
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

	if (libssh2_userauth_authenticated(conn->session->lib) && !login->method)
		return logged_in(conn);
	step = identities_load(conn);
	if (step != STEP_NEXT)
		return step;
	for (;;) {
		if (!login->method || !offered(conn, login->method->name))
			login->method = method_next(conn);
		if (!login->method)
			return denied(conn);
		step = attempt(conn);
		if (step != STEP_NEXT)
			return step;
		if (libssh2_userauth_authenticated(conn->session->lib))
			return STEP_NEXT;
	}
}
