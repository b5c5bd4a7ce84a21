/* SPDX-License-Identifier: Apache-2.0 */
#include "faultd.h"

#include "lab.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BANNER "SSH-2.0-OpenSSH_9.2p1\r\n"
#define BYTES(text_) .text = (text_), .size = sizeof(text_) - 1

/* ---- texts that are too long to spell ---- */

static char *room(size_t size)
{
	char *text = malloc(size);

	if (!text)
		lab_die("memory");
	return text;
}

static char *put_u32(char *at, size_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (char)(unsigned char)(value >> shift);
	return at;
}

static char *put_list(char *at, const char *list)
{
	size_t n = strlen(list);

	at = put_u32(at, n);
	memcpy(at, list, n);
	return at + n;
}

static size_t make_long_line(char **text)
{
	enum { SIZE = 100 * 1024 };

	*text = room(SIZE);
	memset(*text, 'A', SIZE);
	return SIZE;
}

static size_t make_random(char **text)
{
	enum { SIZE = 1024 };
	uint32_t state = 12345;

	*text = room(SIZE);
	for (size_t i = 0; i < SIZE; i++) {
		state = state * 1664525u + 1013904223u;
		(*text)[i] = (char)(unsigned char)(state >> 24);
	}
	return SIZE;
}

static size_t make_long_banner(char **text)
{
	enum { SIZE = 300 };

	*text = room(SIZE);
	memset(*text, 'x', SIZE);
	memcpy(*text, "SSH-2.0-", 8);
	memcpy(*text + SIZE - 2, "\r\n", 2);
	return SIZE;
}

/* The identification and a KEXINIT with these lists (RFC 4253, section 7.1). */
static size_t make_kexinit(char **text, const char *kex, const char *hostkey, const char *cipher)
{
	enum { PADDING = 16 };
	const char *lists[] = { kex, hostkey, cipher, cipher, "hmac-sha2-256", "hmac-sha2-256",
		"none", "none", "", "" };
	char *start = room(strlen(kex) + strlen(hostkey) + 2 * strlen(cipher) + 256), *at = start;

	memcpy(at, BANNER, sizeof BANNER - 1);
	char *packet = at + sizeof BANNER - 1;
	at = packet + 4;
	*at++ = PADDING;
	*at++ = 20; /* SSH_MSG_KEXINIT */
	memset(at, 7, 16);
	at += 16;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		at = put_list(at, lists[i]);
	*at++ = 0;
	at = put_u32(at, 0);
	while ((at - packet) % 8 != 0)
		*at++ = 0, packet[4]++;
	memset(at, 0, PADDING);
	at += PADDING;
	put_u32(packet, (size_t)(at - packet) - 4);
	*text = start;
	return (size_t)(at - start);
}

static size_t make_kexinit_good(char **text)
{
	return make_kexinit(text, "curve25519-sha256", "ssh-ed25519", "aes128-ctr");
}

static size_t make_kexinit_none(char **text)
{
	return make_kexinit(
	    text, "sntrup761x25519-sha512@openssh.com", "ssh-ed25519", "camellia256-ctr");
}

static size_t make_kexinit_huge(char **text)
{
	enum { SIZE = 1024 * 1024 };
	char *list = room(SIZE + 1);

	for (size_t i = 0; i < SIZE; i++)
		list[i] = i % 9 == 8 ? ',' : 'k';
	list[SIZE] = '\0';
	size_t size = make_kexinit(text, list, list, list);
	free(list);
	return size;
}

/* ---- the table ---- */

#define HOSTILE "\033]0;owned\007\033[2J\033[31mtrust me"

const struct behaviour behaviours[] = {
	{ "refused", "nobody listens on the port" },
	{ "silent", "accepts and says nothing", .after = HOLD },
	{ "close", "closes at once, as a full sshd does", .after = CLOSE },
	{ "reset", "RST after accept", .after = RESET },
	{ "reset-kex", "RST in the key exchange", .make = make_kexinit_good, .after = RESET,
	    .last = 256 },
	{ "endless", "lines before the banner without end",
	    .text = "Welcome to the machine that never comes to the point.\r\n", .after = AGAIN },
	{ "longline", "100 kB without a line end", .make = make_long_line, .after = HOLD },
	{ "http", "a web server",
	    .text = "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nContent-Length: 0\r\n"
		    "Connection: close\r\n\r\n",
	    .after = CLOSE, .wait = 1 },
	{ "tls", "a TLS server: the alert record_overflow for what is no ClientHello",
	    BYTES("\x15\x03\x01\x00\x02\x02\x16"), .after = CLOSE, .wait = 1 },
	{ "smtp", "a mail server", .text = "220 mail.example.org ESMTP Postfix\r\n",
	    .after = HOLD },
	{ "random", "random bytes", .make = make_random, .after = CLOSE },
	{ "ssh1", "a server of protocol 1.5", .text = "SSH-1.5-OpenSSH_1.2.3\r\n", .after = HOLD },
	{ "banner-escape", "terminal codes in the banner", .text = "SSH-2.0-" HOSTILE "\r\n",
	    .after = HOLD },
	{ "banner-nul", "a NUL byte in the banner", BYTES("SSH-2.0-Open\0SSH\r\n"), .after = HOLD },
	{ "banner-long", "a banner of 300 bytes", .make = make_long_banner, .after = HOLD },
	{ "drip", "one byte a second", .make = make_long_banner, .after = HOLD, .bps = 1 },
	{ "packet-0", "packet_length 0", BYTES(BANNER "\x00\x00\x00\x00\x0a\x14\x00\x00"),
	    .after = HOLD },
	{ "packet-1", "packet_length 1", BYTES(BANNER "\x00\x00\x00\x01\x0a\x14\x00\x00"),
	    .after = HOLD },
	{ "packet-2g", "packet_length 2^31", BYTES(BANNER "\x80\x00\x00\x00\x0a\x14\x00\x00"),
	    .after = HOLD },
	{ "packet-4g", "packet_length 2^32-1", BYTES(BANNER "\xff\xff\xff\xff\x0a\x14\x00\x00"),
	    .after = HOLD },
	{ "padding", "padding longer than its packet",
	    BYTES(BANNER "\x00\x00\x00\x0c\xc8\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
	    .after = HOLD },
	{ "kexinit-none", "a KEXINIT with nothing in common", .make = make_kexinit_none,
	    .after = HOLD },
	{ "kexinit-huge", "a KEXINIT with lists of 1 MiB", .make = make_kexinit_huge,
	    .after = HOLD },
	{ "disconnect", "SSH_MSG_DISCONNECT with terminal codes as the reason",
	    BYTES(BANNER "\x00\x00\x00\x34\x0b\x01\x00\x00\x00\x0b\x00\x00\x00\x1b" HOSTILE
			 "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
	    .after = CLOSE },
	{ NULL },
};
