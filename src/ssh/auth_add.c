/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "login.h"

enum { ADD_MS = 5000 };

void login_add_done(struct login *login)
{
	private_key_free(login->adding);
	login->adding = NULL;
	free(login->adding_label);
	login->adding_label = NULL;
	login->add = ADD_BEGIN;
}

static struct add_keys policy(const struct conn *conn)
{
	struct add_keys how;

	/* A value that is not understood adds nothing. */
	if (!add_keys_parse(conn->host->add_keys_to_agent, &how) || conn->options.cautious)
		how.add = false;
	return how;
}

void login_keep_key(struct conn *conn)
{
	struct login *login = conn->login;
	const struct identity *id = &login->ids[login->next];

	if (!login->key || !login->agent || id->in_agent || !policy(conn).add)
		return;
	login_add_done(login);
	login->adding = login->key;
	login->key = NULL;
	key_forget(login);
	login->adding_label = mem_strdup(id->path);
}

/* Behind the stage's own sentence, which -v shows; as a detail in any case. */
static void tell(struct conn *conn, const char *text)
{
	char *before = conn->result->summary ? mem_strdup(conn->result->summary) : NULL;

	result_detail(conn->result, "agent", "%s", text);
	if (before)
		result_summary(conn->result, "%s; %s", before, text);
	free(before);
}

static void on_added(void *ctx, const struct err *why)
{
	struct conn *conn = ctx;
	struct login *login = conn->login;
	char *shown = path_show(login->adding_label);
	char *text = why ? mem_printf(_("%s was not added to the agent: %s"), shown, why->text)
			 : mem_printf(_("%s was added to the agent"), shown);

	tell(conn, text);
	free(text);
	free(shown);
	login->add = ADD_OVER;
	conn_wake(conn);
}

static void ask(struct conn *conn)
{
	char *shown = path_show(conn->login->adding_label);
	char *text = mem_printf(_("Add the key %s to the agent? "), shown);
	struct question question = { .kind = ASK_YES, .text = text };

	ask_start(conn, &question);
	free(text);
	free(shown);
}

/* False: it has no form for an agent. */
static bool give(struct conn *conn, const struct add_keys *how)
{
	struct login *login = conn->login;
	struct secret *wire = private_key_wire(login->adding);

	if (!wire)
		return false;
	agent_add_start(login->agent, wire, login->adding_label, how->seconds, how->confirm, ADD_MS,
	    on_added, conn);
	secret_free(wire);
	login->add = ADD_RUNS;
	return true;
}

enum step login_add_key(struct conn *conn)
{
	struct login *login = conn->login;
	struct add_keys how = policy(conn);

	if (login->adding && login->add == ADD_BEGIN) {
		if (how.ask)
			ask(conn);
		login->add = ADD_ASKED;
	}
	if (login->adding && login->add == ADD_ASKED) {
		if (how.ask && !conn->asking.answered)
			return STEP_WAIT;
		if ((how.ask && !ask_taken_yes(conn)) || !give(conn, &how))
			login->add = ADD_OVER;
	}
	if (login->adding && login->add == ADD_RUNS)
		return STEP_WAIT;
	login_add_done(login);
	return STEP_NEXT;
}
