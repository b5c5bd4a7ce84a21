/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/bcrypt.h"

#include <openssl/evp.h>
#include <string.h>

#include "keys/blowfish_pi.h"
#include "sallyport/util.h"

enum { SUBKEYS = 18, HASH = 32, SHA512 = 64, COST = 64, KEY_MAX = 256, SALT_MAX = 1024 };

/* ---- Blowfish, with the key schedule that bcrypt made of it ---- */

struct blowfish {
	uint32_t p[SUBKEYS], s[4][256];
};

static void blowfish_init(struct blowfish *c)
{
	memcpy(c->p, blowfish_pi, sizeof c->p);
	memcpy(c->s, blowfish_pi + SUBKEYS, sizeof c->s);
}

static uint32_t mix(const struct blowfish *c, uint32_t x)
{
	return ((c->s[0][x >> 24] + c->s[1][x >> 16 & 0xff]) ^ c->s[2][x >> 8 & 0xff]) +
	    c->s[3][x & 0xff];
}

static void encrypt(const struct blowfish *c, uint32_t pair[2])
{
	uint32_t left = pair[0] ^ c->p[0], right = pair[1];

	for (int i = 1; i <= 16; i += 2) {
		right ^= mix(c, left) ^ c->p[i];
		left ^= mix(c, right) ^ c->p[i + 1];
	}
	pair[0] = right ^ c->p[17];
	pair[1] = left;
}

/* Bytes that are read as words over and over. */
struct ring {
	const unsigned char *bytes;
	size_t len, at;
};

static uint32_t ring_word(struct ring *ring)
{
	uint32_t word = 0;

	for (int i = 0; i < 4; i++) {
		word = word << 8 | ring->bytes[ring->at];
		ring->at = (ring->at + 1) % ring->len;
	}
	return word;
}

static void schedule(
    uint32_t *words, size_t count, const struct blowfish *c, uint32_t pair[2], struct ring *salt)
{
	for (size_t i = 0; i < count; i += 2) {
		if (salt) {
			pair[0] ^= ring_word(salt);
			pair[1] ^= ring_word(salt);
		}
		encrypt(c, pair);
		words[i] = pair[0];
		words[i + 1] = pair[1];
	}
}

/* salt NULL: none. */
static void expand(struct blowfish *c, const unsigned char *key, const unsigned char *salt)
{
	struct ring keys = { key, SHA512, 0 }, salts = { salt, SHA512, 0 };
	uint32_t pair[2] = { 0, 0 };

	for (size_t i = 0; i < SUBKEYS; i++)
		c->p[i] ^= ring_word(&keys);
	schedule(c->p, SUBKEYS, c, pair, salt ? &salts : NULL);
	for (size_t i = 0; i < 4; i++)
		schedule(c->s[i], 256, c, pair, salt ? &salts : NULL);
}

/* ---- bcrypt ---- */

static void bcrypt_hash(
    const unsigned char *pass, const unsigned char *salt, unsigned char out[HASH])
{
	static const unsigned char text[] = "OxychromaticBlowfishSwatDynamite";
	struct ring ring = { text, HASH, 0 };
	struct blowfish c;
	uint32_t words[HASH / 4];

	blowfish_init(&c);
	expand(&c, pass, salt);
	for (int i = 0; i < COST; i++) {
		expand(&c, salt, NULL);
		expand(&c, pass, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		words[i] = ring_word(&ring);
	for (int i = 0; i < COST; i++)
		for (size_t j = 0; j < ARRAY_LEN(words); j += 2)
			encrypt(&c, words + j);
	for (size_t i = 0; i < HASH; i++)
		out[i] = (unsigned char)(words[i / 4] >> 8 * (i % 4));
	secret_wipe(&c, sizeof c);
	secret_wipe(words, sizeof words);
}

static bool sha512(const void *data, size_t len, unsigned char out[SHA512])
{
	return EVP_Digest(data, len, out, NULL, EVP_sha512(), NULL) == 1;
}

/* One block of the derived key: rounds of bcrypt, XORed. */
static bool block(const unsigned char *pass, const unsigned char *salt, size_t salt_len,
    unsigned rounds, unsigned char out[HASH])
{
	unsigned char hashed[SHA512], next[HASH];
	bool ok = sha512(salt, salt_len, hashed);

	bcrypt_hash(pass, hashed, next);
	memcpy(out, next, HASH);
	for (unsigned i = 1; ok && i < rounds; i++) {
		ok = sha512(next, HASH, hashed);
		bcrypt_hash(pass, hashed, next);
		for (size_t j = 0; j < HASH; j++)
			out[j] ^= next[j];
	}
	secret_wipe(hashed, sizeof hashed);
	secret_wipe(next, sizeof next);
	return ok;
}

bool bcrypt_pbkdf(const void *passphrase, size_t passphrase_len, const unsigned char *salt,
    size_t salt_len, unsigned char *key, size_t key_len, unsigned rounds)
{
	size_t stride = (key_len + HASH - 1) / HASH;
	unsigned char pass[SHA512], out[HASH], counted[SALT_MAX + 4];
	bool ok = passphrase_len > 0 && salt_len > 0 && salt_len <= SALT_MAX && key_len > 0 &&
	    key_len <= KEY_MAX && rounds > 0 && sha512(passphrase, passphrase_len, pass);

	for (size_t i = 0; ok && i < stride; i++) {
		memcpy(counted, salt, salt_len);
		memcpy(counted + salt_len, (unsigned char[]){ 0, 0, 0, (unsigned char)(i + 1) }, 4);
		ok = block(pass, counted, salt_len + 4, rounds, out);
		/* Not one after another: a key that is used in parts has some of every block. */
		for (size_t j = 0; j < HASH && j * stride + i < key_len; j++)
			key[j * stride + i] = out[j];
	}
	secret_wipe(pass, sizeof pass);
	secret_wipe(out, sizeof out);
	return ok;
}
