/* SPDX-License-Identifier: Apache-2.0 */
#include "hostkey.h"

#include <stdlib.h>

enum { PHASE_LOOK, PHASE_ASKED };

static void shown_done(struct shown_key *key)
{
	free(key->type);
	free(key->fingerprint);
}

static bool shown_get(struct conn *conn, struct shown_key *key)
{
	int type;

	*key = (struct shown_key){ 0 };
	key->blob =
	    (const unsigned char *)libssh2_session_hostkey(conn->session->lib, &key->len, &type);
	if (!key->blob)
		return false;
	key->type = pubkey_type(key->blob, key->len);
	key->fingerprint = pubkey_fingerprint(key->blob, key->len);
	return key->type && key->fingerprint;
}

/* A person decides: a check only tells, and "trust" asks by itself. */
static bool is_look_only(const struct conn *conn)
{
	return conn->options.depth != CONN_SESSION;
}

/* ---- storing ---- */

static const char *store(const struct conn *conn)
{
	return known_hosts_store(&conn->host->user_known_hosts_file, &conn->known_files);
}

static bool add(struct conn *conn, const char *name, const struct shown_key *key, struct err *err)
{
	return known_hosts_add(
	    store(conn), name, key->blob, key->len, conn->host->hash_known_hosts, err);
}

/* A session goes on without, but is told so. */
static void tell_not_stored(struct conn *conn, const struct err *err)
{
	char *text = mem_printf(_("the host key was not stored: %s"), err->text);

	conn_warn(conn);
	result_hint(conn->result, "%s", text);
	conn_remark(conn, text);
	free(text);
}

static enum step accept_new(
    struct conn *conn, const struct shown_key *key, const struct ip_check *ip)
{
	struct err err = ERR_INIT;

	if (!store(conn))
		return STEP_NEXT;
	if (!add(conn, conn->known_name, key, &err) ||
	    (ip->verdict == IP_ADD && !add(conn, ip->name, key, &err))) {
		tell_not_stored(conn, &err);
		return STEP_NEXT;
	}
	result_summary(conn->result, _("new %s key %s, now known"), key->type, key->fingerprint);
	return STEP_NEXT;
}

/* Nobody looked at it: ssh says so too. */
static enum step accept_unasked(
    struct conn *conn, const struct shown_key *key, const struct ip_check *ip)
{
	char *text = mem_printf(
	    _("new %s host key accepted, nobody was asked: %s"), key->type, key->fingerprint);

	conn_remark(conn, text);
	free(text);
	return accept_new(conn, key, ip);
}

/* ---- judging ---- */

static enum step ask(struct conn *conn, const struct shown_key *key, char *text)
{
	struct question question = {
		.kind = ASK_HOSTKEY,
		.text = text,
		.echo = true,
		.key_type = key->type,
		.fingerprint = key->fingerprint,
	};

	conn->phase = PHASE_ASKED;
	ask_start(conn, &question);
	free(text);
	return STEP_WAIT;
}

/* ssh_config(5), StrictHostKeyChecking. */
static enum step unknown(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	const char *strict = conn->host->strict_host_key_checking;

	hostkey_tell_unknown(conn, key, match);
	if (conn->phase == PHASE_ASKED && ask_taken_yes(conn))
		return accept_new(conn, key, ip);
	if (conn->phase == PHASE_ASKED)
		return hostkey_refuse_unknown(
		    conn, key, match, ask_possible(conn) ? UNKNOWN_NO : UNKNOWN_NOBODY);
	if (str_eq(strict, "yes") && conn->options.depth != CONN_HOSTKEY)
		return hostkey_refuse_unknown(conn, key, match, UNKNOWN_STRICT);
	if (is_look_only(conn)) {
		conn_warn(conn);
		result_hint(conn->result,
		    _("Compare it with the machine's console when connect or \"sallyport trust %s\" asks."),
		    conn->host->name);
		return STEP_NEXT;
	}
	if (conn->options.cautious) {
		result_detail(conn->result, "needs", "person");
		return hostkey_refuse_unknown(conn, key, match, UNKNOWN_NOBODY);
	}
	if (!str_eq(strict, "accept-new"))
		return ask(conn, key, hostkey_question(conn, key, match, ip));
	if (ip->verdict == IP_DIFFERS)
		return hostkey_refuse_ip(conn, key, ip);
	return accept_unasked(conn, key, ip);
}

static enum step known_but_ip_differs(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	if (conn->phase == PHASE_ASKED && ask_taken_yes(conn)) {
		conn_warn(conn);
		return STEP_NEXT;
	}
	if (conn->phase == PHASE_ASKED || is_look_only(conn) ||
	    !str_eq(conn->host->strict_host_key_checking, "ask"))
		return hostkey_refuse_ip(conn, key, ip);
	return ask(conn, key, hostkey_ip_question(conn, key, match, ip));
}

static enum step known(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	struct err err = ERR_INIT;

	result_summary(conn->result, _("known %s key %s"), key->type, key->fingerprint);
	result_detail(conn->result, "known_at", "%s:%u", match->file, match->line);
	if (ip->verdict == IP_DIFFERS)
		return known_but_ip_differs(conn, key, match, ip);
	conn->asking = (struct asking){ 0 };
	if (is_look_only(conn) || conn->options.cautious)
		return STEP_NEXT;
	if (ip->verdict == IP_ADD && store(conn) && !add(conn, ip->name, key, &err))
		tell_not_stored(conn, &err);
	if (conn->options.hostkey.visual)
		hostkey_show_art(conn, key);
	return STEP_NEXT;
}

/* For "trust" a key beside one of another type is new; everybody else refuses it, as ssh does. */
static enum step other_type(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	if (conn->options.depth == CONN_HOSTKEY)
		return unknown(conn, key, match, ip);
	return hostkey_refuse_other_type(conn, key, match);
}

static enum step judge(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	switch (match->verdict) {
	case HOSTKEY_KNOWN:
		return known(conn, key, match, ip);
	case HOSTKEY_CHANGED:
		return hostkey_refuse_changed(conn, key, match, ip);
	case HOSTKEY_REVOKED:
		return hostkey_refuse_revoked(conn, key, match);
	case HOSTKEY_OTHER_TYPE:
		return other_type(conn, key, match, ip);
	case HOSTKEY_NEW:
	case HOSTKEY_CA:
		return unknown(conn, key, match, ip);
	}
	return STEP_FAIL;
}

/* Not knowing means refusing. */
static enum step refuse_error(struct conn *conn, struct err *err)
{
	err->code = ERR_HOSTKEY;
	return conn_fail(conn, err);
}

/*
 * Whatever happens while the question was on the screen counts: the files are read again.  So they
 * are when they could not be read before, to learn why.
 */
static bool read_again(struct conn *conn, struct err *err)
{
	if (conn->known && conn->phase != PHASE_ASKED)
		return true;
	known_hosts_free(conn->known);
	conn->known = known_hosts_load(&conn->known_files, err);
	return conn->known != NULL;
}

static enum step look_up(struct conn *conn, const struct shown_key *key)
{
	struct hostkey_match match = { 0 };
	struct ip_check ip = { 0 };
	struct err err = ERR_INIT;
	enum step step;

	if (read_again(conn, &err) &&
	    known_hosts_check(conn->known, conn->known_name, key->blob, key->len, &match, &err) &&
	    ip_look_up(conn, key, match.verdict, &ip, &err))
		step = judge(conn, key, &match, &ip);
	else
		step = refuse_error(conn, &err);
	hostkey_match_done(&match);
	ip_check_done(&ip);
	return step;
}

/* ssh_config(5), RequiredRSASize; OpenSSH's sshkey.c takes no RSA key of less than 1024 bits at all. */
static bool is_short(const struct conn *conn, const struct shown_key *key, unsigned *bits)
{
	enum { RSA_BITS_MIN = 1024 };
	unsigned min = conn->options.hostkey.min_rsa_bits;

	*bits = pubkey_bits(key->blob, key->len);
	return str_eq(key->type, "ssh-rsa") && *bits < (min > RSA_BITS_MIN ? min : RSA_BITS_MIN);
}

/* ssh_config(5), RevokedHostKeys and NoHostAuthenticationForLocalhost, come before what is known. */
static enum step verify(struct conn *conn, const struct shown_key *key)
{
	const struct hostkey_rules *rules = &conn->options.hostkey;
	struct err err = ERR_INIT;
	bool revoked = true;
	unsigned bits;

	if (is_short(conn, key, &bits))
		return hostkey_refuse_short(conn, key, bits);
	if (rules->revoked_file) {
		if (!hostkey_in_file(rules->revoked_file, key->blob, key->len, &revoked, &err))
			return refuse_error(conn, &err);
		if (revoked)
			return hostkey_refuse_revoked_file(conn, key);
	}
	if (rules->trust_localhost && !conn->host->host_key_alias && hostkey_is_local(conn)) {
		result_summary(conn->result, _("%s key %s, not checked: it is this machine"),
		    key->type, key->fingerprint);
		return STEP_NEXT;
	}
	return look_up(conn, key);
}

static void tell_key(struct conn *conn, const struct shown_key *key)
{
	if (result_detail_get(conn->result, "fingerprint"))
		return;
	result_detail(conn->result, "type", "%s", key->type);
	result_detail(conn->result, "fingerprint", "%s", key->fingerprint);
	if (conn->owner.hostkey)
		conn->owner.hostkey(conn->ctx, key->blob, key->len);
}

enum step stage_hostkey(struct conn *conn)
{
	struct shown_key key;
	enum step step;

	do {
		if (conn->phase == PHASE_ASKED && !conn->asking.answered)
			return STEP_WAIT;
		if (shown_get(conn, &key)) {
			tell_key(conn, &key);
			step = verify(conn, &key);
			if (step == STEP_NEXT)
				pubkey_copy(&conn->session->host_key, key.blob, key.len);
		} else {
			step = conn_failf(
			    conn, ERR_HOSTKEY, _("the server's host key could not be read"));
		}
		shown_done(&key);
	} while (step == STEP_WAIT && conn->asking.answered);
	return step;
}
