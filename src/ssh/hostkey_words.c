/* SPDX-License-Identifier: Apache-2.0 */
#include "hostkey.h"

#include <stdlib.h>

/* "~/.ssh/known_hosts:3", the line that decided; caller frees. */
static char *place_of(const struct hostkey_match *match)
{
	char *file = path_show(match->file);
	char *place = mem_printf("%s:%u", file, match->line);

	free(file);
	return place;
}

static void tell_known(struct conn *conn, const struct hostkey_match *match)
{
	result_detail(conn->result, "known_type", "%s", match->type);
	result_detail(conn->result, "known_fingerprint", "%s", match->fingerprint);
	result_detail(conn->result, "known_at", "%s:%u", match->file, match->line);
}

/* Is it the name that points elsewhere now, or did the machine's key change? */
static const char *ip_words(const struct ip_check *ip)
{
	if (!ip->name)
		return "";
	return ip->match.verdict == HOSTKEY_KNOWN
	    ? _("  The key is the one known for the address: maybe the name points elsewhere now.")
	    : "";
}

/* The global files are not the user's to change. */
static bool is_own_file(const struct conn *conn, const char *path)
{
	struct strlist none = { 0 }, files = { 0 };
	bool own;

	strlist_add(&none, "none");
	own = known_hosts_files(&conn->host->user_known_hosts_file, &none, &files, NULL) &&
	    strlist_has(&files, path);
	strlist_done(&none);
	strlist_done(&files);
	return own;
}

static void hint_changed(
    struct conn *conn, const struct hostkey_match *match, const struct ip_check *ip)
{
	char *ours = conn->result->fixable
	    ? mem_printf(_(", or: sallyport check --fix %s"), conn->host->name)
	    : mem_strdup("");

	conn_hint(conn,
	    _("Someone may be listening in, or the machine was set up anew.%s  Ask whoever runs it; if it "
	      "is right: ssh-keygen -R '%s' -f '%s'%s"),
	    ip_words(ip), conn->known_name, match->file, ours);
	free(ours);
}

enum step hostkey_refuse_changed(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	char *place = place_of(match);

	tell_known(conn, match);
	conn_failf(conn, ERR_HOSTKEY,
	    _("the host key of %s has CHANGED: it shows %s, but %s says %s"), conn->known_name,
	    key->fingerprint, place, match->fingerprint);
	free(place);
	conn->result->fixable = is_own_file(conn, match->file);
	hint_changed(conn, match, ip);
	return STEP_FAIL;
}

enum step hostkey_refuse_other_type(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	char *place = place_of(match);

	tell_known(conn, match);
	conn_failf(conn, ERR_HOSTKEY,
	    _("%s shows a new host key of type %s, %s; only a key of another type is known, %s %s (%s)"),
	    conn->known_name, key->type, key->fingerprint, match->type, match->fingerprint, place);
	free(place);
	conn_hint(conn,
	    _("The known key is what tells this server from somebody in between.  Compare the new one with "
	      "what the machine's console shows; if it is right: sallyport trust %s"),
	    conn->host->name);
	return STEP_FAIL;
}

enum step hostkey_refuse_revoked(
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

enum step hostkey_refuse_short(struct conn *conn, const struct shown_key *key, unsigned bits)
{
	conn_failf(conn, ERR_HOSTKEY,
	    _("the RSA host key of %s (%s) has %u bits: too short to be trusted"), conn->known_name,
	    key->fingerprint, bits);
	conn_hint(conn, _("Ask whoever runs the machine to make a new host key: ssh-keygen -A"));
	return STEP_FAIL;
}

enum step hostkey_refuse_revoked_file(struct conn *conn, const struct shown_key *key)
{
	char *file = path_show(conn->options.hostkey.revoked_file);

	conn_failf(conn, ERR_HOSTKEY, _("the host key of %s (%s) is revoked by %s"),
	    conn->known_name, key->fingerprint, file);
	free(file);
	conn_hint(conn, _("This key must not be trusted: ask whoever runs the machine."));
	return STEP_FAIL;
}

/* " (its keys are signed by ...)", or ""; caller frees. */
static char *ca_words(const struct hostkey_match *match)
{
	char *place, *words;

	if (match->verdict != HOSTKEY_CA)
		return mem_strdup("");
	place = place_of(match);
	words = mem_printf(_(" (signed by a CA, which libssh2 cannot check: see %s)"), place);
	free(place);
	return words;
}

enum step hostkey_refuse_unknown(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, enum unknown_why why)
{
	char *ca = ca_words(match);

	switch (why) {
	case UNKNOWN_STRICT:
		conn_failf(conn, ERR_HOSTKEY,
		    _("no %s host key is known for %s%s, and strict_host_key_checking is \"yes\"; "
		      "it shows %s"),
		    key->type, conn->known_name, ca, key->fingerprint);
		break;
	case UNKNOWN_NOBODY:
		conn_failf(conn, ERR_HOSTKEY,
		    _("no %s host key is known for %s%s, and nobody could be asked about %s"),
		    key->type, conn->known_name, ca, key->fingerprint);
		break;
	case UNKNOWN_NO:
		conn_failf(conn, ERR_HOSTKEY, _("the new host key of %s was not accepted"),
		    conn->known_name);
		break;
	}
	free(ca);
	conn_hint(conn,
	    _("Compare the fingerprint %s with what the machine's console shows, then: sallyport trust %s"),
	    key->fingerprint, conn->host->name);
	return STEP_FAIL;
}

enum step hostkey_refuse_ip(
    struct conn *conn, const struct shown_key *key, const struct ip_check *ip)
{
	char *place = place_of(&ip->match);

	result_detail(conn->result, "ip_known_at", "%s:%u", ip->match.file, ip->match.line);
	conn_failf(conn, ERR_HOSTKEY,
	    _("the host key %s of %s differs from the key for the address %s: %s says %s"),
	    key->fingerprint, conn->known_name, ip->name, place, ip->match.fingerprint);
	free(place);
	conn_hint(conn,
	    _("The name may point to another machine than before.  If it is right: ssh-keygen -R '%s' -f '%s'"),
	    ip->name, ip->match.file);
	return STEP_FAIL;
}

void hostkey_tell_unknown(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match)
{
	char *place = match->file ? place_of(match) : NULL;

	if (match->verdict == HOSTKEY_OTHER_TYPE)
		result_summary(conn->result,
		    _("new %s key %s; a key of another type is known (%s)"), key->type,
		    key->fingerprint, place);
	else if (match->verdict == HOSTKEY_CA)
		result_summary(conn->result,
		    _("new %s key %s; the host's keys are signed by a CA (%s), which libssh2 cannot check"),
		    key->type, key->fingerprint, place);
	else
		result_summary(conn->result, _("new %s key %s"), key->type, key->fingerprint);
	free(place);
}

/* ---- questions ---- */

/* ssh shows where else this very key is known, and so makes a renamed machine less of a riddle. */
static void add_others(struct str *out, const struct conn *conn, const struct shown_key *key)
{
	enum { SHOWN = 8 };
	struct strlist others = { 0 };

	known_hosts_others(conn->known, conn->known_name, key->blob, key->len, &others);
	if (others.len > 0)
		str_add(out, _("\nThis very key is known for:"));
	for (size_t i = 0; i < others.len && i < SHOWN; i++)
		str_addf(out, "\n    %s", others.items[i]);
	if (others.len > SHOWN)
		str_addf(out, _("\n    and %zu more"), others.len - SHOWN);
	strlist_done(&others);
}

static void add_art(struct str *out, const struct conn *conn, const struct shown_key *key)
{
	char *art = pubkey_randomart(key->blob, key->len);

	if (art && conn->options.hostkey.visual)
		str_addf(out, "\n%s", art);
	free(art);
}

static void add_ip(struct str *out, const struct ip_check *ip)
{
	char *place;

	if (ip->verdict != IP_DIFFERS)
		return;
	place = place_of(&ip->match);
	str_addf(out, _("\nIt DIFFERS from the key for the address %s: %s says %s."), ip->name,
	    place, ip->match.fingerprint);
	free(place);
}

static void add_ca(struct str *out, const struct hostkey_match *match)
{
	char *place;

	if (match->verdict != HOSTKEY_CA)
		return;
	place = place_of(match);
	str_addf(out,
	    _("\nIts keys are signed by a CA (%s), which libssh2 cannot check: this is the plain key."),
	    place);
	free(place);
}

char *hostkey_question(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	struct str out = STR_INIT;
	char *address = hostkey_address(conn);

	if (address)
		str_addf(&out, _("The host %s (%s) is not known."), conn->known_name, address);
	else
		str_addf(&out, _("The host %s is not known."), conn->known_name);
	str_addf(&out, _("\n%s key fingerprint is %s."), key->type, key->fingerprint);
	add_art(&out, conn, key);
	add_ca(&out, match);
	add_ip(&out, ip);
	add_others(&out, conn, key);
	str_add(&out, _("\nGo on and remember it?"));
	free(address);
	return str_take(&out);
}

char *hostkey_ip_question(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip)
{
	struct str out = STR_INIT;
	char *place = place_of(match);

	str_addf(&out, _("%s shows the %s key %s that %s says."), conn->known_name, key->type,
	    key->fingerprint, place);
	add_ip(&out, ip);
	str_add(&out, _("\nGo on?"));
	free(place);
	return str_take(&out);
}

void hostkey_show_art(struct conn *conn, const struct shown_key *key)
{
	char *art = pubkey_randomart(key->blob, key->len);
	struct strlist lines = { 0 };
	char *text = mem_printf(_("the host key's fingerprint is %s"), key->fingerprint);

	strlist_split(&lines, art ? art : "", "\n");
	conn_remark(conn, text);
	for (size_t i = 0; i < lines.len; i++)
		conn_remark(conn, lines.items[i]);
	strlist_done(&lines);
	free(art);
	free(text);
}
