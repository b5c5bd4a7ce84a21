/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of a server's host key, in parts: what is known (keys), what the address has to do with it, and the
 * words.  OpenSSH's rules (sshconnect.c, verify_host_key() and check_host_key()); whatever goes wrong on the
 * way means refuse.
 */
#ifndef SSH_HOSTKEY_H
#define SSH_HOSTKEY_H

#include "conn.h"

/* The key that the server proved to have. */
struct shown_key {
	const unsigned char *blob; /* borrowed from libssh2 */
	size_t len;
	char *type; /* "ssh-ed25519" */
	char *fingerprint;
};

/* ---- hostkey_ip.c: CheckHostIP ---- */

/* What the key known for the address says about a key that the name's lines have judged. */
enum ip_verdict {
	IP_SILENT, /* nothing to say, or not looked up */
	IP_ADD, /* no key is known for the address: it is to be stored beside the name */
	IP_DIFFERS, /* another key is known for the address, though the name's is right or new */
};

struct ip_check {
	char *name; /* the address as known_hosts writes it; NULL: not looked up */
	struct hostkey_match match;
	enum ip_verdict verdict;
};

/* Pure: the rule of check_host_key().  Fails never; a changed name is refused whatever the address says. */
enum ip_verdict ip_judge(enum hostkey_verdict name, enum hostkey_verdict ip);
/*
 * Looks the address up where the settings ask for it (hostkey_rules.check_ip) and it means anything: not for
 * loopback, not when the host is an address already, not through another host.  ip is zeroed first; False with err: refuse.
 */
bool ip_look_up(struct conn *conn, const struct shown_key *key, enum hostkey_verdict name,
    struct ip_check *ip, struct err *err);
void ip_check_done(struct ip_check *ip);
/* The server's address, where it is not the host's name already; NULL otherwise, and behind a jump host.  Caller frees. */
char *hostkey_address(const struct conn *conn);
/* Is the server this machine? */
bool hostkey_is_local(const struct conn *conn);

/* ---- hostkey_words.c ---- */

enum step hostkey_refuse_changed(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip);
/* Keys are known, of other types only: check_host_key() takes that for changed too, in other words. */
enum step hostkey_refuse_other_type(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match);
enum step hostkey_refuse_revoked(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match);
enum step hostkey_refuse_short(struct conn *conn, const struct shown_key *key, unsigned bits);
enum step hostkey_refuse_revoked_file(struct conn *conn, const struct shown_key *key);
enum unknown_why { UNKNOWN_STRICT, UNKNOWN_NOBODY, UNKNOWN_NO };
enum step hostkey_refuse_unknown(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, enum unknown_why why);
enum step hostkey_refuse_ip(
    struct conn *conn, const struct shown_key *key, const struct ip_check *ip);
void hostkey_tell_unknown(
    struct conn *conn, const struct shown_key *key, const struct hostkey_match *match);
/* The question about a new key; caller frees. */
char *hostkey_question(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip);
/* The question about a known key that differs from the address's; caller frees. */
char *hostkey_ip_question(struct conn *conn, const struct shown_key *key,
    const struct hostkey_match *match, const struct ip_check *ip);
/* VisualHostKey: the picture of a known key, as remarks. */
void hostkey_show_art(struct conn *conn, const struct shown_key *key);

#endif
