/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which algorithms we offer, in which order, and how settings change that
 * (ssh_config(5): KexAlgorithms, HostKeyAlgorithms, Ciphers, MACs,
 * PubkeyAcceptedAlgorithms).  Lists are texts with commas, as on the wire.  Knows names
 * only: what libssh2 then does with them is its own affair.
 */
#ifndef SSH_ALGS_H
#define SSH_ALGS_H

#include "sallyport/util.h"

/* ALG_PUBKEY: signature algorithms for logging in with a key. */
enum alg_kind { ALG_KEX, ALG_HOSTKEY, ALG_CIPHER, ALG_MAC, ALG_PUBKEY };

/* What we would offer without a setting, if the library has it.  Constant. */
const char *algs_default(enum alg_kind kind);
/* All that libssh2 1.11.1 can do and a setting may ask for, weak ones too.  Constant. */
const char *algs_supported(enum alg_kind kind);
/* The member of the hosts file that changes it: "kex_algorithms".  Constant. */
const char *algs_setting(enum alg_kind kind);
/*
 * The list to offer: setting with "+", "-" and "^" in front and patterns as in ssh_config(5), as far as the
 * library has it.  Without a setting (NULL): fastest first with libssh2 1.11.1, nothing weak, and before all a
 * post-quantum key exchange if the library has one.  linked is what the library has (comma list; NULL: what libssh2
 * 1.11.1 has).  left_out (may be NULL) gets the names of the setting that stand for nothing.
 * Caller frees; ERR_INVALID when nothing is left.
 */
char *algs_offer(enum alg_kind kind, const char *setting, const char *linked,
    struct strlist *left_out, struct err *err);
/*
 * The same list, with the algorithms that can prove a host key of one of the known types
 * first (for "ssh-rsa" rsa-sha2-512 and -256 too), so that a server with several keys
 * shows the one we know.  As in OpenSSH's sshconnect2.c a setting that is an order of the user's (not NULL, "+" or "-")
 * stands, and so does a list whose first can prove a known key.  Caller frees.
 */
char *algs_prefer_known(
    const char *hostkey_algorithms, const char *setting, const struct strlist *known_types);
/* Is there any algorithm in the list that a key of this type signs with? */
bool algs_accept(const char *accepted, const char *type);
/*
 * The algorithm for a key or certificate of this type, as sshconnect2.c (key_sig_algorithm): the first of
 * accepted that the server takes (server-sig-algs of RFC 8308; NULL: it did not say).  Caller frees; NULL: none.
 */
char *algs_signature(const char *accepted, const char *type, const struct strlist *server);

#endif
