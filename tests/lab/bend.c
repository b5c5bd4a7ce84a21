/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands between a client, on standard input and output, and a server, and does something
 * to one byte of what the server says.
 *
 * usage: bend PORT OFFSET flip[BIT]|cut|reset
 *   flip   one bit (0 to 7, 0 unless it is said) of the byte at OFFSET is another one
 *   cut    the connection is closed before that byte
 *   reset  ... is reset before it
 */
#include "lab.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT = STDIN_FILENO, CHUNK = 65536 };

struct bend {
	int server;
	long long left; /* bytes before the one */
	const char *how;
};

static int connect_to(unsigned port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sin, sizeof sin) == -1)
		lab_die("connect");
	return fd;
}

static void pass(int to, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(to, data, len, MSG_NOSIGNAL);

		if (sent <= 0)
			exit(0);
		data += sent;
		len -= (size_t)sent;
	}
}

static _Noreturn void hang_up(bool with_reset)
{
	const struct linger none = { .l_onoff = 1 };

	if (with_reset)
		setsockopt(CLIENT, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	exit(0);
}

static void from_server(struct bend *bend)
{
	static char data[CHUNK];
	ssize_t got = recv(bend->server, data, sizeof data, 0);

	if (got <= 0)
		exit(0);
	if (bend->left >= 0 && bend->left < got) {
		if (strncmp(bend->how, "flip", 4) != 0) {
			pass(CLIENT, data, (size_t)bend->left);
			hang_up(strcmp(bend->how, "reset") == 0);
		}
		data[bend->left] ^= (char)(1 << atoi(bend->how + 4));
	}
	bend->left -= got;
	pass(CLIENT, data, (size_t)got);
}

static void from_client(const struct bend *bend)
{
	static char data[CHUNK];
	ssize_t got = recv(CLIENT, data, sizeof data, 0);

	if (got <= 0)
		exit(0);
	pass(bend->server, data, (size_t)got);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .fd = CLIENT, .events = POLLIN }, { .events = POLLIN } };
	struct bend bend;

	if (argc != 4) {
		fprintf(stderr, "usage: bend PORT OFFSET flip[BIT]|cut|reset\n");
		return 2;
	}
	bend = (struct bend){ connect_to((unsigned)atoi(argv[1])), atoll(argv[2]), argv[3] };
	fds[1].fd = bend.server;
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			from_client(&bend);
		if (fds[1].revents)
			from_server(&bend);
	}
	return 0;
}
