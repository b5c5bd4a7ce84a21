/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>

#include "algs.h"

/* An alias is used as it is, without the port (ssh_config(5), HostKeyAlias). */
static char *known_name(const struct host *host)
{
	if (host->host_key_alias && host->host_key_alias[0])
		return known_hosts_name(host->host_key_alias, 22);
	return known_hosts_name(host->hostname, host->port);
}

static bool offer_hostkeys(struct conn *conn, struct err *err)
{
	struct strlist types = { 0 };
	char *all = algs_offer(ALG_HOSTKEY, conn->host->host_key_algorithms, err);

	if (!all)
		return false;
	known_hosts_types(conn->known, conn->known_name, &types);
	conn->prefs.hostkey = algs_prefer_known(all, &types);
	strlist_done(&types);
	free(all);
	return true;
}

bool prefs_load(struct conn *conn, struct err *err)
{
	const struct host *host = conn->host;
	struct session_prefs *prefs = &conn->prefs;

	conn->known_name = known_name(host);
	if (!known_hosts_files(&host->user_known_hosts_file, &conn->known_files, err))
		return false;
	conn->known = known_hosts_load(&conn->known_files, err);
	if (!conn->known || !offer_hostkeys(conn, err))
		return false;
	prefs->kex = algs_offer(ALG_KEX, host->kex_algorithms, err);
	if (!prefs->kex)
		return false;
	prefs->cipher = algs_offer(ALG_CIPHER, host->ciphers, err);
	if (!prefs->cipher)
		return false;
	prefs->mac = algs_offer(ALG_MAC, host->macs, err);
	if (!prefs->mac)
		return false;
	prefs->pubkey = algs_offer(ALG_PUBKEY, host->pubkey_accepted_algorithms, err);
	return prefs->pubkey != NULL;
}
