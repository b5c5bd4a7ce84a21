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

/* What we offer without a setting: fastest first with libssh2 1.11.1, and nothing weak.  Constant. */
const char *algs_default(enum alg_kind kind);
/* All that libssh2 1.11.1 can do and a setting may ask for, weak ones too.  Constant. */
const char *algs_supported(enum alg_kind kind);
/*
 * The list to offer: setting (NULL: the default) with "+", "-" and "^" in front and
 * patterns as in ssh_config(5), without what is not supported.  Caller frees.
 * ERR_INVALID when nothing is left.
 */
char *algs_offer(enum alg_kind kind, const char *setting, struct err *err);
/*
 * The same list, with the algorithms that can prove a host key of one of the known types
 * first (for "ssh-rsa" rsa-sha2-512 and -256 too), so that a server with several keys
 * shows the one we know.  Caller frees.
 */
char *algs_prefer_known(const char *hostkey_algorithms, const struct strlist *known_types);

#endif
