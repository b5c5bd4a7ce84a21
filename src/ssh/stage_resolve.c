/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

static void on_resolved(
    void *ctx, const struct address *addresses, size_t count, const struct err *why)
{
	struct conn *conn = ctx;

	if (count) {
		conn->addresses = mem_dup(addresses, count * sizeof *addresses);
		conn->address_count = count;
	} else {
		conn_fail(conn, why);
		if (why->code == ERR_LOCAL)
			result_detail(conn->result, "shortage", "%s", why->text);
	}
	conn->phase = 2;
	conn_wake(conn);
}

int conn_family(const struct conn *conn)
{
	if (conn->options.family != AF_UNSPEC)
		return conn->options.family;
	if (str_eq(conn->host->address_family, "inet"))
		return AF_INET;
	if (str_eq(conn->host->address_family, "inet6"))
		return AF_INET6;
	return AF_UNSPEC;
}

static enum step start(struct conn *conn)
{
	struct err err = ERR_INIT;

	if (!conn_host_usable(conn, &err))
		return conn_fail(conn, &err);
	conn->resolve = resolve_start(conn->loop, conn->host->hostname, conn->host->port,
	    conn_family(conn), on_resolved, conn);
	conn->phase = 1;
	return STEP_WAIT;
}

static void summarize(struct conn *conn)
{
	char text[64];
	const char *scope;

	for (size_t i = 0; i < conn->address_count; i++) {
		address_text(&conn->addresses[i], text, sizeof text);
		result_detail(conn->result, "addresses", "%s", text);
	}
	address_text(&conn->addresses[0], text, sizeof text);
	scope = address_scope(&conn->addresses[0]);
	if (conn->address_count > 1)
		result_summary(conn->result, _("%s and %zu more"), text, conn->address_count - 1);
	else if (*scope)
		result_summary(conn->result, "%s (%s)", text, scope);
	else
		result_summary(conn->result, "%s", text);
	if (*scope)
		result_detail(conn->result, "scope", "%s", scope);
	if (str_eq(scope, "placeholder")) {
		conn_warn(conn);
		result_hint(conn->result,
		    _("This address only stands for one in examples: put the machine's own there."));
	}
}

enum step stage_resolve(struct conn *conn)
{
	if (conn->phase == 0)
		return start(conn);
	if (conn->phase == 1)
		return STEP_WAIT;
	resolve_cancel(conn->resolve);
	conn->resolve = NULL;
	if (!conn->address_count)
		return STEP_FAIL;
	summarize(conn);
	return STEP_NEXT;
}
