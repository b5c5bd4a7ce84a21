/* SPDX-License-Identifier: Apache-2.0 */
#include "hostkey.h"

#include <stdlib.h>
#include <unistd.h>

enum ip_verdict ip_judge(enum hostkey_verdict name, enum hostkey_verdict ip)
{
	bool name_fine = name == HOSTKEY_KNOWN || name == HOSTKEY_NEW || name == HOSTKEY_CA;

	switch (ip) {
	case HOSTKEY_KNOWN:
		return IP_SILENT;
	case HOSTKEY_NEW:
	case HOSTKEY_CA:
		return name_fine ? IP_ADD : IP_SILENT;
	case HOSTKEY_CHANGED:
	case HOSTKEY_OTHER_TYPE:
	case HOSTKEY_REVOKED:
		return name_fine ? IP_DIFFERS : IP_SILENT;
	}
	return IP_DIFFERS;
}

/* The address at the other end; false where there is none, as behind a jump host. */
static bool peer_address(const struct conn *conn, struct address *address)
{
	address->len = sizeof address->sa;
	if (conn->via || conn->net.fd == -1 ||
	    getpeername(conn->net.fd, (struct sockaddr *)&address->sa, &address->len) != 0)
		return false;
	return address->sa.ss_family == AF_INET || address->sa.ss_family == AF_INET6;
}

bool hostkey_is_local(const struct conn *conn)
{
	struct address address;

	return peer_address(conn, &address) && str_eq(address_scope(&address), "loopback");
}

char *hostkey_address(const struct conn *conn)
{
	struct address address;
	char text[64];

	if (!peer_address(conn, &address))
		return NULL;
	address_text(&address, text, sizeof text);
	return str_eq(text, conn->host->hostname) ? NULL : mem_strdup(text);
}

/* NULL: the address has nothing to say. */
static char *ip_name(const struct conn *conn)
{
	char *address = NULL, *name = NULL;

	if (conn->options.hostkey.check_ip && !hostkey_is_local(conn))
		address = hostkey_address(conn);
	if (address)
		name = known_hosts_name(address, conn->host->port);
	free(address);
	return name;
}

bool ip_look_up(struct conn *conn, const struct shown_key *key, enum hostkey_verdict name,
    struct ip_check *ip, struct err *err)
{
	*ip = (struct ip_check){ .name = ip_name(conn) };
	if (!ip->name || str_eq(ip->name, conn->known_name))
		return true;
	if (!known_hosts_check(conn->known, ip->name, key->blob, key->len, &ip->match, err))
		return false;
	ip->verdict = ip_judge(name, ip->match.verdict);
	return true;
}

void ip_check_done(struct ip_check *ip)
{
	free(ip->name);
	hostkey_match_done(&ip->match);
	*ip = (struct ip_check){ 0 };
}
