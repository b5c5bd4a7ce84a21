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

/* The name-lists of a KEXINIT (RFC 4253, section 7.1), but for compression and languages; CS: from the client. */
struct lists {
	const char *kex, *hostkey, *cipher_cs, *cipher_sc, *mac_cs, *mac_sc;
};

#define GOOD_LISTS                                                                                 \
	.kex = "curve25519-sha256", .hostkey = "ssh-ed25519", .cipher_cs = "aes128-ctr",           \
	.cipher_sc = "aes128-ctr", .mac_cs = "hmac-sha2-256", .mac_sc = "hmac-sha2-256"

/* The identification and a KEXINIT. */
static size_t make_kexinit(char **text, const struct lists *wanted)
{
	enum { PADDING = 16 };
	const char *lists[] = { wanted->kex, wanted->hostkey, wanted->cipher_cs, wanted->cipher_sc,
		wanted->mac_cs, wanted->mac_sc, "none", "none", "", "" };
	size_t size = 256;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		size += strlen(lists[i]);
	char *start = room(size), *at = start;
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
	return make_kexinit(text, &(struct lists){ GOOD_LISTS });
}

/* A KEXINIT that is good but for one list, which names nothing that anybody has. */
#define MAKE_KEXINIT_WITHOUT(list)                                                                 \
	static size_t make_kexinit_##list(char **text)                                             \
	{                                                                                          \
		struct lists lists = { GOOD_LISTS };                                               \
		lists.list = "odd@" #list;                                                         \
		return make_kexinit(text, &lists);                                                 \
	}
MAKE_KEXINIT_WITHOUT(kex)
MAKE_KEXINIT_WITHOUT(hostkey)
MAKE_KEXINIT_WITHOUT(cipher_cs)
MAKE_KEXINIT_WITHOUT(cipher_sc)
MAKE_KEXINIT_WITHOUT(mac_cs)
MAKE_KEXINIT_WITHOUT(mac_sc)

static size_t make_kexinit_none(char **text)
{
	struct lists lists = { GOOD_LISTS };

	lists.kex = "sntrup761x25519-sha512@openssh.com";
	lists.cipher_cs = lists.cipher_sc = "camellia256-ctr";
	return make_kexinit(text, &lists);
}

static size_t make_kexinit_long(char **text)
{
	enum { SIZE = 30000 };
	char *list = room(SIZE + 1);
	struct lists lists = { GOOD_LISTS };

	for (size_t i = 0; i < SIZE; i++)
		list[i] = i % 10 == 9 ? ',' : 'k';
	list[SIZE - 1] = 'k';
	list[SIZE] = '\0';
	lists.kex = list;
	size_t size = make_kexinit(text, &lists);
	free(list);
	return size;
}

static size_t make_kexinit_huge(char **text)
{
	enum { SIZE = 1024 * 1024 };
	char *list = room(SIZE + 1);

	for (size_t i = 0; i < SIZE; i++)
		list[i] = i % 9 == 8 ? ',' : 'k';
	list[SIZE] = '\0';
	size_t size = make_kexinit(text, &(struct lists){ list, list, list, list, list, list });
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
	{ "reset-banner", "RST once the client has said hello", .after = RESET, .last = 1 },
	{ "reset-kex", "RST in the key exchange", .make = make_kexinit_good, .after = RESET,
	    .last = 256 },
	{ "full", "sshd that has no room, in its own words", .text = "Exceeded MaxStartups\r\n",
	    .after = CLOSE },
	{ "penalty", "sshd that has had enough of us", .text = "Not allowed at this time\r\n",
	    .after = CLOSE },
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
	{ "kexinit-kex", "... no key exchange in common", .make = make_kexinit_kex, .after = HOLD },
	{ "kexinit-hostkey", "... no host key algorithm", .make = make_kexinit_hostkey,
	    .after = HOLD },
	{ "kexinit-cipher-cs", "... no cipher to the server", .make = make_kexinit_cipher_cs,
	    .after = HOLD },
	{ "kexinit-cipher-sc", "... no cipher from the server", .make = make_kexinit_cipher_sc,
	    .after = HOLD },
	{ "kexinit-mac-cs", "... no MAC to the server", .make = make_kexinit_mac_cs,
	    .after = HOLD },
	{ "kexinit-mac-sc", "... no MAC from the server", .make = make_kexinit_mac_sc,
	    .after = HOLD },
	{ "kexinit-long", "a KEXINIT with 3,000 key exchanges that nobody has",
	    .make = make_kexinit_long, .after = HOLD },
	{ "kexinit-huge", "a KEXINIT with lists of 1 MiB", .make = make_kexinit_huge,
	    .after = HOLD },
	{ "disconnect", "SSH_MSG_DISCONNECT with terminal codes as the reason",
	    BYTES(BANNER "\x00\x00\x00\x34\x0b\x01\x00\x00\x00\x0b\x00\x00\x00\x1b" HOSTILE
			 "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
	    .after = CLOSE },
	{ NULL },
};
