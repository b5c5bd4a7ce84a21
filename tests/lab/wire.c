/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include "lab.h"
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_PACKET = 1 << 18, MAC = 32, HASH = 32, POINT = 32, BLOCK = 16 };
enum { MSG_IGNORE = 2, MSG_UNIMPLEMENTED = 3, MSG_DEBUG = 4, MSG_KEXINIT = 20, MSG_NEWKEYS = 21 };
enum { MSG_ECDH_INIT = 30, MSG_ECDH_REPLY = 31 };

static const char banner[] = "SSH-2.0-OpenSSH_9.2p1";

struct wire {
	int fd;
	EVP_CIPHER_CTX *in, *out; /* NULL before the first NEWKEYS */
	unsigned char mac_in[MAC], mac_out[MAC];
	uint32_t seq_in, seq_out;
};

/* ---- packets ---- */

static void die(const char *what)
{
	fprintf(stderr, "fakesshd: %s\n", what);
	exit(1);
}

void put_bytes(struct packet *p, const void *bytes, size_t n)
{
	if (p->len + n > p->room) {
		p->room = 2 * (p->len + n);
		p->data = realloc(p->data, p->room);
		if (!p->data)
			die("memory");
	}
	if (n > 0)
		memcpy(p->data + p->len, bytes, n);
	p->len += n;
}

void put_u8(struct packet *p, unsigned value)
{
	unsigned char byte = (unsigned char)value;

	put_bytes(p, &byte, 1);
}

void put_u32(struct packet *p, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		put_u8(p, (value >> shift) & 0xff);
}

void put_string(struct packet *p, const void *bytes, size_t n)
{
	put_u32(p, (uint32_t)n);
	put_bytes(p, bytes, n);
}

void put_text(struct packet *p, const char *text)
{
	put_string(p, text, strlen(text));
}

/* A positive number (RFC 4251, section 5). */
static void put_mpint(struct packet *p, const unsigned char *bytes, size_t n)
{
	for (; n > 0 && *bytes == 0; bytes++)
		n--;
	bool is_padded = n > 0 && (*bytes & 0x80);
	put_u32(p, (uint32_t)(n + is_padded));
	if (is_padded)
		put_u8(p, 0);
	put_bytes(p, bytes, n);
}

unsigned get_u8(struct packet *p)
{
	if (p->pos >= p->len)
		die("a short packet");
	return p->data[p->pos++];
}

uint32_t get_u32(struct packet *p)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | get_u8(p);
	return value;
}

char *get_text(struct packet *p)
{
	size_t n = get_u32(p);
	char *text = NULL;

	if (n > p->len - p->pos || !(text = malloc(n + 1)))
		die("a short packet");
	memcpy(text, p->data + p->pos, n);
	text[n] = '\0';
	p->pos += n;
	return text;
}

void packet_begin(struct packet *p, unsigned message)
{
	p->len = p->pos = 0;
	put_u8(p, message);
}

void packet_done(struct packet *p)
{
	free(p->data);
	*p = (struct packet){ 0 };
}

/* ---- bytes on the wire ---- */

static void write_all(int fd, const unsigned char *bytes, size_t n)
{
	for (ssize_t w; n > 0; bytes += w, n -= (size_t)w)
		if ((w = send(fd, bytes, n, MSG_NOSIGNAL)) == -1)
			exit(0);
}

static void read_all(int fd, unsigned char *bytes, size_t n)
{
	for (ssize_t r; n > 0; bytes += r, n -= (size_t)r)
		if ((r = recv(fd, bytes, n, 0)) <= 0)
			exit(0);
}

static void mac_of(
    const unsigned char *key, uint32_t seq, const struct packet *p, unsigned char *mac)
{
	struct packet all = { 0 };

	put_u32(&all, seq);
	put_bytes(&all, p->data, p->len);
	HMAC(EVP_sha256(), key, MAC, all.data, all.len, mac, NULL);
	packet_done(&all);
}

static void crypt_with(EVP_CIPHER_CTX *ctx, unsigned char *bytes, size_t n)
{
	int done;

	if (EVP_CipherUpdate(ctx, bytes, &done, bytes, (int)n) != 1)
		die("cipher");
}

void wire_send(struct wire *wire, const struct packet *p)
{
	static const unsigned char zeros[2 * BLOCK];
	size_t padding = BLOCK - (p->len + 5) % BLOCK;
	unsigned char mac[MAC];
	struct packet out = { 0 };

	if (padding < 4)
		padding += BLOCK;
	put_u32(&out, (uint32_t)(1 + p->len + padding));
	put_u8(&out, (unsigned)padding);
	put_bytes(&out, p->data, p->len);
	put_bytes(&out, zeros, padding);
	mac_of(wire->mac_out, wire->seq_out++, &out, mac);
	if (wire->out) {
		crypt_with(wire->out, out.data, out.len);
		put_bytes(&out, mac, MAC);
	}
	write_all(wire->fd, out.data, out.len);
	packet_done(&out);
}

static void receive_any(struct wire *wire, struct packet *p)
{
	unsigned char first[BLOCK], mac[MAC], wanted[MAC];
	size_t head = wire->in ? BLOCK : 8;

	p->len = p->pos = 0;
	read_all(wire->fd, first, head);
	if (wire->in)
		crypt_with(wire->in, first, head);
	put_bytes(p, first, head);
	size_t length = get_u32(p);
	if (length > MAX_PACKET || length + 4 < head)
		die("packet length");
	unsigned char *rest = calloc(1, length + 1);
	if (!rest)
		die("memory");
	read_all(wire->fd, rest, length + 4 - head);
	if (wire->in)
		crypt_with(wire->in, rest, length + 4 - head);
	put_bytes(p, rest, length + 4 - head);
	free(rest);
	mac_of(wire->mac_in, wire->seq_in++, p, wanted);
	if (wire->in) {
		read_all(wire->fd, mac, MAC);
		if (memcmp(mac, wanted, MAC) != 0)
			die("MAC");
	}
	size_t padding = get_u8(p);
	if (padding + 1 > length)
		die("padding");
	p->len -= padding;
}

unsigned wire_receive(struct wire *wire, struct packet *p)
{
	unsigned message;

	do {
		receive_any(wire, p);
		message = get_u8(p);
	} while (message == MSG_IGNORE || message == MSG_DEBUG || message == MSG_UNIMPLEMENTED);
	if (message == 1)
		exit(0);
	return message;
}

/* ---- key exchange (RFC 4253, RFC 8731) ---- */

struct kex {
	char client_banner[256];
	struct packet client_init, server_init, shared; /* shared: K as mpint */
	unsigned char client_point[POINT], server_point[POINT];
	unsigned char hash[HASH];
};

static EVP_PKEY *host_key(void)
{
	static const unsigned char seed[32] = "sallyport lab, a throw-away key";

	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
}

static void put_host_key(struct packet *p)
{
	EVP_PKEY *key = host_key();
	unsigned char raw[32];
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

	put_host_key(&p);
	EVP_EncodeBlock(text, p.data + 4, (int)(p.len - 4));
	printf("ssh-ed25519 %s\n", (const char *)text);
	packet_done(&p);
}

static void exchange_banners(struct wire *wire, struct kex *kex)
{
	size_t n = 0;

	write_all(wire->fd, (const unsigned char *)banner, sizeof banner - 1);
	write_all(wire->fd, (const unsigned char *)"\r\n", 2);
	do {
		if (n == sizeof kex->client_banner)
			die("banner");
		read_all(wire->fd, (unsigned char *)&kex->client_banner[n], 1);
	} while (kex->client_banner[n++] != '\n');
	kex->client_banner[strcspn(kex->client_banner, "\r\n")] = '\0';
}

static void exchange_inits(struct wire *wire, struct kex *kex)
{
	static const char *const lists[] = { "curve25519-sha256", "ssh-ed25519", "aes128-ctr",
		"aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "" };
	unsigned char cookie[16];
	struct packet in = { 0 };

	RAND_bytes(cookie, sizeof cookie);
	packet_begin(&kex->server_init, MSG_KEXINIT);
	put_bytes(&kex->server_init, cookie, sizeof cookie);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_text(&kex->server_init, lists[i]);
	put_u8(&kex->server_init, 0);
	put_u32(&kex->server_init, 0);
	wire_send(wire, &kex->server_init);
	if (wire_receive(wire, &in) != MSG_KEXINIT)
		die("no KEXINIT");
	put_bytes(&kex->client_init, in.data + 5, in.len - 5);
	packet_done(&in);
}

static void agree(struct kex *kex)
{
	EVP_PKEY *mine = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	EVP_PKEY *theirs =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, kex->client_point, POINT);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
	unsigned char secret[POINT];
	size_t n = POINT, m = sizeof secret;

	if (!theirs || !ctx || EVP_PKEY_get_raw_public_key(mine, kex->server_point, &n) != 1 ||
	    EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, theirs) != 1 ||
	    EVP_PKEY_derive(ctx, secret, &m) != 1)
		die("X25519");
	put_mpint(&kex->shared, secret, m);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(mine);
}

static void hash_exchange(struct kex *kex)
{
	struct packet all = { 0 };

	put_text(&all, kex->client_banner);
	put_text(&all, banner);
	put_string(&all, kex->client_init.data, kex->client_init.len);
	put_string(&all, kex->server_init.data, kex->server_init.len);
	put_host_key(&all);
	put_string(&all, kex->client_point, POINT);
	put_string(&all, kex->server_point, POINT);
	put_bytes(&all, kex->shared.data, kex->shared.len);
	EVP_Digest(all.data, all.len, kex->hash, NULL, EVP_sha256(), NULL);
	packet_done(&all);
}

static void put_signature(struct packet *p, const struct kex *kex)
{
	EVP_PKEY *key = host_key();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char raw[64];
	size_t n = sizeof raw;
	struct packet blob = { 0 };

	if (EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, raw, &n, kex->hash, HASH) != 1)
		die("signature");
	put_text(&blob, "ssh-ed25519");
	put_string(&blob, raw, n);
	put_string(p, blob.data, blob.len);
	packet_done(&blob);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void derive(const struct kex *kex, char letter, unsigned char *out)
{
	struct packet all = { 0 };

	put_bytes(&all, kex->shared.data, kex->shared.len);
	put_bytes(&all, kex->hash, HASH);
	put_u8(&all, (unsigned char)letter);
	put_bytes(&all, kex->hash, HASH);
	EVP_Digest(all.data, all.len, out, NULL, EVP_sha256(), NULL);
	packet_done(&all);
}

static EVP_CIPHER_CTX *cipher(
    const struct kex *kex, char iv_letter, char key_letter, int is_sending)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char iv[HASH], key[HASH];

	derive(kex, iv_letter, iv);
	derive(kex, key_letter, key);
	if (EVP_CipherInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, iv, is_sending) != 1)
		die("cipher");
	return ctx;
}

static void take_keys(struct wire *wire, const struct kex *kex)
{
	struct packet p = { 0 };

	packet_begin(&p, MSG_NEWKEYS);
	wire_send(wire, &p);
	wire->out = cipher(kex, 'B', 'D', 1);
	derive(kex, 'F', wire->mac_out);
	if (wire_receive(wire, &p) != MSG_NEWKEYS)
		die("no NEWKEYS");
	wire->in = cipher(kex, 'A', 'C', 0);
	derive(kex, 'E', wire->mac_in);
	packet_done(&p);
}

struct wire *wire_new(int fd, enum kex_fault fault)
{
	struct wire *wire = calloc(1, sizeof *wire);
	struct kex kex = { 0 };
	struct packet p = { 0 };

	if (!wire)
		die("memory");
	wire->fd = fd;
	exchange_banners(wire, &kex);
	exchange_inits(wire, &kex);
	if (wire_receive(wire, &p) != MSG_ECDH_INIT || get_u32(&p) != POINT ||
	    p.len - p.pos != POINT)
		die("no ECDH_INIT");
	memcpy(kex.client_point, p.data + p.pos, POINT);
	agree(&kex);
	if (fault == KEX_ZERO_POINT)
		memset(kex.server_point, 0, POINT);
	hash_exchange(&kex);
	packet_begin(&p, MSG_ECDH_REPLY);
	put_host_key(&p);
	put_string(&p, kex.server_point, POINT);
	put_signature(&p, &kex);
	if (fault == KEX_BAD_SIGNATURE)
		p.data[p.len - 1] ^= 1;
	wire_send(wire, &p);
	take_keys(wire, &kex);
	packet_done(&p);
	packet_done(&kex.client_init);
	packet_done(&kex.server_init);
	packet_done(&kex.shared);
	return wire;
}
