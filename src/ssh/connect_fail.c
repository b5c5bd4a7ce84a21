/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence and one next step for each way in which TCP fails. */
#include "conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/*
 * Where the server sees us come from, as far as this machine knows: a rule for it must name that address.  Behind a
 * router that translates addresses (NAT) it is the router's.  Caller frees.
 */
static char *our_address(const struct conn *conn, const struct address *to)
{
	struct address from;
	char text[64];

	if (!address_from(to, conn->host->bind_address, &from))
		return mem_strdup(_("your address"));
	address_text(&from, text, sizeof text);
	if (*address_scope(&from) && !*address_scope(to))
		return mem_printf(
		    _("your address (%s here; behind a router its public one counts)"), text);
	return mem_printf(_("your address %s"), text);
}

/* " sg-1", where an import knows which, else "". */
static const char *group_name(const struct conn *conn)
{
	const char *groups = host_cloud(conn->host, "security_groups");

	return groups ? groups : "";
}

static void timed_out(struct conn *conn, const struct address *to, const char *address)
{
	char *from = our_address(conn, to);
	const char *groups = group_name(conn);
	bool inside = str_eq(address_scope(to), "private");

	conn_failf(conn, ERR_TIMEOUT, _("no answer from %s port %ld within %g s"), address,
	    conn->host->port, conn->options.connect_timeout_ms / 1000);
	conn_hint(conn,
	    inside ? _("The address is private: is its network's VPN up, or proxy_jump missing?  "
		       "Or the instance is not running, or its security group%s%.100s has no "
		       "inbound rule for port %ld from %s.")
		   : _("The instance may not be running, may have no public IP or EIP, or its "
		       "security group%s%.100s has no inbound rule for port %ld from %s."),
	    *groups ? " " : "", groups, conn->host->port, from);
	free(from);
}

static void no_way(struct conn *conn, int errnum, const struct address *to, const char *address)
{
	conn_failf(
	    conn, ERR_UNREACHABLE, _("there is no way to %s: %s"), address, strerror(errnum));
	if (str_eq(address_scope(to), "private"))
		conn_hint(conn,
		    _("The address is private: is its network's VPN up, or proxy_jump missing?"));
	else
		conn_hint(conn,
		    _("Check this machine's network, its VPN and the address; or a firewall on the way rejects it."));
}

/* RFC 4007 section 6: it is one of several places, and nothing but the interface says which. */
static bool lacks_interface(const struct address *to)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&to->sa;

	return v6->sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) &&
	    v6->sin6_scope_id == 0;
}

static void local(struct conn *conn, char *what, const char *hint)
{
	conn_failf(conn, ERR_LOCAL, "%s", what);
	conn_hint(conn, "%s", hint);
	free(what);
}

/* What this machine itself lacks or forbids; false: it is not that. */
static bool local_fail(struct conn *conn, int errnum, const char *address)
{
	const char *why = strerror(errnum);

	switch (errnum) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EAGAIN:
		local(conn, mem_printf(_("this machine is short of something: %s"), why),
		    _("Raise the limit (ulimit -n), or do less at once."));
		return true;
	case EPERM:
	case EACCES:
	case EINVAL: /* a black hole in Linux's routes */
		local(conn,
		    mem_printf(
			_("this machine does not let a connection to %s out: %s"), address, why),
		    _("See its own firewall and routes (nft list ruleset, ip route)."));
		return true;
	case EADDRNOTAVAIL:
	case EADDRINUSE:
		local(conn,
		    mem_printf(
			_("this machine has no port or address left for %s: %s"), address, why),
		    _("Check bind_address, or wait until old connections are gone."));
		return true;
	default:
		return false;
	}
}

static void without_interface(struct conn *conn, const char *address)
{
	conn_failf(conn, ERR_UNREACHABLE,
	    _("%s is a link-local address: it means nothing without its interface"), address);
	conn_hint(conn, _("Write it with the interface, as in %s%%eth0; \"ip link\" lists them."),
	    address);
}

static void refused(struct conn *conn, const char *address)
{
	conn_failf(conn, ERR_REFUSED,
	    _("port %ld of %s refuses connections: nothing listens there"), conn->host->port,
	    address);
	conn_hint(conn, _("sshd is not running, or it listens on another port."));
}

static void cut(struct conn *conn, const char *address)
{
	conn_failf(conn, ERR_RESET, _("%s port %ld cut the connection at once"), address,
	    conn->host->port);
	conn_hint(conn,
	    _("The machine, or a firewall before it, is up and may block this address for a while. Wait a minute without trying; then see the firewall's rules and the server's log."));
}

enum step connect_fail(struct conn *conn, int errnum, const struct address *to)
{
	char address[64];

	address_text(to, address, sizeof address);
	if (lacks_interface(to))
		without_interface(conn, address);
	else if (errnum == ECONNREFUSED)
		refused(conn, address);
	else if (errnum == ETIMEDOUT)
		timed_out(conn, to, address);
	else if (errnum == EHOSTUNREACH || errnum == ENETUNREACH || errnum == EHOSTDOWN ||
	    errnum == ENETDOWN)
		no_way(conn, errnum, to, address);
	else if (errnum == ECONNRESET)
		cut(conn, address);
	else if (!local_fail(conn, errnum, address))
		conn_failf(conn, ERR_REFUSED, _("no connection to %s port %ld: %s"), address,
		    conn->host->port, strerror(errnum));
	return STEP_FAIL;
}
