/* SPDX-License-Identifier: Apache-2.0 */
/* The key exchange: RFC 4253 sections 7 and 8, RFC 8731, RFC 8709. */
#include "wire.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINT = 32, GROUP = 256, SIGNATURE = 64 };
enum { MSG_KEXINIT = 20, MSG_DH_REPLY = 31 };

struct kex {
	struct packet client, server, shared; /* public values as strings, K as mpint */
	unsigned char hash[WIRE_HASH];
};

/* wire: NULL for the key that clients are told of. */
static EVP_PKEY *host_key(const struct wire *wire)
{
	static const unsigned char seed[32] = "sallyport lab, a throw-away key";
	static const unsigned char other[32] = "sallyport lab, not the same key";
	bool changes = wire && wire->how.fault == KEX_OTHER_KEY && wire->has_keys;

	return EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, changes ? other : seed, sizeof seed);
}

static void put_host_key(const struct wire *wire, struct packet *p)
{
	EVP_PKEY *key = host_key(wire);
	unsigned char raw[POINT];
	size_t n = sizeof raw;
	struct packet blob = { 0 };

	EVP_PKEY_get_raw_public_key(key, raw, &n);
	EVP_PKEY_free(key);
	put_text(&blob, "ssh-ed25519");
	put_string(&blob, raw, n);
	put_string(p, blob.data, blob.len);
	packet_done(&blob);
}

void wire_print_hostkey(void)
{
	struct packet p = { 0 };
	unsigned char text[128];

	put_host_key(NULL, &p);
	EVP_EncodeBlock(text, p.data + 4, (int)(p.len - 4));
	printf("ssh-ed25519 %s\n", (const char *)text);
	packet_done(&p);
}

static const char *or_else(const char *text, const char *other)
{
	return text ? text : other;
}

void kex_init(struct wire *wire, struct packet *p)
{
	static const unsigned char cookie[16] = "any 16 bytes do";
	const struct wire_how *how = &wire->how;
	const char *cipher = or_else(how->cipher, "aes128-ctr");
	const char *mac = or_else(how->mac, "hmac-sha2-256");
	const char *lists[] = { NULL, "ssh-ed25519", cipher, cipher, mac, mac, "none", "none", "",
		"" };
	char kex[128];

	snprintf(kex, sizeof kex, "%s%s", or_else(how->kex, "curve25519-sha256"),
	    how->is_strict ? ",kex-strict-s-v00@openssh.com" : "");
	lists[0] = kex;
	packet_begin(p, MSG_KEXINIT);
	put_bytes(p, cookie, sizeof cookie);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_text(p, lists[i]);
	put_u8(p, 0);
	put_u32(p, 0);
}

/* False: the client's point is none. */
static bool agree_curve(struct kex *kex, enum kex_fault fault, const unsigned char *point)
{
	static const unsigned char seed[POINT] = "sallyport lab, an ephemeral key";
	static const unsigned char zeros[POINT];
	EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, seed, POINT);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, point, POINT);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
	unsigned char secret[POINT], own[POINT];
	size_t n = sizeof own, m = sizeof secret;
	bool ok = theirs && ctx && EVP_PKEY_get_raw_public_key(mine, own, &n) == 1 &&
	    EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
	    EVP_PKEY_derive(ctx, secret, &m) == 1;

	if (ok) {
		put_string(&kex->client, point, POINT);
		put_string(&kex->server, fault == KEX_ZERO_POINT ? zeros : own, POINT);
		put_mpint(&kex->shared, secret, m);
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(mine);
	return ok;
}

static void put_number(struct packet *p, const BIGNUM *number)
{
	unsigned char bytes[GROUP];
	int n = BN_bn2bin(number, bytes);

	put_mpint(p, bytes, (size_t)n);
}

/*
 * Group 14.  A fault takes a public value with which the secret is known to everybody: 0, 1, and for p-1
 * one of two.
 */
static void agree_group(
    struct kex *kex, enum kex_fault fault, const unsigned char *bytes, size_t len)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_get_rfc3526_prime_2048(NULL), *e = BN_bin2bn(bytes, (int)len, NULL);
	BIGNUM *f = BN_new(), *k = BN_new(), *y = BN_new(), *g = BN_new();

	BN_set_word(g, 2);
	BN_set_word(y, 0x5a11b0a7);
	BN_mod_exp(f, g, y, p, ctx);
	BN_mod_exp(k, e, y, p, ctx);
	if (fault == KEX_ZERO || fault == KEX_ONE) {
		BN_set_word(f, fault == KEX_ONE);
		BN_copy(k, f);
	} else if (fault == KEX_MINUS_ONE) {
		BN_sub(f, p, BN_value_one());
		BN_one(k);
	}
	put_string(&kex->client, bytes, len);
	put_number(&kex->server, f);
	put_number(&kex->shared, k);
	BN_free(p);
	BN_free(e);
	BN_free(f);
	BN_free(k);
	BN_free(y);
	BN_free(g);
	BN_CTX_free(ctx);
}

static void hash_exchange(const struct wire *wire, struct kex *kex)
{
	struct packet all = { 0 };

	put_text(&all, wire->client_banner);
	put_text(&all, WIRE_IDENT);
	put_string(&all, wire->client_init.data, wire->client_init.len);
	put_string(&all, wire->server_init.data, wire->server_init.len);
	put_host_key(wire, &all);
	put_bytes(&all, kex->client.data, kex->client.len);
	put_bytes(&all, kex->server.data, kex->server.len);
	put_bytes(&all, kex->shared.data, kex->shared.len);
	EVP_Digest(all.data, all.len, kex->hash, NULL, EVP_sha256(), NULL);
	packet_done(&all);
}

static void put_signature(const struct wire *wire, struct packet *p, const struct kex *kex)
{
	EVP_PKEY *key = host_key(wire);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[SIGNATURE];
	size_t n = sizeof raw;
	struct packet blob = { 0 };

	if (EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, raw, &n, kex->hash, WIRE_HASH) != 1)
		abort();
	if (wire->how.fault == KEX_BAD_SIGNATURE)
		raw[n - 1] ^= 1;
	put_text(&blob, "ssh-ed25519");
	put_string(&blob, raw, n);
	put_string(p, blob.data, blob.len);
	packet_done(&blob);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void derive(
    const struct wire *wire, const struct kex *kex, char letter, unsigned char out[WIRE_HASH])
{
	struct packet all = { 0 };

	put_bytes(&all, kex->shared.data, kex->shared.len);
	put_bytes(&all, kex->hash, WIRE_HASH);
	put_u8(&all, (unsigned char)letter);
	put_bytes(&all, wire->session_id, WIRE_HASH);
	EVP_Digest(all.data, all.len, out, NULL, EVP_sha256(), NULL);
	packet_done(&all);
}

static void derive_all(struct wire *wire, const struct kex *kex)
{
	if (!wire->has_keys)
		memcpy(wire->session_id, kex->hash, WIRE_HASH);
	derive(wire, kex, 'A', wire->next_from.iv);
	derive(wire, kex, 'B', wire->next_to.iv);
	derive(wire, kex, 'C', wire->next_from.key);
	derive(wire, kex, 'D', wire->next_to.key);
	derive(wire, kex, 'E', wire->next_from.mac);
	derive(wire, kex, 'F', wire->next_to.mac);
}

void kex_answer(struct wire *wire, struct packet *p)
{
	enum kex_fault fault = wire->how.fault;
	struct kex kex = { 0 };
	size_t n;
	const unsigned char *theirs = get_string(p, &n);

	if (wire->how.kex)
		agree_group(&kex, fault, theirs, n);
	else if (n != POINT || !agree_curve(&kex, fault, theirs))
		wire->broken = true;
	if (!wire->broken) {
		hash_exchange(wire, &kex);
		derive_all(wire, &kex);
		packet_begin(p, MSG_DH_REPLY);
		put_host_key(wire, p);
		put_bytes(p, kex.server.data, kex.server.len);
		put_signature(wire, p, &kex);
	}
	packet_done(&kex.client);
	packet_done(&kex.server);
	packet_done(&kex.shared);
}
