/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <string.h>

#include "keys/bcrypt.h"
#include "keys/internal.h"

/* ssh-keygen makes 16 rounds, a tenth of a second; more than this is no passphrase but a trap. */
enum { ROUNDS_MAX = 10000, KEY_MAX = 64, IV_MAX = 16, TAG = 16 };

/* OpenSSH cipher.c */
static const struct cipher {
	const char *name, *evp; /* evp NULL: chacha20-poly1305@openssh.com */
	size_t key, iv, tag;
} ciphers[] = {
	{ "aes256-ctr", "AES-256-CTR", 32, 16, 0 },
	{ "aes192-ctr", "AES-192-CTR", 24, 16, 0 },
	{ "aes128-ctr", "AES-128-CTR", 16, 16, 0 },
	{ "aes256-cbc", "AES-256-CBC", 32, 16, 0 },
	{ "rijndael-cbc@lysator.liu.se", "AES-256-CBC", 32, 16, 0 },
	{ "aes192-cbc", "AES-192-CBC", 24, 16, 0 },
	{ "aes128-cbc", "AES-128-CBC", 16, 16, 0 },
	{ "aes256-gcm@openssh.com", "AES-256-GCM", 32, 12, TAG },
	{ "aes128-gcm@openssh.com", "AES-128-GCM", 16, 12, TAG },
	{ "3des-cbc", "DES-EDE3-CBC", 24, 8, 0 },
	{ "chacha20-poly1305@openssh.com", NULL, 64, 0, TAG },
};

static const struct cipher *cipher_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++)
		if (str_eq(ciphers[i].name, name))
			return &ciphers[i];
	return NULL;
}

/* In place; tag NULL: the cipher has none.  False also when the tag does not fit. */
static bool decrypt(const char *name, const unsigned char *key, const unsigned char *iv,
    unsigned char *data, size_t len, const unsigned char *tag)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char tag_copy[TAG];
	int n = 0, rest = 0;
	bool ok = cipher && ctx && len <= KEY_FILE_MAX &&
	    EVP_DecryptInit_ex2(ctx, cipher, key, iv, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1;

	if (ok && tag) {
		memcpy(tag_copy, tag, TAG);
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag_copy) == 1;
	}
	ok = ok && EVP_DecryptUpdate(ctx, data, &n, data, (int)len) == 1 &&
	    EVP_DecryptFinal_ex(ctx, data + n, &rest) == 1 && (size_t)(n + rest) == len;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok;
}

static bool poly1305(
    const unsigned char *key, const unsigned char *data, size_t len, unsigned char out[TAG])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_POLY1305, NULL, key, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = TAG;
	bool ok = pkey && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestSign(ctx, out, &n, data, len) == 1 && n == TAG;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok;
}

/* OpenSSH PROTOCOL.chacha20poly1305, as packet number 0 and without a length. */
static bool decrypt_chacha(
    const unsigned char *key, unsigned char *data, size_t len, const unsigned char *tag)
{
	unsigned char iv[16] = { 0 }, poly_key[32] = { 0 }, made[TAG];
	bool ok = decrypt("ChaCha20", key, iv, poly_key, sizeof poly_key, NULL) &&
	    poly1305(poly_key, data, len, made) && CRYPTO_memcmp(made, tag, TAG) == 0;

	iv[0] = 1;
	ok = ok && decrypt("ChaCha20", key, iv, data, len, NULL);
	secret_wipe(poly_key, sizeof poly_key);
	return ok;
}

/* The key and the IV, in one piece. */
static bool derive(const struct openssh_key *key, const struct cipher *cipher,
    const struct secret *passphrase, unsigned char *out)
{
	struct wire options = key->kdf_options;
	size_t salt_len;
	const unsigned char *salt = wire_string(&options, &salt_len);
	uint32_t rounds = wire_u32(&options);

	return !options.bad && str_eq(key->kdf, "bcrypt") && rounds <= ROUNDS_MAX &&
	    bcrypt_pbkdf(passphrase->data, passphrase->len, salt, salt_len, out,
		cipher->key + cipher->iv, rounds);
}

bool openssh_locked_known(const struct openssh_key *key)
{
	struct wire options = key->kdf_options;
	size_t n;

	wire_string(&options, &n);
	return cipher_find(key->cipher) && str_eq(key->kdf, "bcrypt") &&
	    wire_u32(&options) <= ROUNDS_MAX && !options.bad;
}

bool openssh_unlock(struct openssh_key *key, const struct secret *passphrase)
{
	const struct cipher *cipher = cipher_find(key->cipher);
	unsigned char derived[KEY_MAX + IV_MAX];
	unsigned char *data = key->bytes + (key->secret.data - key->bytes);
	bool ok = cipher && key->tag_len == cipher->tag && derive(key, cipher, passphrase, derived);

	if (ok && cipher->evp)
		ok = decrypt(cipher->evp, derived, derived + cipher->key, data, key->secret.len,
		    cipher->tag ? key->tag : NULL);
	else if (ok)
		ok = decrypt_chacha(derived, data, key->secret.len, key->tag);
	secret_wipe(derived, sizeof derived);
	return ok;
}
