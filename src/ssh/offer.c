/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/ssh.h"

#include "algs.h"
#include "sallyport/hosts.h"
#include "session.h"

char *conn_offer(const struct host *host, const char *member, struct err *err)
{
	struct session_prefs linked;
	char *offer = NULL;

	session_supported(&linked);
	const struct {
		enum alg_kind kind;
		const char *setting, *linked;
	} lists[] = {
		{ ALG_KEX, host->kex_algorithms, linked.kex },
		{ ALG_HOSTKEY, host->host_key_algorithms, linked.hostkey },
		{ ALG_CIPHER, host->ciphers, linked.cipher },
		{ ALG_MAC, host->macs, linked.mac },
		{ ALG_PUBKEY, host->pubkey_accepted_algorithms, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (str_eq(algs_setting(lists[i].kind), member))
			offer =
			    algs_offer(lists[i].kind, lists[i].setting, lists[i].linked, NULL, err);
	session_prefs_done(&linked);
	return offer;
}
