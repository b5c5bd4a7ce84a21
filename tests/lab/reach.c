/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of a TCP port, for what is forwarded: standard input goes there until its end, which is then told
 * (half-close), and what comes from there goes to standard output until that ends.
 *
 * usage: reach [--socks 4|4a|5] [--many N BYTES] ADDRESS PORT [HOST PORT]
 *   --socks   the port speaks SOCKS, and is asked for HOST PORT; status 3 if it says no
 *   --many    N connections at once, each open before any sends; each sends BYTES bytes of
 *             its own and must get them back, then the end
 * or: reach --dead
 *   a port that answers nobody: SYNs are dropped.  From SIGUSR1 on it lets everybody in, and says "late" on
 *   standard error for each that had to wait.
 */
#include "lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 32 * 1024, STATUS_REFUSED = 3, PATIENCE_MS = 60000 };

struct way {
	const char *address, *host;
	unsigned port, host_port;
	const char *socks; /* NULL: none */
};

/* ---- to the target ---- */

static int connect_to(const struct way *way)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)way->port) };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = to.sin_port };
	int v6 = inet_pton(AF_INET6, way->address, &to6.sin6_addr);
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!v6 && inet_pton(AF_INET, way->address, &to.sin_addr) != 1)
		lab_die(way->address);
	if (fd == -1 ||
	    connect(fd, v6 ? (struct sockaddr *)&to6 : (struct sockaddr *)&to,
		v6 ? sizeof to6 : sizeof to) == -1)
		lab_die("connect");
	return fd;
}

static void put(int fd, const void *data, size_t len)
{
	if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		lab_die("send");
}

/* Exactly len bytes; less is a no. */
static void get(int fd, unsigned char *buf, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t got = recv(fd, buf + at, len - at, 0);
		if (got <= 0)
			exit(STATUS_REFUSED);
		at += (size_t)got;
	}
}

static void ask_socks4(int fd, const struct way *way)
{
	unsigned char request[512] = { 4, 1, (unsigned char)(way->host_port >> 8),
		(unsigned char)way->host_port, 0, 0, 0, 1 };
	unsigned char answer[8];
	size_t len = 8 + 1; /* and an empty user */

	if (strcmp(way->socks, "4a") == 0)
		len += (size_t)snprintf((char *)request + len, 300, "%s", way->host) + 1;
	else
		inet_pton(AF_INET, way->host, request + 4);
	put(fd, request, len);
	get(fd, answer, sizeof answer);
	if (answer[1] != 90)
		exit(STATUS_REFUSED);
}

static void ask_socks5(int fd, const struct way *way)
{
	unsigned char request[512] = { 5, 1, 0, 3 }, answer[10];
	size_t len = strlen(way->host);

	put(fd, "\5\1", 3); /* one way to log in: none */
	get(fd, answer, 2);
	request[4] = (unsigned char)len;
	memcpy(request + 5, way->host, len);
	request[5 + len] = (unsigned char)(way->host_port >> 8);
	request[6 + len] = (unsigned char)way->host_port;
	put(fd, request, 7 + len);
	get(fd, answer, sizeof answer);
	if (answer[1] != 0)
		exit(STATUS_REFUSED);
}

static int reach(const struct way *way)
{
	int fd = connect_to(way);

	if (way->socks && *way->socks == '5')
		ask_socks5(fd, way);
	else if (way->socks)
		ask_socks4(fd, way);
	return fd;
}

/* ---- one connection ---- */

/* From one descriptor to another; false at the end. */
static bool pass(int from, int to)
{
	char buf[CHUNK];
	ssize_t got = read(from, buf, sizeof buf);

	if (got == -1)
		lab_die("read");
	for (ssize_t at = 0; at < got;) {
		ssize_t put_now = write(to, buf + at, (size_t)(got - at));
		if (put_now == -1)
			lab_die("write");
		at += put_now;
	}
	return got > 0;
}

/* Two processes: neither direction waits for the other. */
static int pass_both(int fd)
{
	pid_t sender = fork();

	if (sender == -1)
		lab_die("fork");
	if (sender == 0) {
		signal(SIGPIPE, SIG_DFL);
		while (pass(STDIN_FILENO, fd))
			;
		shutdown(fd, SHUT_WR);
		_exit(0);
	}
	while (pass(fd, STDOUT_FILENO))
		;
	close(STDOUT_FILENO);
	kill(sender, SIGTERM);
	return 0;
}

/* ---- many ---- */

struct peer {
	size_t sent, got;
	bool ended;
};

static unsigned char byte_at(size_t peer, size_t at)
{
	return (unsigned char)(peer * 31 + at * 7 + at / 251);
}

static void send_some(struct peer *peer, size_t number, int fd, size_t total)
{
	unsigned char buf[CHUNK];
	size_t len = total - peer->sent < sizeof buf ? total - peer->sent : sizeof buf;
	ssize_t put_now;

	for (size_t i = 0; i < len; i++)
		buf[i] = byte_at(number, peer->sent + i);
	put_now = send(fd, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (put_now == -1 && errno != EAGAIN)
		lab_die("send");
	peer->sent += put_now > 0 ? (size_t)put_now : 0;
	if (peer->sent == total)
		shutdown(fd, SHUT_WR);
}

static void get_some(struct peer *peer, size_t number, int fd, size_t total)
{
	unsigned char buf[CHUNK];
	ssize_t got = recv(fd, buf, sizeof buf, MSG_DONTWAIT);

	if (got == -1 && errno == EAGAIN)
		return;
	if (got == -1)
		lab_die("recv");
	for (ssize_t i = 0; i < got; i++)
		if (peer->got + (size_t)i >= total ||
		    buf[i] != byte_at(number, peer->got + (size_t)i)) {
			fprintf(stderr, "reach: connection %zu: another byte at %zu\n", number,
			    peer->got + (size_t)i);
			exit(1);
		}
	peer->got += (size_t)got;
	if (got > 0)
		return;
	if (peer->got != total) {
		fprintf(stderr, "reach: connection %zu ended after %zu bytes\n", number, peer->got);
		exit(1);
	}
	peer->ended = true;
}

static int many(const struct way *way, size_t count, size_t total)
{
	struct pollfd *fds = calloc(count, sizeof *fds);
	struct peer *peers = calloc(count, sizeof *peers);
	size_t left = count;

	if (!fds || !peers)
		lab_die("memory");
	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = reach(way), .events = POLLIN | POLLOUT };
	while (left > 0) {
		if (poll(fds, count, PATIENCE_MS) <= 0)
			lab_die("nothing moves");
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents & POLLOUT && peers[i].sent < total)
				send_some(&peers[i], i, fds[i].fd, total);
			if (peers[i].sent == total)
				fds[i].events = POLLIN;
			if (fds[i].revents & (POLLIN | POLLHUP))
				get_some(&peers[i], i, fds[i].fd, total);
			if (peers[i].ended) {
				close(fds[i].fd);
				fds[i].fd = -1;
				fds[i].revents = 0;
				peers[i].ended = false;
				left--;
			}
		}
	}
	free(fds);
	free(peers);
	return 0;
}

/* ---- a dead port ---- */

static volatile sig_atomic_t awake;

static void on_wake(int signum)
{
	(void)signum;
	awake = 1;
}

/* Fills the queue of who waits to be accepted: Linux drops every SYN then.  How many fitted. */
static size_t fill_queue(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	size_t count = 0;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (;; count++) {
		struct pollfd fd = { .events = POLLOUT };

		fd.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(fd.fd, (struct sockaddr *)&to, sizeof to) == -1 && errno != EINPROGRESS)
			lab_die("connect");
		if (poll(&fd, 1, 300) != 1) {
			close(fd.fd);
			return count;
		}
	}
}

static int play_dead(void)
{
	struct sigaction wake = { .sa_handler = on_wake };
	struct pollfd fds[3] = { { .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN } };
	int watched[2];
	unsigned port;
	size_t before;

	fds[0].fd = lab_bind(true, &port);
	if (listen(fds[0].fd, 0) == -1)
		lab_die("listen");
	before = fill_queue(port);
	sigaction(SIGUSR1, &wake, NULL);
	lab_watch(watched);
	fds[1].fd = watched[0];
	fds[2].fd = watched[1];
	lab_announce("dead", port);
	lab_announced();
	for (size_t accepted = 0;;) {
		fds[0].events = awake ? POLLIN : 0;
		if (poll(fds, 3, -1) == -1)
			continue;
		if (fds[1].revents || fds[2].revents)
			return 0;
		if (accept(fds[0].fd, NULL, NULL) != -1 && accepted++ >= before)
			fprintf(stderr, "late\n");
	}
}

int main(int argc, char **argv)
{
	struct way way = { 0 };
	size_t count = 0, bytes = 0;
	int at = 1;

	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--dead") == 0)
		return play_dead();
	if (at + 1 < argc && strcmp(argv[at], "--socks") == 0) {
		way.socks = argv[at + 1];
		at += 2;
	}
	if (at + 2 < argc && strcmp(argv[at], "--many") == 0) {
		count = strtoul(argv[at + 1], NULL, 10);
		bytes = strtoul(argv[at + 2], NULL, 10);
		at += 3;
	}
	if (argc - at != (way.socks ? 4 : 2))
		lab_die("usage: reach [--socks 4|4a|5] [--many N BYTES] ADDRESS PORT [HOST PORT]");
	way.address = argv[at];
	way.port = (unsigned)strtoul(argv[at + 1], NULL, 10);
	way.host = way.socks ? argv[at + 2] : NULL;
	way.host_port = way.socks ? (unsigned)strtoul(argv[at + 3], NULL, 10) : 0;
	return count ? many(&way, count, bytes) : pass_both(reach(&way));
}
