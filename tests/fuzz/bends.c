/* SPDX-License-Identifier: Apache-2.0 */
#include "bends.h"

#include <string.h>

#include "../lab/wire.h"

struct record {
	const uint8_t *data;
	size_t len;
};

/* What happens to one message. */
struct bending {
	struct bends *bends;
	struct wire *wire;
	struct packet *p;
	unsigned copies;
	struct wire_frame frame;
};

static unsigned byte_at(const struct record *r, size_t i)
{
	return i < r->len ? r->data[i] : 0;
}

static size_t offset_in(const struct packet *p, const struct record *r)
{
	return p->len ? (byte_at(r, 0) << 8 | byte_at(r, 1)) % p->len : 0;
}

/* ---- the message itself ---- */

static void drop(struct bending *b, const struct record *r)
{
	(void)r;
	b->copies = 0;
}

static void repeat(struct bending *b, const struct record *r)
{
	b->copies = 2 + byte_at(r, 0) % 8;
}

/* Where (16 bits), and then bytes to be mixed in. */
static void change(struct bending *b, const struct record *r)
{
	size_t at = offset_in(b->p, r);

	for (size_t i = 2; i < r->len && at < b->p->len; i++)
		b->p->data[at++] ^= r->data[i];
}

static void cut(struct bending *b, const struct record *r)
{
	b->p->len = offset_in(b->p, r);
}

static void lengthen(struct bending *b, const struct record *r)
{
	put_bytes(b->p, r->data, r->len);
}

/* By much: up to what libssh2 takes, and beyond. */
static void pad(struct bending *b, const struct record *r)
{
	static const char more[256] = "more";

	for (unsigned i = byte_at(r, 0); i > 0; i--)
		put_bytes(b->p, more, sizeof more);
}

static void replace(struct bending *b, const struct record *r)
{
	b->p->len = 0;
	put_bytes(b->p, r->data, r->len);
}

/* Four bytes somewhere become a number that people forget: a length, a count, a channel, a window. */
static void set_number(struct bending *b, const struct record *r)
{
	static const uint32_t numbers[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe,
		35000, 40000, 0x40000000, 256, 65536, 0xfffffff0 };
	struct packet number = { 0 };
	size_t at = offset_in(b->p, r);

	put_u32(&number, numbers[byte_at(r, 2) % (sizeof numbers / sizeof *numbers)]);
	if (at + 4 <= b->p->len)
		memcpy(b->p->data + at, number.data, 4);
	packet_done(&number);
}

/* ---- others beside it ---- */

static void insert(struct bending *b, const struct record *r)
{
	struct packet p = { 0 };

	put_bytes(&p, r->data, r->len);
	wire_put(b->wire, &p, NULL);
	packet_done(&p);
}

/* The first byte times 4. */
static void flood(struct bending *b, const struct record *r)
{
	struct packet p = { 0 };

	put_bytes(&p, r->data + 1, r->len ? r->len - 1 : 0);
	for (unsigned i = 4 * byte_at(r, 0); i > 0; i--)
		wire_put(b->wire, &p, NULL);
	packet_done(&p);
}

#define HOSTILE "\033]0;owned\007\033[2J\033[31mtrust me"
#define TEXT(bytes_) .bytes = (bytes_), .len = sizeof(bytes_) - 1

/* Messages that no byte by byte change is likely to make. */
static const struct canned {
	unsigned type;
	bool has_channel;
	const char *bytes;
	size_t len;
} canned[] = {
	/* EXT_INFO with 2^32-1 extensions, with one that is too long, with server-sig-algs */
	{ 7, false, TEXT("\xff\xff\xff\xff\0\0\0\1a\0\0\0\1b") },
	{ 7, false, TEXT("\0\0\0\1\0\0\0\x0fserver-sig-algs\xff\xff\xff\xf0rsa") },
	{ 7, false, TEXT("\0\0\0\1\0\0\0\x0fserver-sig-algs\0\0\0\x0cssh-ed25519,") },
	/* DISCONNECT with terminal codes, with a length that lies */
	{ 1, false, TEXT("\0\0\0\2\0\0\0\x1b" HOSTILE "\0\0\0\0") },
	{ 1, false, TEXT("\0\0\0\2\xff\xff\xff\xff" HOSTILE) },
	/* IGNORE, UNIMPLEMENTED, DEBUG that is shown */
	{ 2, false, TEXT("\0\0\0\7nothing") },
	{ 3, false, TEXT("\0\0\0\0") },
	{ 4, false, TEXT("\1\0\0\0\x1b" HOSTILE "\0\0\0\0") },
	/* what the client never asked for */
	{ 90, false,
	    TEXT("\0\0\0\x0f"
		 "forwarded-tcpip\0\0\0\0\0\x20\0\0\0\0\x80\0\0\0\0\x09"
		 "127.0.0.1\0\0\0\x16\0\0\0\x09"
		 "127.0.0.1\0\0\x30\x39") },
	{ 90, false,
	    TEXT("\0\0\0\x16"
		 "auth-agent@openssh.com\0\0\0\1\0\x20\0\0\0\0\x80\0") },
	{ 90, false, TEXT("\0\0\0\3x11\0\0\0\2\0\x20\0\0\0\0\x80\0\0\0\0\1a\0\0\x17\x70") },
	{ 90, false,
	    TEXT("\0\0\0\x21"
		 "forwarded-streamlocal@openssh.com\0\0\0\3\0\x20\0\0\0\0\x80\0\0\0\0\0\0\0\0\0") },
	/* OpenSSH's announcements of host keys and its keepalive */
	{ 80, false, TEXT("\0\0\0\x17hostkeys-00@openssh.com\0\0\0\0\3abc") },
	{ 80, false, TEXT("\0\0\0\x15keepalive@openssh.com\1") },
	{ 80, false, TEXT("\xff\xff\xff\xffx\1") },
	/* a window without end, data of a strange kind, more than the window, its length a lie */
	{ 93, true, TEXT("\xff\xff\xff\xff") },
	{ 95, true, TEXT("\0\0\0\2\0\0\0\3abc") },
	{ 94, true, TEXT("\xff\xff\xff\xff") },
	{ 94, true, TEXT("\0\0\0\3abc") },
	{ 95, true, TEXT("\0\0\0\1\0\0\0\3abc") },
	/* ends */
	{ 98, true,
	    TEXT("\0\0\0\x0b"
		 "exit-status\0\0\0\0\7") },
	{ 98, true,
	    TEXT("\0\0\0\x0b"
		 "exit-signal\0\0\0\0\4KILL\0\0\0\0\0\0\0\0\0") },
	{ 98, true,
	    TEXT("\0\0\0\x0b"
		 "exit-signal\0\xff\xff\xff\xffKILL") },
	{ 98, true,
	    TEXT("\0\0\0\x0b"
		 "exit-status\1\0\0") },
	{ 98, true, TEXT("\0\0\0\x15keepalive@openssh.com\1") },
	{ 96, true, NULL },
	{ 97, true, NULL },
	{ 99, true, NULL },
	{ 100, true, NULL },
	/* login */
	{ 52, false, NULL },
	{ 51, false, TEXT("\0\0\0\x08password\1") },
	{ 51, false, TEXT("\xff\xff\xff\xffpassword\0") },
	{ 51, false, TEXT("\0\0\0\0\0") },
	{ 53, false, TEXT("\0\0\0\x1b" HOSTILE "\0\0\0\0") },
	{ 53, false, TEXT("\xff\xff\xff\xf0" HOSTILE "\0\0\0\0") },
	{ 60, false, TEXT("\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0\1") },
	{ 60, false, TEXT("\0\0\0\4name\0\0\0\2in\0\0\0\0\0\0\0\1\0\0\0\2? \1") },
	{ 60, false, TEXT("\0\0\0\x0bssh-ed25519\0\0\0\4blob") },
	/* opening */
	{ 92, true, TEXT("\0\0\0\1\0\0\0\x1b" HOSTILE "\0\0\0\0") },
	{ 91, true, TEXT("\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ 91, true, TEXT("\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff") },
	/* the key exchange at the wrong time */
	{ 20, false, TEXT("0123456789abcdef\0\0\0\0\0\0\0\0") },
	{ 21, false, NULL },
	{ 31, false, TEXT("\0\0\0\0\0\0\0\0\0\0\0\0") },
};

/* The first byte says which, the second how many more. */
static void insert_canned(struct bending *b, const struct record *r)
{
	const struct canned *message = &canned[byte_at(r, 0) % (sizeof canned / sizeof *canned)];
	struct packet p = { 0 };

	packet_begin(&p, message->type);
	if (message->has_channel)
		put_u32(&p, *b->bends->channel);
	put_bytes(&p, message->bytes, message->len);
	for (unsigned i = byte_at(r, 1) + 1; i > 0; i--)
		wire_put(b->wire, &p, NULL);
	packet_done(&p);
}

/* ---- its frame, and the connection ---- */

/*
 * Not where libssh2 1.11.1 is known to be wrong: an encrypted packet that is no whole number of blocks fails an
 * assertion of its decrypt(), and the process ends.
 */
static uint32_t whole_blocks(const struct wire *wire, uint32_t length)
{
	uint32_t head = wire->is_etm || wire->is_gcm ? 0 : 4;

	if (!wire->to.cipher || length < 16 - head || length > 40000)
		return length;
	return (length + head) / 16 * 16 - head;
}

static void frame_length(struct bending *b, const struct record *r)
{
	static const uint32_t lengths[] = { 0, 1, 0x80000000, 0xffffffff, 0x7fffffff, 2, 4, 5, 8,
		12, 35000, 40000, 40001, 0xfffffffc, 15, 16 };

	b->frame.has_length = true;
	b->frame.length = r->len > 1 ? byte_at(r, 0) << 8 | byte_at(r, 1)
				     : lengths[byte_at(r, 0) % (sizeof lengths / sizeof *lengths)];
	b->frame.length = whole_blocks(b->wire, b->frame.length);
}

/* Not a packet at all.  Where no MAC of the encrypted packet comes first, libssh2 takes any bytes for one: see above. */
static void insert_bytes(struct bending *b, const struct record *r)
{
	const struct wire *wire = b->wire;

	if (!wire->to.cipher || wire->is_etm)
		put_bytes(&b->wire->out, r->data, r->len);
}

/*
 * Not where libssh2 1.11.1 is known to be wrong: with a MAC of the encrypted packet it believes a padding longer
 * than the packet and reads beyond its end (mended upstream by 18c3a345, in no release yet).
 */
static void frame_padding(struct bending *b, const struct record *r)
{
	b->frame.has_padding = !b->wire->is_etm || !b->wire->to.cipher;
	b->frame.padding = byte_at(r, 0);
}

static void hang_up(struct bending *b, const struct record *r)
{
	(void)r;
	b->bends->closes = true;
}

static void reset(struct bending *b, const struct record *r)
{
	(void)r;
	b->bends->resets = true;
}

static void rekey(struct bending *b, const struct record *r)
{
	(void)r;
	b->bends->rekeys = true;
}

/* The number in a record is a place in this table, so that new ones go to its end. */
static void (*const ops[])(struct bending *, const struct record *) = {
	drop, /* 0 */
	repeat,
	change,
	cut,
	lengthen,
	pad, /* 5 */
	replace,
	set_number,
	insert,
	flood,
	insert_canned, /* 10 */
	insert_bytes,
	frame_length,
	frame_padding,
	hang_up,
	reset, /* 15 */
	rekey,
};

void bend(void *ctx, struct wire *wire, struct packet *p)
{
	struct bends *bends = ctx;
	struct bending b = { .bends = bends, .wire = wire, .p = p, .copies = 1 };
	const uint8_t *at = bends->script, *end = bends->script + bends->size;

	while (end - at >= 3) {
		struct record r = { at + 3, at[2] };

		if (r.len > (size_t)(end - r.data))
			r.len = (size_t)(end - r.data);
		if (at[0] == bends->sent)
			ops[at[1] % (sizeof ops / sizeof *ops)](&b, &r);
		at = r.data + r.len;
	}
	bends->sent++;
	for (; b.copies > 0; b.copies--)
		wire_put(wire, p, &b.frame);
}
