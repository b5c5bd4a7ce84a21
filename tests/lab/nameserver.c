/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name server on port 53 of 127.0.0.1, for a network namespace (netns.sh), that answers as it is told to.
 *
 * usage: nameserver NAME=ANSWER[,ANSWER...]...     prints "nameserver 53", serves until SIGTERM
 *
 * ANSWER is an IPv4 or IPv6 address; COUNTxIPV4-ADDRESS, so many from that one on; EMPTY, a name without any
 * address; NXDOMAIN, SERVFAIL or REFUSED; or SILENT.  All other names are NXDOMAIN.
 */
#include "lab.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 1035 section 4.1, RFC 3596 section 2.1. */
enum { PORT = 53, HEADER = 12, TYPE_A = 1, TYPE_AAAA = 28, MESSAGE_MAX = 8192 };
enum { SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, SILENT = -1, NOERROR = 0 };

struct message {
	unsigned char bytes[MESSAGE_MAX];
	size_t len;
};

static void put(struct message *m, const void *bytes, size_t len)
{
	if (m->len + len > sizeof m->bytes)
		exit(1);
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

/* One more answer for the name of the question. */
static void put_address(struct message *m, unsigned type, const void *address, size_t len)
{
	const unsigned char head[] = { 0xc0, HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0, 0, 0,
		(unsigned char)len };

	put(m, head, sizeof head);
	put(m, address, len);
	m->bytes[7]++;
}

static void put_many(struct message *m, unsigned count, const char *first)
{
	struct in_addr address;

	if (inet_pton(AF_INET, first, &address) != 1)
		lab_die(first);
	for (unsigned i = 0; i < count; i++) {
		put_address(m, TYPE_A, &address, sizeof address);
		address.s_addr = htonl(ntohl(address.s_addr) + 1);
	}
}

static int code_of(const char *answer)
{
	static const struct {
		const char *name;
		int code;
	} codes[] = { { "NXDOMAIN", NXDOMAIN }, { "SERVFAIL", SERVFAIL }, { "REFUSED", REFUSED },
		{ "SILENT", SILENT } };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i].name, answer) == 0)
			return codes[i].code;
	return NOERROR;
}

/* Adds what it says for this type; a code. */
static int answer_one(struct message *m, unsigned type, const char *answer)
{
	unsigned char address[16];
	const char *times = strchr(answer, 'x');

	if (type == TYPE_AAAA && inet_pton(AF_INET6, answer, address) == 1)
		put_address(m, type, address, 16);
	if (type == TYPE_A && inet_pton(AF_INET, answer, address) == 1)
		put_address(m, type, address, 4);
	if (type == TYPE_A && times)
		put_many(m, (unsigned)strtoul(answer, NULL, 10), times + 1);
	return code_of(answer);
}

/* The name of the question with dots, and its end; 0: malformed. */
static size_t read_name(const struct message *m, char *name)
{
	size_t at = HEADER, out = 0;

	while (at < m->len && m->bytes[at]) {
		size_t len = m->bytes[at++];
		if (len > 63 || at + len >= m->len || out + len > 250)
			return 0;
		if (out)
			name[out++] = '.';
		memcpy(name + out, m->bytes + at, len);
		out += len;
		at += len;
	}
	name[out] = '\0';
	return at + 5 <= m->len ? at + 1 : 0;
}

/* The word of our arguments that is about the name. */
static const char *find(char **argv, const char *name)
{
	size_t len = strlen(name);

	for (; *argv; argv++)
		if (strncasecmp(*argv, name, len) == 0 && (*argv)[len] == '=')
			return *argv + len + 1;
	return "NXDOMAIN";
}

/* Makes the answer of the question; false: no answer. */
static bool answer(struct message *m, char **argv)
{
	char name[256], *answers, *rest;
	size_t end = read_name(m, name);
	int code = NOERROR;

	if (!end)
		return false;
	unsigned type = m->bytes[end] * 256u + m->bytes[end + 1];
	m->len = end + 4;
	m->bytes[2] = 0x81; /* an answer, recursion wanted */
	m->bytes[3] = 0x80; /* ... and done */
	memset(m->bytes + 6, 0, 6);
	rest = answers = strdup(find(argv, name));
	for (char *one; code == NOERROR && (one = strsep(&rest, ",")) != NULL;)
		code = answer_one(m, type, one);
	free(answers);
	if (code != SILENT)
		m->bytes[3] |= (unsigned char)code;
	return code != SILENT;
}

static void serve(int fd, char **argv)
{
	static struct message m;
	struct sockaddr_in from;
	socklen_t len = sizeof from;
	ssize_t got = recvfrom(fd, m.bytes, sizeof m.bytes, 0, (struct sockaddr *)&from, &len);

	if (got < HEADER)
		return;
	m.len = (size_t)got;
	if (answer(&m, argv))
		sendto(fd, m.bytes, m.len, 0, (struct sockaddr *)&from, len);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct pollfd fds[3] = { { .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN } };
	int watched[2];

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fds[0].fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (argc < 2 || fds[0].fd == -1 || bind(fds[0].fd, (struct sockaddr *)&to, sizeof to) == -1)
		lab_die("port 53");
	lab_watch(watched);
	fds[1].fd = watched[0];
	fds[2].fd = watched[1];
	lab_announce("nameserver", PORT);
	lab_announced();
	for (;;) {
		if (poll(fds, 3, -1) == -1)
			continue;
		if (fds[1].revents || fds[2].revents)
			return 0;
		serve(fds[0].fd, argv + 1);
	}
}
