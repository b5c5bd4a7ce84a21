/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PACKET = 1 << 18, MAC = 32, TAG = 16, BLOCK = 16 };
enum { MSG_DISCONNECT = 1, MSG_IGNORE = 2, MSG_UNIMPLEMENTED = 3, MSG_DEBUG = 4 };
enum { MSG_KEXINIT = 20, MSG_NEWKEYS = 21, MSG_DH_INIT = 30 };

/* ---- one packet ---- */

static void mac_of(const struct half *half, const unsigned char *data, size_t n, unsigned char *mac)
{
	struct packet all = { 0 };

	put_u32(&all, half->seq);
	put_bytes(&all, data, n);
	HMAC(EVP_sha256(), half->mac, WIRE_KEY, all.data, all.len, mac, NULL);
	packet_done(&all);
}

static void crypt_ctr(struct half *half, unsigned char *bytes, size_t n)
{
	int done;

	if (EVP_CipherUpdate(half->cipher, bytes, &done, bytes, (int)n) != 1)
		abort();
}

/* The counter part of the nonce (RFC 5647, section 7.1). */
static void iv_next(struct half *half)
{
	for (int i = 11; i >= 4 && ++half->iv[i] == 0; i--)
		continue;
}

/* bytes: the length, then what it counts; the tag is made or compared. */
static bool crypt_gcm(
    struct half *half, unsigned char *bytes, size_t n, unsigned char *tag, bool is_sending)
{
	EVP_CIPHER_CTX *ctx = half->cipher;
	unsigned char none[BLOCK];
	int done;
	bool ok = EVP_CipherInit_ex(ctx, NULL, NULL, NULL, half->iv, is_sending) == 1 &&
	    (is_sending || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1) &&
	    EVP_CipherUpdate(ctx, NULL, &done, bytes, 4) == 1 &&
	    EVP_CipherUpdate(ctx, bytes + 4, &done, bytes + 4, (int)n - 4) == 1 &&
	    EVP_CipherFinal_ex(ctx, none, &done) == 1 &&
	    (!is_sending || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1);

	iv_next(half);
	return ok;
}

/* Bytes at the front that the padding does not count (OpenSSH's PROTOCOL 1.5, RFC 5647 section 7.2). */
static size_t unpadded(const struct wire *wire, const struct half *half)
{
	return half->cipher && (wire->is_gcm || wire->is_etm) ? 4 : 0;
}

static void frame_put(
    struct packet *out, const struct packet *p, size_t head, const struct wire_frame *frame)
{
	static const unsigned char zeros[2 * BLOCK];
	size_t padding = BLOCK - (p->len + 5 - head) % BLOCK;
	uint32_t length;

	if (padding < 4)
		padding += BLOCK;
	length = (uint32_t)(1 + p->len + padding);
	put_u32(out, frame && frame->has_length ? frame->length : length);
	put_u8(out, frame && frame->has_padding ? frame->padding : (unsigned)padding);
	put_bytes(out, p->data, p->len);
	put_bytes(out, zeros, padding);
}

void wire_put(struct wire *wire, const struct packet *p, const struct wire_frame *frame)
{
	struct half *to = &wire->to;
	struct packet out = { 0 };
	unsigned char mac[MAC];
	size_t head = unpadded(wire, to);

	frame_put(&out, p, head, frame);
	if (!to->cipher) {
		put_bytes(&wire->out, out.data, out.len);
	} else if (wire->is_gcm) {
		if (!crypt_gcm(to, out.data, out.len, mac, true))
			abort();
		put_bytes(&out, mac, TAG);
		put_bytes(&wire->out, out.data, out.len);
	} else {
		if (!wire->is_etm)
			mac_of(to, out.data, out.len, mac);
		crypt_ctr(to, out.data + head, out.len - head);
		if (wire->is_etm)
			mac_of(to, out.data, out.len, mac);
		put_bytes(&out, mac, MAC);
		put_bytes(&wire->out, out.data, out.len);
	}
	to->seq++;
	packet_done(&out);
}

static size_t tag_len(const struct wire *wire)
{
	return !wire->from.cipher ? 0 : wire->is_gcm ? TAG : MAC;
}

/* What of the packet at the front of in can be read before all of it is there: its length. */
static bool length_read(struct wire *wire, size_t *length)
{
	struct packet head = wire->in;
	size_t need = wire->from.cipher && !unpadded(wire, &wire->from) ? BLOCK : 4;

	if (wire->in.len < need)
		return false;
	if (need == BLOCK && wire->clear == 0) {
		crypt_ctr(&wire->from, wire->in.data, BLOCK);
		wire->clear = BLOCK;
	}
	head.pos = 0;
	*length = get_u32(&head);
	if (*length > MAX_PACKET || *length < 8)
		wire->broken = true;
	return !wire->broken;
}

static bool packet_open(struct wire *wire, size_t n)
{
	struct half *from = &wire->from;
	unsigned char *data = wire->in.data, mac[MAC];

	if (!from->cipher)
		return true;
	if (wire->is_gcm)
		return crypt_gcm(from, data, n, data + n, false);
	if (wire->is_etm) {
		mac_of(from, data, n, mac);
		crypt_ctr(from, data + 4, n - 4);
	} else {
		crypt_ctr(from, data + wire->clear, n - wire->clear);
		mac_of(from, data, n, mac);
	}
	return CRYPTO_memcmp(mac, data + n, MAC) == 0;
}

/* The payload of the next packet. */
static bool packet_take(struct wire *wire, struct packet *p)
{
	size_t length, n, padding;

	if (wire->broken || !length_read(wire, &length))
		return false;
	n = 4 + length;
	if (wire->in.len < n + tag_len(wire))
		return false;
	padding = packet_open(wire, n) ? wire->in.data[4] : SIZE_MAX;
	if (padding >= length) {
		wire->broken = true;
		return false;
	}
	p->len = p->pos = 0;
	p->bad = false;
	put_bytes(p, wire->in.data + 5, length - 1 - padding);
	packet_drop(&wire->in, n + tag_len(wire));
	wire->clear = 0;
	wire->from.seq++;
	return true;
}

/* ---- messages ---- */

static void send_now(struct wire *wire, struct packet *p)
{
	if (wire->how.send)
		wire->how.send(wire->how.ctx, wire, p);
	else
		wire_put(wire, p, NULL);
}

void wire_send(struct wire *wire, struct packet *p)
{
	if (wire->state == WIRE_OPEN)
		send_now(wire, p);
	else
		put_string(&wire->held, p->data, p->len);
}

static void send_held(struct wire *wire)
{
	struct packet held = wire->held, p = { 0 };

	wire->held = (struct packet){ 0 };
	while (held.pos < held.len) {
		size_t n;
		const unsigned char *message = get_string(&held, &n);

		p.len = p.pos = 0;
		put_bytes(&p, message, n);
		wire_send(wire, &p);
	}
	packet_done(&held);
	packet_done(&p);
}

void wire_rekey(struct wire *wire)
{
	if (wire->state != WIRE_OPEN)
		return;
	wire->state = WIRE_SENT_INIT;
	kex_init(wire, &wire->server_init);
	send_now(wire, &wire->server_init);
}

static void half_set(struct wire *wire, struct half *half, const struct half *next, bool is_sending)
{
	uint32_t seq = wire->how.is_strict ? 0 : half->seq;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	EVP_CIPHER_CTX_free(half->cipher);
	*half = *next;
	half->seq = seq;
	half->cipher = ctx;
	if (EVP_CipherInit_ex(ctx, wire->is_gcm ? EVP_aes_128_gcm() : EVP_aes_128_ctr(), NULL,
		half->key, half->iv, is_sending) != 1)
		abort();
}

static void answer_init(struct wire *wire, const struct packet *p)
{
	wire_rekey(wire);
	wire->client_init.len = 0;
	put_bytes(&wire->client_init, p->data, p->len);
	wire->state = WIRE_WANTS_DH;
}

static void answer_dh(struct wire *wire, struct packet *p)
{
	struct packet reply = { 0 };

	kex_answer(wire, p);
	if (wire->broken)
		return;
	send_now(wire, p);
	packet_begin(&reply, MSG_NEWKEYS);
	send_now(wire, &reply);
	packet_done(&reply);
	half_set(wire, &wire->to, &wire->next_to, true);
	wire->state = WIRE_WANTS_NEWKEYS;
}

static void answer_newkeys(struct wire *wire)
{
	half_set(wire, &wire->from, &wire->next_from, false);
	wire->has_keys = true;
	wire->state = WIRE_OPEN;
	send_held(wire);
}

/* True when it was part of a key exchange. */
static bool answer_kex(struct wire *wire, unsigned message, struct packet *p)
{
	if (message == MSG_KEXINIT && (wire->state == WIRE_OPEN || wire->state == WIRE_SENT_INIT))
		answer_init(wire, p);
	else if (message == MSG_DH_INIT && wire->state == WIRE_WANTS_DH)
		answer_dh(wire, p);
	else if (message == MSG_NEWKEYS && wire->state == WIRE_WANTS_NEWKEYS)
		answer_newkeys(wire);
	else if (message == MSG_KEXINIT || message == MSG_NEWKEYS || message == MSG_DH_INIT)
		wire->broken = true;
	else
		return false;
	return true;
}

static bool is_nothing(unsigned message)
{
	return message == MSG_IGNORE || message == MSG_DEBUG || message == MSG_UNIMPLEMENTED;
}

static void banner_take(struct wire *wire)
{
	size_t n = 0;

	while (n < wire->in.len && wire->in.data[n] != '\n')
		n++;
	if (n >= sizeof wire->client_banner)
		wire->broken = true;
	if (n == wire->in.len || wire->broken)
		return;
	memcpy(wire->client_banner, wire->in.data, n);
	wire->client_banner[n] = '\0';
	wire->client_banner[strcspn(wire->client_banner, "\r")] = '\0';
	packet_drop(&wire->in, n + 1);
	wire->state = WIRE_SENT_INIT;
}

unsigned wire_next(struct wire *wire, struct packet *p)
{
	if (wire->state == WIRE_BANNER)
		banner_take(wire);
	while (wire->state != WIRE_BANNER && packet_take(wire, p)) {
		unsigned message = get_u8(p);

		if (message == MSG_DISCONNECT)
			wire->broken = true;
		else if (!is_nothing(message) && !answer_kex(wire, message, p))
			return message;
	}
	return 0;
}

void wire_feed(struct wire *wire, const void *bytes, size_t n)
{
	put_bytes(&wire->in, bytes, n);
}

/* ---- life ---- */

struct wire *wire_new(const struct wire_how *how)
{
	struct wire *wire = calloc(1, sizeof *wire);

	if (!wire)
		abort();
	wire->how = *how;
	wire->is_gcm = how->cipher && strcmp(how->cipher, "aes128-gcm@openssh.com") == 0;
	wire->is_etm = how->mac && strcmp(how->mac, "hmac-sha2-256-etm@openssh.com") == 0;
	put_bytes(&wire->out, WIRE_IDENT "\r\n", sizeof WIRE_IDENT + 1);
	wire->state = WIRE_OPEN;
	wire_rekey(wire);
	wire->state = WIRE_BANNER;
	return wire;
}

void wire_free(struct wire *wire)
{
	struct packet *packets[] = { &wire->in, &wire->out, &wire->held, &wire->client_init,
		&wire->server_init };

	for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
		packet_done(packets[i]);
	EVP_CIPHER_CTX_free(wire->from.cipher);
	EVP_CIPHER_CTX_free(wire->to.cipher);
	free(wire);
}
