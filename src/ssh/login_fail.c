/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"
#include "users.h"

#include <stdio.h>
#include <stdlib.h>

void login_details(struct conn *conn)
{
	const struct login *login = conn->login;

	for (size_t i = 0; i < login->refused.len; i++)
		result_detail(conn->result, "tried", _("%s: refused"), login->refused.items[i]);
	for (size_t i = 0; i < login->skipped.len; i++)
		result_detail(conn->result, "skipped", "%s", login->skipped.items[i]);
	if (login->agent_why)
		result_detail(conn->result, "agent", "%s", login->agent_why);
}

static bool wants_to_ask(const struct strlist *names)
{
	return strlist_has(names, "password") || strlist_has(names, "keyboard-interactive");
}

/* The keys were refused: who, and what may be wrong. */
static void hint_refused(struct conn *conn, const char *skipped)
{
	const struct strlist *refused = &conn->login->refused;
	char more[64] = "";
	char *user = users_question(
	    conn->ident.software, host_cloud(conn->host, "provider"), conn->host->user);

	if (refused->len > 1)
		snprintf(more, sizeof more, _(" and %zu more"), refused->len - 1);
	conn_hint(conn, _("%s  Is the key in ~/.ssh/authorized_keys there?  Refused: %s%s%s%s"),
	    user, refused->items[0], more, *skipped ? "; " : "", skipped);
	free(user);
}

static void hint_unknown(struct conn *conn)
{
	char *command = host_ssh_command(NULL, conn->host);

	conn_hint(conn,
	    _("The server takes only ways to log in that sallyport does not know.  Use: %s"),
	    command);
	free(command);
}

static void hint(struct conn *conn, const char *skipped)
{
	struct login *login = conn->login;
	enum login_ways ways = login_ways(conn);

	if (ways == WAYS_UNKNOWN)
		hint_unknown(conn);
	else if (login->refused.len)
		hint_refused(conn, skipped);
	else if (*skipped)
		conn_hint(conn, _("No key could be used; mend this: %s"), skipped);
	else if (!ask_possible(conn) && wants_to_ask(&conn->session->methods))
		conn_hint(conn,
		    _("The server wants to ask for a password, and nobody could be asked here: use "
		      "a terminal or a key."));
	else if (login->passwords || login->rounds)
		conn_hint(
		    conn, _("Is %s the right user, and the password right?"), conn->host->user);
	else if (ways == WAYS_OFF)
		conn_hint(conn,
		    _("The settings allow none of the ways that the server offers: see "
		      "preferred_authentications, or -o PasswordAuthentication and its like."));
	else if (login->agent_why)
		conn_hint(conn, _("There was no key to offer.  %s"), login->agent_why);
	else
		conn_hint(conn,
		    _("There was no key to offer: name one in identity_file, or load it "
		      "into the agent."));
}

/*
 * A check found that a person would have to be there; for its owner that is another thing than a refusal.  A key that
 * the host names and that is refused is one, whatever else the server offers.
 */
static bool needs_person(const struct conn *conn)
{
	const struct login *login = conn->login;
	bool key_refused = login->refused.len > 0 && conn->host->identity_file.len > 0;

	if (!conn->options.cautious)
		return false;
	return login->shy ||
	    (wants_to_ask(&conn->session->methods) && (login->taken.len > 0 || !key_refused));
}

static enum step denied_unasked(struct conn *conn, const char *skipped)
{
	result_detail(conn->result, "needs", "person");
	conn_failf(conn, ERR_AUTH, _("the login needs a person: %s"),
	    *skipped ? skipped : _("the server asks for a password"));
	conn_hint(conn,
	    *skipped
		? _("A check asks nobody.  Load the key into the agent (ssh-add FILE) and check again; or connect, which asks you.")
		: _("A check asks nobody.  Connect, which asks you; or put a key of yours there."));
	return STEP_FAIL;
}

enum step login_denied(struct conn *conn)
{
	char *list = strlist_join(&conn->session->methods, ",");
	char *skipped = strlist_join(&conn->login->skipped, "; ");
	char *taken = strlist_join(&conn->login->taken, ",");

	login_details(conn);
	if (needs_person(conn)) {
		denied_unasked(conn, skipped);
		goto out;
	}
	if (*taken)
		conn_failf(conn, ERR_AUTH,
		    _("%s@%s: permission denied (%s); %s was taken, and is not enough"),
		    conn->host->user, conn->host->hostname, list, taken);
	else
		conn_failf(conn, ERR_AUTH, _("%s@%s: permission denied (%s)"), conn->host->user,
		    conn->host->hostname, list);
	hint(conn, skipped);
out:
	free(taken);
	free(skipped);
	free(list);
	return STEP_FAIL;
}

/* Was it our turn, not the server's?  Then it had no attempt to answer: the time for a login was over (LoginGraceTime). */
static bool our_turn(const struct conn *conn)
{
	const struct login *login = conn->login;

	return conn->asking.pending || login->sign == SIGN_RUNNING || login->opening;
}

enum step login_hung_up(struct conn *conn)
{
	const struct login *login = conn->login;
	char *said;

	/* With MaxAuthTries 1 there is no failure before the end, but a word about it. */
	if (our_turn(conn) ||
	    (conn->session->failures == 0 &&
		(!conn->session->disconnect ||
		    login->offered + login->passwords + login->rounds == 0)))
		return conn_fail_lost(conn);
	said = conn->session->disconnect ? mem_printf(": %s", conn->session->disconnect)
					 : mem_strdup("");
	login_details(conn);
	conn_failf(conn, ERR_AUTH,
	    _("%s@%s: too many authentication failures: the server hung up%s"), conn->host->user,
	    conn->host->hostname, said);
	if (login->offered > 1)
		conn_hint(conn,
		    _("It was offered %zu of %zu keys, and takes no more attempts.  Name the right "
		      "key in identity_file and set identities_only."),
		    login->offered, login->id_count);
	else
		conn_hint(conn,
		    _("Check user and password before you try again: the server may block "
		      "this address for a while."));
	free(said);
	return STEP_FAIL;
}
