/* SPDX-License-Identifier: Apache-2.0 */
/* Which algorithms we offer, in which order, and how settings change that (ssh_config(5): "+", "-" and "^"). */
#ifndef SSH_ALGS_H
#define SSH_ALGS_H

#include "sallyport/util.h"

enum alg_kind { ALG_KEX, ALG_HOSTKEY, ALG_CIPHER, ALG_MAC, ALG_PUBKEY };

/* Our own safe default: fastest first with libssh2 1.11.1, nothing broken in it. */
const char *algs_default(enum alg_kind kind);
/* All that the linked libssh2 can do (comma list). */
const char *algs_supported(enum alg_kind kind);
/*
 * The comma list to offer: setting (NULL: default) with "+", "-", "^" and patterns applied, cut down to what is
 * supported.  Caller frees.  ERR_INVALID when nothing is left.
 */
char *algs_offer(enum alg_kind kind, const char *setting, struct err *err);
/* Moves the host key algorithms that can prove a key of one of the known types to the front (rsa-sha2-512, rsa-sha2-256 for ssh-rsa).  Caller frees. */
char *algs_prefer_known(const char *hostkey_algorithms, const struct strlist *known_types);

#endif
