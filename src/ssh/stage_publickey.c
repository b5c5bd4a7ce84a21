/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"
#include "users.h"

#include <stdlib.h>

/* sshd's MaxAuthTries is 6, and the question for the methods may have been one. */
enum { REFUSED_MAX = 5 };

static enum step end(struct conn *conn, const char *summary)
{
	const struct login *login = conn->login;

	for (size_t i = 0; i < login->refused.len; i++)
		result_detail(conn->result, "tried", _("%s: refused"), login->refused.items[i]);
	for (size_t i = 0; i < login->skipped.len; i++)
		result_detail(conn->result, "skipped", "%s", login->skipped.items[i]);
	result_summary(conn->result, "%s", summary);
	return STEP_NEXT;
}

static enum step accepted(struct conn *conn, const struct identity *id)
{
	char *key = identity_text(id);
	char *summary = mem_printf(_("%s would be accepted"), key);
	char *fingerprint = pubkey_fingerprint(id->pub.blob, id->pub.len);
	enum step step = end(conn, summary);

	result_detail(conn->result, "key", "%s", id->label);
	if (fingerprint)
		result_detail(conn->result, "fingerprint", "%s", fingerprint);
	free(fingerprint);
	free(summary);
	free(key);
	return step;
}

static bool other_way(const struct conn *conn)
{
	return strlist_has(&conn->session->methods, "password") ||
	    strlist_has(&conn->session->methods, "keyboard-interactive");
}

/* What became of the keys, in one sentence; caller frees. */
static char *refusal(const struct conn *conn)
{
	const struct login *login = conn->login;

	if (login->refused.len > 1)
		return mem_printf(
		    _("%zu keys are refused for %s"), login->refused.len, conn->host->user);
	if (login->refused.len == 1)
		return mem_printf(
		    _("%s is refused for %s"), login->refused.items[0], conn->host->user);
	if (login->skipped.len > 0)
		return mem_printf(_("no key could be offered: %s"), login->skipped.items[0]);
	return mem_strdup(_("there is no key to offer"));
}

/* Were keys left out, so that the server does not hang up? */
static bool untried(const struct login *login)
{
	return login->refused.len >= REFUSED_MAX && login->next < login->id_count;
}

/* Rejected: wrong user, a key pair that is not bound, authorized_keys not copied to this user. */
static void refused_hint(struct conn *conn)
{
	const struct host *host = conn->host;
	const char *pair = host_cloud(host, "key_pair");
	char *user = users_question(conn->ident.software, host_cloud(host, "provider"), host->user);

	result_hint(conn->result,
	    _("%s  Is the key pair%s%.100s bound to the instance, and copied into "
	      "~/.ssh/authorized_keys of this user?"),
	    user, pair && *pair ? " " : "", pair ? pair : "");
	free(user);
}

static void refusal_hint(struct conn *conn)
{
	const struct login *login = conn->login;

	if (untried(login))
		result_hint(conn->result,
		    _("There are more keys than a server lets one try: name the right one in "
		      "identity_file and set identities_only."));
	else if (login->refused.len > 0)
		refused_hint(conn);
	else if (login->skipped.len > 0)
		result_hint(conn->result, _("Mend the key file first, then check again."));
	else
		result_hint(conn->result,
		    _("Name the key in identity_file, or load it into the agent: ssh-add FILE"));
}

static enum step none_accepted(struct conn *conn)
{
	bool pinned = conn->host->identity_file.len > 0;
	char *summary = refusal(conn);
	enum step step = end(conn, summary);

	conn->result->verdict = pinned || !other_way(conn) ? VERDICT_FAIL : VERDICT_WARN;
	refusal_hint(conn);
	free(summary);
	return step;
}

static enum step skip(struct conn *conn, const char *summary)
{
	conn->result->verdict = VERDICT_SKIP;
	return end(conn, summary);
}

enum step stage_publickey(struct conn *conn)
{
	struct login *login = conn->login;
	enum step step;

	if (libssh2_userauth_authenticated(conn->session->lib))
		return skip(conn, _("the server asks for no key"));
	if (!strlist_has(&conn->session->methods, "publickey"))
		return skip(conn, _("the server takes no keys from this user"));
	step = identities_load(conn);
	while (step == STEP_NEXT) {
		switch (auth_publickey(conn)) {
		case AUTH_WAIT:
			return STEP_WAIT;
		case AUTH_BROKEN:
			return STEP_FAIL;
		case AUTH_OK:
			/* Without a signature: the server lets in whoever knows the public key. */
			conn_warn(conn);
			result_hint(conn->result,
			    _("Whoever knows your public key can log in there, too: trust it with nothing, and tell whoever runs it."));
			return end(conn, _("the server accepted a key without a signature"));
		case AUTH_FAILED:
			if (login->accepted)
				return accepted(conn, &login->ids[login->next - 1]);
			if (!untried(login))
				break;
			strlist_add(
			    &login->skipped, _("more keys: not tried, the server would hang up"));
			return none_accepted(conn);
		case AUTH_NOTHING:
			return none_accepted(conn);
		}
	}
	return step;
}
