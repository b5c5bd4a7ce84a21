/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of the SSH transport (RFC 4253), as little as a hostile server needs:
 * curve25519-sha256 or diffie-hellman-group14-sha256, ssh-ed25519, AES-128 as CTR or GCM, and
 * hmac-sha2-256.  It reads and writes nothing: bytes from the client go in by wire_feed(), bytes for
 * it are taken from wire->out.  Always the same keys, cookie and padding, so that two runs with the same
 * client differ in nothing.
 */
#ifndef SALLYPORT_LAB_WIRE_H
#define SALLYPORT_LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes being written or read. */
struct packet {
	unsigned char *data;
	size_t len, room, pos;
	bool bad; /* more was read than there is */
};

void put_u8(struct packet *p, unsigned value);
void put_u32(struct packet *p, uint32_t value);
void put_bytes(struct packet *p, const void *bytes, size_t n);
void put_string(struct packet *p, const void *bytes, size_t n);
void put_text(struct packet *p, const char *text);
/* A positive number (RFC 4251, section 5). */
void put_mpint(struct packet *p, const unsigned char *bytes, size_t n);
/* 0, and bad, when there is nothing left. */
unsigned get_u8(struct packet *p);
uint32_t get_u32(struct packet *p);
/* The string's bytes, borrowed. */
const unsigned char *get_string(struct packet *p, size_t *n);
/* The same followed by a NUL, for the caller to free. */
char *get_text(struct packet *p);
/* Makes it empty and begins it with a message number. */
void packet_begin(struct packet *p, unsigned message);
/* Drops n bytes at the front. */
void packet_drop(struct packet *p, size_t n);
void packet_done(struct packet *p);

/* What the server does wrong in the key exchange. */
enum kex_fault {
	KEX_GOOD,
	KEX_ZERO_POINT,
	KEX_BAD_SIGNATURE,
	KEX_ZERO,
	KEX_ONE,
	KEX_MINUS_ONE,
	KEX_OTHER_KEY, /* another host key in every exchange but the first */
};

/* What is written instead of the truth in the head of a packet. */
struct wire_frame {
	bool has_length, has_padding;
	uint32_t length;
	unsigned padding;
};

struct wire;

struct wire_how {
	enum kex_fault fault;
	const char *kex; /* NULL: curve25519-sha256 */
	const char *cipher; /* NULL: aes128-ctr; or aes128-gcm@openssh.com */
	const char *mac; /* NULL: hmac-sha2-256; or hmac-sha2-256-etm@openssh.com */
	bool is_strict; /* OpenSSH's PROTOCOL, 1.10 */
	/* Sends the message p, of the key exchange too, changed or not, by wire_put(); NULL: as it is. */
	void (*send)(void *ctx, struct wire *wire, struct packet *p);
	void *ctx;
};

/* What it calls itself. */
#define WIRE_IDENT "SSH-2.0-OpenSSH_9.2p1"

/* For the exchange hash and the keys. */
enum { WIRE_HASH = 32, WIRE_KEY = 32 };

/* One direction. */
struct half {
	void *cipher; /* EVP_CIPHER_CTX; NULL before the first NEWKEYS */
	unsigned char iv[WIRE_HASH], key[WIRE_HASH], mac[WIRE_KEY];
	uint32_t seq;
};

enum wire_state { WIRE_BANNER, WIRE_OPEN, WIRE_SENT_INIT, WIRE_WANTS_DH, WIRE_WANTS_NEWKEYS };

struct wire {
	struct wire_how how;
	enum wire_state state;
	bool broken; /* the client does not speak SSH, or not as we do */
	bool has_keys; /* the first key exchange is over */
	bool is_gcm, is_etm;
	struct packet in, out; /* not yet read, not yet taken */
	size_t clear; /* bytes of in that are decrypted */
	struct packet held; /* messages that wait for the end of a key exchange, each a string */
	struct half from, to;
	char client_banner[256];
	struct packet client_init, server_init;
	unsigned char session_id[WIRE_HASH];
	struct half next_from, next_to; /* keys agreed, not yet in use */
};

/* Says its identification and its algorithms. */
struct wire *wire_new(const struct wire_how *how);
void wire_free(struct wire *wire);
void wire_feed(struct wire *wire, const void *bytes, size_t n);
/* The next message for the caller into p, its number read already and returned; 0: more bytes are needed,
 * or it is broken.  Key exchanges are answered inside. */
unsigned wire_next(struct wire *wire, struct packet *p);
/* Sends a message, after the key exchange if one is under way. */
void wire_send(struct wire *wire, struct packet *p);
/* Asks for new keys. */
void wire_rekey(struct wire *wire);
/* Packs one packet, with the keys of now. frame: NULL: a right one. */
void wire_put(struct wire *wire, const struct packet *p, const struct wire_frame *frame);

/* Writes the public line of the host key, the same in every run, to standard output. */
void wire_print_hostkey(void);

/* ---- wire_kex.c ---- */

/* The KEXINIT, mended for the next exchange. */
void kex_init(struct wire *wire, struct packet *p);
/* Answers the client's half of the exchange (p stands behind its message number); next_from and next_to are set. */
void kex_answer(struct wire *wire, struct packet *p);

#endif
