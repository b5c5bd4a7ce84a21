/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>

#include "algs.h"

/* Known types first, or a server with several keys would look like a changed one. */
static void prefer_known(struct conn *conn)
{
	struct strlist types = { 0 };
	char *all = conn->prefs.hostkey;

	if (conn->known)
		known_hosts_types(conn->known, conn->known_name, &types);
	conn->prefs.hostkey = algs_prefer_known(all, conn->host->host_key_algorithms, &types);
	strlist_done(&types);
	free(all);
}

/* What settings name and the library has not is left out, and said with the algorithms. */
static void note_left_out(struct strlist *all, enum alg_kind kind, struct strlist *names)
{
	for (size_t i = 0; i < names->len; i++)
		strlist_take(all, mem_printf("%s %s", algs_setting(kind), names->items[i]));
	strlist_done(names);
}

static void tell_left_out(struct conn *conn, struct strlist *all)
{
	char *text = strlist_join(all, ", ");

	if (all->len > 0)
		result_detail(conn->result, "left_out", "%s", text);
	free(text);
	strlist_done(all);
}

static bool offer_all(struct conn *conn, const struct session_prefs *linked, struct err *err)
{
	const struct host *host = conn->host;
	struct session_prefs *prefs = &conn->prefs;
	const struct {
		enum alg_kind kind;
		const char *setting, *linked;
		char **list;
	} offers[] = {
		{ ALG_KEX, host->kex_algorithms, linked->kex, &prefs->kex },
		{ ALG_HOSTKEY, host->host_key_algorithms, linked->hostkey, &prefs->hostkey },
		{ ALG_CIPHER, host->ciphers, linked->cipher, &prefs->cipher },
		{ ALG_MAC, host->macs, linked->mac, &prefs->mac },
		{ ALG_PUBKEY, host->pubkey_accepted_algorithms, NULL, &prefs->pubkey },
	};

	struct strlist left_out = { 0 };
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(offers) && ok; i++) {
		struct strlist names = { 0 };

		*offers[i].list =
		    algs_offer(offers[i].kind, offers[i].setting, offers[i].linked, &names, err);
		note_left_out(&left_out, offers[i].kind, &names);
		ok = *offers[i].list != NULL;
	}
	tell_left_out(conn, &left_out);
	return ok;
}

bool prefs_load(struct conn *conn, struct err *err)
{
	struct session_prefs linked;
	struct err unread = ERR_INIT;
	bool ok;

	conn->known_name = known_hosts_name_of(conn->host);
	if (!known_hosts_files(&conn->host->user_known_hosts_file,
		conn->options.hostkey.global_files, &conn->known_files, err))
		return false;
	/* What is wrong with them is told, and refused, where the host key is looked up. */
	conn->known = known_hosts_load(&conn->known_files, &unread);
	session_supported(&linked);
	ok = offer_all(conn, &linked, err);
	session_prefs_done(&linked);
	if (ok)
		prefer_known(conn);
	return ok;
}
