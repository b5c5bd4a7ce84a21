/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* A name that stands for one in documents, and is nobody's machine (RFC 2606)? */
static bool is_example(const char *name)
{
	static const char *const names[] = { ".example", "example.com", "example.net",
		"example.org" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(name), tail = strlen(names[i]);
		if (len >= tail && strcasecmp(name + len - tail, names[i]) == 0 &&
		    (len == tail || *names[i] == '.' || name[len - tail - 1] == '.'))
			return true;
	}
	return false;
}

static const char example_hint[] =
    N_("This only stands for an address in examples: put the machine's own there.");

static void summarize(struct conn *conn)
{
	char text[64];
	const char *scope;
	char *more = NULL;

	for (size_t i = 0; i < conn->address_count; i++) {
		address_text(&conn->addresses[i], text, sizeof text);
		result_detail(conn->result, "addresses", "%s", text);
	}
	if (conn->address_count > 1)
		address_text(&conn->addresses[0], text, sizeof text);
	scope = address_scope(&conn->addresses[0]);
	if (conn->address_count > 1)
		more = mem_printf(_(" and %zu more"), conn->address_count - 1);
	result_summary(
	    conn->result, *scope ? "%s (%s)%s" : "%s%s%s", text, scope, more ? more : "");
	free(more);
	if (*scope)
		result_detail(conn->result, "scope", "%s", scope);
	if (str_eq(scope, "placeholder") || is_example(conn->host->hostname)) {
		conn_warn(conn);
		result_hint(conn->result, "%s", _(example_hint));
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
	if (!conn->address_count && is_example(conn->host->hostname))
		conn_hint(conn, "%s", _(example_hint));
	if (!conn->address_count)
		return STEP_FAIL;
	summarize(conn);
	return STEP_NEXT;
}
