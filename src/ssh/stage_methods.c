/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

static void tell_banner(struct conn *conn)
{
	char *banner = NULL;

	if (libssh2_userauth_banner(conn->session->lib, &banner) == 0 && banner)
		conn_notice(conn, banner);
}

static void summarize(struct conn *conn)
{
	enum { SHOWN = 32, SHOWN_LEN = 300 }; /* a report's line has its limits */
	const struct strlist *methods = &conn->session->methods;
	char *list = strlist_join(methods, ", ");

	for (size_t i = 0; i < methods->len && i < SHOWN; i++)
		result_detail(conn->result, "methods", "%.64s", methods->items[i]);
	result_summary(
	    conn->result, _("the server offers %.*s"), SHOWN_LEN, *list ? list : _("nothing"));
	free(list);
}

static enum step let_in_without(struct conn *conn)
{
	conn_warn(conn);
	result_detail(conn->result, "methods", "none");
	result_summary(
	    conn->result, _("the server lets %s in without any authentication"), conn->host->user);
	result_hint(conn->result,
	    _("Whoever reaches this server can log in.  It cannot prove who you are to it, either: "
	      "trust no prompt that it shows."));
	if (conn->options.depth == CONN_SESSION)
		conn_remark(conn, _("logged in without any authentication"));
	return STEP_NEXT;
}

enum step stage_methods(struct conn *conn)
{
	const char *list = libssh2_userauth_list(
	    conn->session->lib, conn->host->user, (unsigned)strlen(conn->host->user));

	if (!list && libssh2_session_last_errno(conn->session->lib) == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	conn->login = mem_zalloc(1, sizeof *conn->login);
	tell_banner(conn);
	if (!list && libssh2_userauth_authenticated(conn->session->lib))
		return let_in_without(conn);
	if (!list)
		return conn_fail_lib(
		    conn, ERR_AUTH, _("the server did not say how it lets users log in"));
	strlist_done(&conn->session->methods);
	strlist_split(&conn->session->methods, list, ",");
	conn->session->failures = 0;
	summarize(conn);
	return STEP_NEXT;
}
