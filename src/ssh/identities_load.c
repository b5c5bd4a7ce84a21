/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "login.h"

enum { AGENT_LIST_MS = 5000 };

static void on_listed(void *ctx, const struct agent_key *keys, size_t count, const struct err *why)
{
	struct conn *conn = ctx;
	struct login *login = conn->login;

	if (why)
		login->agent_why = mem_strdup(why->text);
	identities_build(login, conn->host, conn->prefs.pubkey, keys, count);
	login->listed = true;
	conn_wake(conn);
}

/* ssh_config(5), IdentityAgent: a path, "none", "SSH_AUTH_SOCK" or "$NAME".  False: no agent. */
static bool agent_path(const struct host *host, const char **path, struct err *err)
{
	const char *set = host->identity_agent;

	*path = NULL;
	if (!set || !*set || str_eq(set, "SSH_AUTH_SOCK"))
		return true;
	if (str_eq(set, "none"))
		return err_set(err, ERR_NOTFOUND, _("the host's settings say to use no agent"));
	*path = set;
	if (*set != '$')
		return true;
	*path = getenv(set + 1);
	return *path || err_set(err, ERR_NOTFOUND, _("%s is not set"), set);
}

enum step identities_load(struct conn *conn)
{
	struct login *login = conn->login;
	struct err err = ERR_INIT;
	const char *path;

	if (login->listed)
		return STEP_NEXT;
	if (login->agent)
		return STEP_WAIT;
	if (agent_path(conn->host, &path, &err))
		login->agent = agent_new(conn->loop, path, &err);
	if (login->agent) {
		agent_list_start(login->agent, AGENT_LIST_MS, on_listed, conn);
		return STEP_WAIT;
	}
	on_listed(conn, NULL, 0, NULL);
	return STEP_NEXT;
}
