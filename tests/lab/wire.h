/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of the SSH transport (RFC 4253), as little as a hostile
 * server of the lab needs: curve25519-sha256, ssh-ed25519, aes128-ctr and
 * hmac-sha2-256, blocking, one connection a process.  A peer that goes away
 * or breaks the protocol ends the process.
 */
#ifndef SALLYPORT_LAB_WIRE_H
#define SALLYPORT_LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A packet being written or read. */
struct packet {
	unsigned char *data;
	size_t len, room, pos;
};

void put_u8(struct packet *p, unsigned value);
void put_u32(struct packet *p, uint32_t value);
void put_bytes(struct packet *p, const void *bytes, size_t n);
void put_string(struct packet *p, const void *bytes, size_t n);
void put_text(struct packet *p, const char *text);
unsigned get_u8(struct packet *p);
uint32_t get_u32(struct packet *p);
/* The string's bytes, followed by a NUL, for the caller to free. */
char *get_text(struct packet *p);
/* Makes it empty and begins it with a message number. */
void packet_begin(struct packet *p, unsigned message);
void packet_done(struct packet *p);

/* What the server does wrong in the key exchange. */
enum kex_fault { KEX_GOOD, KEX_ZERO_POINT, KEX_BAD_SIGNATURE };

struct wire;

/* Runs the key exchange on the socket fd. */
struct wire *wire_new(int fd, enum kex_fault fault);
void wire_send(struct wire *wire, const struct packet *p);
/* Reads the next message into p, its number read already and returned. */
unsigned wire_receive(struct wire *wire, struct packet *p);

/* Writes the public line of the host key, the same in every run, to standard output. */
void wire_print_hostkey(void);

#endif
