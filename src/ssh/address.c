/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses for people. */
#include "ssh/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sallyport/ssh.h"

void address_text(const struct address *address, char *out, size_t size)
{
	if (getnameinfo((const struct sockaddr *)&address->sa, address->len, out, (socklen_t)size,
		NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(out, size, "?");
}

/* The IANA registries of special-purpose addresses, as far as a host may be given one. */
static const struct block {
	const char *net;
	unsigned bits;
	const char *scope;
} blocks4[] = {
	{ "127.0.0.0", 8, "loopback" },
	{ "10.0.0.0", 8, "private" },
	{ "172.16.0.0", 12, "private" },
	{ "192.168.0.0", 16, "private" },
	{ "169.254.0.0", 16, "link-local" },
	{ "100.64.0.0", 10, "CGNAT" },
	{ "0.0.0.0", 8, "placeholder" },
	{ "192.0.2.0", 24, "placeholder" },
	{ "198.51.100.0", 24, "placeholder" },
	{ "203.0.113.0", 24, "placeholder" },
	{ "198.18.0.0", 15, "placeholder" },
	{ "224.0.0.0", 3, "placeholder" },
}, blocks6[] = {
	{ "::1", 128, "loopback" },
	{ "fc00::", 7, "private" },
	{ "fe80::", 10, "link-local" },
	{ "::", 128, "placeholder" },
	{ "2001:db8::", 32, "placeholder" },
	{ "3fff::", 20, "placeholder" },
	{ "100::", 64, "placeholder" },
	{ "ff00::", 8, "placeholder" },
};

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

static const char *scope_in(const struct block *blocks, size_t count, int family, const void *bytes)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char net[16] = { 0 };

		inet_pton(family, blocks[i].net, net);
		if (same_bits(bytes, net, blocks[i].bits))
			return blocks[i].scope;
	}
	return "";
}

const char *address_scope(const struct address *address)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&address->sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->sa;

	if (address->sa.ss_family == AF_INET)
		return scope_in(blocks4, ARRAY_LEN(blocks4), AF_INET, &in->sin_addr);
	if (address->sa.ss_family != AF_INET6)
		return "";
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		return scope_in(blocks4, ARRAY_LEN(blocks4), AF_INET, &in6->sin6_addr.s6_addr[12]);
	return scope_in(blocks6, ARRAY_LEN(blocks6), AF_INET6, &in6->sin6_addr);
}

/* An address as text into its bytes. */
static bool address_parse(const char *text, struct address *address)
{
	static const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found;

	if (getaddrinfo(text, NULL, &hints, &found) != 0)
		return false;
	*address = (struct address){ .len = found->ai_addrlen };
	memcpy(&address->sa, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

const char *address_text_scope(const char *text)
{
	struct address address;

	return address_parse(text, &address) ? address_scope(&address) : NULL;
}

bool address_from(const struct address *to, const char *bind_address, struct address *from)
{
	int fd;
	bool ok;

	if (bind_address && *bind_address)
		return address_parse(bind_address, from);
	/* UDP connects without a packet, and getsockname() tells what was chosen. */
	fd = socket(to->sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	*from = (struct address){ .len = sizeof from->sa };
	ok = connect(fd, (const struct sockaddr *)&to->sa, to->len) == 0 &&
	    getsockname(fd, (struct sockaddr *)&from->sa, &from->len) == 0;
	close(fd);
	return ok;
}
