/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>

#include "sallyport/keys.h"

/* The key that the server proved to have. */
struct shown_key {
	const unsigned char *blob; /* borrowed from libssh2 */
	size_t len;
	char *type;
	char *fingerprint;
};

static void shown_done(struct shown_key *key)
{
	free(key->type);
	free(key->fingerprint);
}

static bool shown_get(struct conn *conn, struct shown_key *key)
{
	int type;

	key->blob =
	    (const unsigned char *)libssh2_session_hostkey(conn->session->lib, &key->len, &type);
	if (!key->blob)
		return false;
	key->type = pubkey_type(key->blob, key->len);
	key->fingerprint = pubkey_fingerprint(key->blob, key->len);
	return key->type && key->fingerprint;
}

/* "~/.ssh/known_hosts:3", the line that decided; caller frees. */
static char *place_of(const struct hostkey_match *match)
{
	char *file = path_show(match->file);
	char *place = mem_printf("%s:%u", file, match->line);

	free(file);
	return place;
}

static enum step refuse_changed(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	char *place = place_of(match);

	result_detail(conn->result, "known_fingerprint", "%s", match->fingerprint);
	result_detail(conn->result, "known_at", "%s:%u", match->file, match->line);
	conn_failf(conn, ERR_HOSTKEY,
	    _("the host key of %s has CHANGED: it shows %s, but %s says %s"), conn->known_name,
	    key->fingerprint, place, match->fingerprint);
	free(place);
	conn_hint(conn,
	    _("Someone may be listening in, or the machine was set up anew.  Ask whoever runs it; if it "
	      "is right: ssh-keygen -R '%s' -f '%s'"),
	    conn->known_name, match->file);
	return STEP_FAIL;
}

static enum step refuse_revoked(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	char *place = place_of(match);

	result_detail(conn->result, "known_at", "%s:%u", match->file, match->line);
	conn_failf(conn, ERR_HOSTKEY, _("the host key of %s (%s) is revoked by %s"),
	    conn->known_name, key->fingerprint, place);
	free(place);
	conn_hint(conn, _("This key must not be trusted: ask whoever runs the machine."));
	return STEP_FAIL;
}

static void tell_unknown(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	char *place = match->file ? place_of(match) : NULL;

	if (match->verdict == HOSTKEY_OTHER_TYPE)
		result_summary(conn->result,
		    _("new %s key %s; a key of another type is known (%s)"), key->type,
		    key->fingerprint, place);
	else if (match->verdict == HOSTKEY_CA)
		result_summary(conn->result,
		    _("new %s key %s; %s names a certificate authority, which is not checked yet"),
		    key->type, key->fingerprint, place);
	else
		result_summary(conn->result, _("new %s key %s"), key->type, key->fingerprint);
	free(place);
}

/* Where a new key goes; NULL: the user wants none to be kept (UserKnownHostsFile none). */
static const char *store(const struct conn *conn)
{
	const struct strlist *set = &conn->host->user_known_hosts_file;

	if (set->len && (str_eq(set->items[0], "none") || str_eq(set->items[0], "/dev/null")))
		return NULL;
	return conn->known_files.items[0];
}

/* Keeps the key; a session goes on without, but is told so. */
static enum step accept_new(struct conn *conn, const struct shown_key *key)
{
	struct err err = ERR_INIT;

	if (!store(conn))
		return STEP_NEXT;
	if (!known_hosts_add(store(conn), conn->known_name, key->blob, key->len,
		conn->host->hash_known_hosts, &err)) {
		char *text = mem_printf(_("the host key was not stored: %s"), err.text);

		conn_warn(conn);
		result_hint(conn->result, "%s", text);
		conn_remark(conn, text);
		free(text);
		return STEP_NEXT;
	}
	result_summary(conn->result, _("new %s key %s, now known"), key->type, key->fingerprint);
	return STEP_NEXT;
}

static enum step refuse_unknown(struct conn *conn, const struct shown_key *key, bool asked)
{
	if (asked)
		conn_failf(conn, ERR_HOSTKEY, _("the new host key of %s was not accepted"),
		    conn->known_name);
	else
		conn_failf(conn, ERR_HOSTKEY,
		    _("no %s host key is known for %s, and nobody could be asked about %s"),
		    key->type, conn->known_name, key->fingerprint);
	conn_hint(conn,
	    _("Compare the fingerprint %s with what the machine's console shows, then connect once "
	      "from a terminal and say yes."),
	    key->fingerprint);
	return STEP_FAIL;
}

static void ask(struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	const char *known = match->verdict == HOSTKEY_OTHER_TYPE
	    ? _("\nA key of another type is known for this host.")
	    : "";
	char *text = mem_printf(
	    _("The host %s is not known.\n%s key fingerprint is %s.%s\nGo on and remember it?"),
	    conn->known_name, key->type, key->fingerprint, known);
	struct question question = {
		.kind = ASK_HOSTKEY,
		.text = text,
		.echo = true,
		.key_type = key->type,
		.fingerprint = key->fingerprint,
	};

	conn->phase = 1;
	ask_start(conn, &question);
	free(text);
}

/* ssh_config(5), StrictHostKeyChecking. */
static enum step unknown(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	const char *strict = conn->host->strict_host_key_checking;

	tell_unknown(conn, key, match);
	if (conn->phase == 1)
		return ask_taken_yes(conn) ? accept_new(conn, key)
					   : refuse_unknown(conn, key, ask_possible(conn));
	if (str_eq(strict, "yes"))
		return refuse_unknown(conn, key, false);
	if (conn->options.depth == CONN_AUTH) {
		conn_warn(conn);
		result_hint(conn->result,
		    _("Compare it with the machine's console when you connect and are asked."));
		return STEP_NEXT;
	}
	if (str_eq(strict, "accept-new"))
		return accept_new(conn, key);
	ask(conn, key, match);
	return STEP_WAIT;
}

static enum step judge(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	switch (match->verdict) {
	case HOSTKEY_KNOWN:
		conn->asking = (struct asking){ 0 };
		result_summary(conn->result, _("known %s key %s"), key->type, key->fingerprint);
		result_detail(conn->result, "known_at", "%s:%u", match->file, match->line);
		return STEP_NEXT;
	case HOSTKEY_CHANGED:
		return refuse_changed(conn, key, match);
	case HOSTKEY_REVOKED:
		return refuse_revoked(conn, key, match);
	case HOSTKEY_NEW:
	case HOSTKEY_OTHER_TYPE:
	case HOSTKEY_CA:
		return unknown(conn, key, match);
	}
	return STEP_FAIL;
}

/* Whatever happens while the question was on the screen counts: the files are read again. */
static bool look_up(
    struct conn *conn, const struct shown_key *key, struct hostkey_match *match, struct err *err)
{
	if (conn->phase == 1) {
		known_hosts_free(conn->known);
		conn->known = known_hosts_load(&conn->known_files, err);
		if (!conn->known)
			return false;
	}
	return known_hosts_check(conn->known, conn->known_name, key->blob, key->len, match, err);
}

enum step stage_hostkey(struct conn *conn)
{
	struct shown_key key = { 0 };
	struct hostkey_match match = { 0 };
	struct err err = ERR_INIT;
	enum step step;

	do {
		if (conn->phase == 1 && !conn->asking.answered)
			return STEP_WAIT;
		if (!shown_get(conn, &key)) {
			step = conn_failf(
			    conn, ERR_HOSTKEY, _("the server's host key could not be read"));
		} else if (!look_up(conn, &key, &match, &err)) {
			/* Not knowing means refusing. */
			err.code = ERR_HOSTKEY;
			step = conn_fail(conn, &err);
		} else {
			if (!result_detail_get(conn->result, "fingerprint")) {
				result_detail(conn->result, "type", "%s", key.type);
				result_detail(conn->result, "fingerprint", "%s", key.fingerprint);
			}
			step = judge(conn, &key, &match);
		}
		hostkey_match_done(&match);
		shown_done(&key);
		match = (struct hostkey_match){ 0 };
		key = (struct shown_key){ 0 };
	} while (step == STEP_WAIT && conn->asking.answered);
	return step;
}
