/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <errno.h>
#include <string.h>

/* Is it something that this machine has again when other connections have ended? */
static bool is_shortage(const struct conn *conn, int errnum)
{
	switch (errnum) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EAGAIN:
	case EADDRINUSE: /* bind(2): no port left */
		return true;
	case EADDRNOTAVAIL: /* connect(2): no port left; but bind(2): not an address of ours */
		return conn->host->bind_address == NULL;
	default:
		return false;
	}
}

static void tell_entries(struct conn *conn, const struct race_entry *entries, size_t count)
{
	char text[64];

	for (size_t i = 0; i < count; i++) {
		const struct race_entry *entry = &entries[i];

		address_text(&entry->address, text, sizeof text);
		if (entry->won)
			result_detail(conn->result, "address", "%s", text);
		else if (entry->tried)
			result_detail(conn->result, "tried", "%s: %s", text,
			    entry->errnum ? strerror(entry->errnum) : _("slower"));
		else
			result_detail(conn->result, "not_tried", "%s", text);
	}
	result_detail(conn->result, "port", "%ld", conn->host->port);
}

/* The address to name in a failure: the one that failed this way. */
static const struct address *failed_address(
    const struct conn *conn, int errnum, const struct race_entry *entries, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		if (entries[i].tried && entries[i].errnum == errnum)
			at = i;
	return count ? &entries[at].address : &conn->addresses[0];
}

static void on_raced(void *ctx, int fd, struct loop_watch *watch, int errnum,
    const struct race_entry *entries, size_t count)
{
	struct conn *conn = ctx;

	tell_entries(conn, entries, count);
	if (fd == -1) {
		connect_fail(conn, errnum, failed_address(conn, errnum, entries, count));
		if (is_shortage(conn, errnum))
			result_detail(conn->result, "shortage", "%s", strerror(errnum));
		conn->phase = 3;
	} else {
		transport_open(&conn->net, fd, watch,
		    !conn->options.no_tcp_keepalive && conn->options.depth != CONN_REACH);
		conn->phase = 2;
	}
	conn_wake(conn);
}

static void on_via_timeout(void *ctx)
{
	struct conn *conn = ctx;

	via_timed_out(conn);
	conn->phase = 3;
	conn_wake(conn);
}

/* Through the last jump host, which looks the name up, too. */
static void connect_via(struct conn *conn)
{
	conn->step_timer =
	    loop_timer_start(conn->loop, conn->options.connect_timeout_ms, on_via_timeout, conn);
	via_connect(conn);
}

static enum step connected_via(struct conn *conn)
{
	loop_timer_cancel(conn->step_timer);
	conn->step_timer = NULL;
	if (conn->phase == 3)
		return STEP_FAIL;
	result_summary(conn->result, _("%s port %ld, through %s, %.0f ms"), conn->host->hostname,
	    conn->host->port, via_conn(conn->via)->host->name,
	    loop_now_ms(conn->loop) - conn->since);
	return STEP_NEXT;
}

static void race(struct conn *conn)
{
	conn->race = race_start(conn->loop, conn->addresses, conn->address_count,
	    conn->host->bind_address, conn->options.connect_timeout_ms, on_raced, conn);
}

enum step stage_connect(struct conn *conn)
{
	switch (conn->phase) {
	case 0:
		conn->phase = 1;
		if (conn->options.through)
			conn->via = via_through(conn, conn->options.through);
		if (!conn->via)
			race(conn);
		else
			connect_via(conn);
		return STEP_WAIT;
	case 1:
		return STEP_WAIT;
	}
	if (conn->via)
		return connected_via(conn);
	race_cancel(conn->race);
	conn->race = NULL;
	if (conn->phase == 3)
		return STEP_FAIL;
	result_summary(conn->result, _("%s port %ld, %.0f ms"),
	    result_detail_get(conn->result, "address"), conn->host->port,
	    loop_now_ms(conn->loop) - conn->since);
	return STEP_NEXT;
}
