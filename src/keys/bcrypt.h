/* SPDX-License-Identifier: Apache-2.0 */
/* bcrypt_pbkdf(3) of OpenBSD: from a passphrase to the key of an OpenSSH key file. */
#ifndef KEYS_BCRYPT_H
#define KEYS_BCRYPT_H

#include <stdbool.h>
#include <stddef.h>

/* Fills key.  False when nothing can be derived: an empty passphrase or salt, no rounds, too much to make. */
bool bcrypt_pbkdf(const void *passphrase, size_t passphrase_len, const unsigned char *salt,
    size_t salt_len, unsigned char *key, size_t key_len, unsigned rounds);

#endif
