/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that misbehave, on loopback.  One process, one poll loop; the
 * behaviours are a table of their own.
 *
 * usage: faultd [NAME=]BEHAVIOUR...     prints "name port" a line, serves until SIGTERM,
 *                                or until standard input closes if that is a pipe
 *        faultd --list
 */
#include "faultd.h"

#include "lab.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PORTS = 64, MAX_CONNS = 512, TICK_MS = 1000 };

struct port {
	const struct behaviour *how;
	char *made; /* what make() wrote, or NULL */
	const char *text;
	size_t size;
	int fd;
	bool is_listening;
};

struct conn {
	const struct port *port; /* NULL: a free place */
	int fd;
	size_t sent, received;
	bool is_closed; /* our half; the client has yet to close its own */
};

struct faultd {
	struct port ports[MAX_PORTS];
	size_t port_count;
	struct conn conns[MAX_CONNS];
	long long next_tick_ms;
};

static volatile sig_atomic_t is_ending;

static void on_signal(int sig)
{
	(void)sig;
	is_ending = 1;
}

static void conn_end(struct conn *conn)
{
	close(conn->fd);
	conn->port = NULL;
}

static void conn_reset(struct conn *conn)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	conn_end(conn);
}

/* Closing for good while the client still sends would be an RST, and that may overtake the text. */
static void conn_close(struct conn *conn)
{
	if (conn->port->size == 0) {
		conn_end(conn);
		return;
	}
	shutdown(conn->fd, SHUT_WR);
	conn->is_closed = true;
}

static bool wants_to_send(const struct conn *conn)
{
	return conn->received >= conn->port->how->wait && conn->sent < conn->port->size;
}

/* All is sent, and the client has said what we waited for. */
static void conn_after(struct conn *conn)
{
	const struct behaviour *how = conn->port->how;

	if (conn->is_closed || conn->sent < conn->port->size ||
	    conn->received < how->wait + how->last)
		return;
	switch (how->after) {
	case HOLD:
		return;
	case AGAIN:
		conn->sent = 0;
		return;
	case CLOSE:
		conn_close(conn);
		return;
	case RESET:
		conn_reset(conn);
		return;
	}
}

static void conn_send(struct conn *conn)
{
	size_t n = conn->port->size - conn->sent;

	if (conn->port->how->bps && n > conn->port->how->bps)
		n = conn->port->how->bps;
	ssize_t sent = send(conn->fd, conn->port->text + conn->sent, n, MSG_NOSIGNAL);
	if (sent > 0)
		conn->sent += (size_t)sent;
	else if (errno != EAGAIN && errno != EINTR)
		conn_end(conn);
}

static void conn_receive(struct conn *conn)
{
	char buf[65536];
	ssize_t n = recv(conn->fd, buf, sizeof buf, 0);

	if (n > 0)
		conn->received += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		conn_end(conn);
}

static void conn_accept(struct faultd *faultd, const struct port *port)
{
	int fd = accept4(port->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	for (size_t i = 0; fd != -1 && i < MAX_CONNS; i++)
		if (!faultd->conns[i].port) {
			faultd->conns[i] = (struct conn){ .port = port, .fd = fd };
			conn_after(&faultd->conns[i]);
			return;
		}
	if (fd != -1)
		close(fd);
}

static short events_of(const struct conn *conn)
{
	bool is_slow = conn->port->how->bps > 0;

	return (short)(POLLIN | (wants_to_send(conn) && !is_slow ? POLLOUT : 0));
}

static void conn_step(struct conn *conn, short revents, bool is_tick)
{
	if (revents & (POLLIN | POLLHUP | POLLERR))
		conn_receive(conn);
	if (conn->port && wants_to_send(conn) &&
	    ((revents & POLLOUT) || (is_tick && conn->port->how->bps)))
		conn_send(conn);
	if (conn->port)
		conn_after(conn);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* True once a second. */
static bool tick(struct faultd *faultd)
{
	long long now = now_ms();

	if (now < faultd->next_tick_ms)
		return false;
	faultd->next_tick_ms = now + TICK_MS;
	return true;
}

static nfds_t fill(struct faultd *faultd, struct pollfd *fds, struct conn **conns)
{
	nfds_t n = 0;

	for (size_t i = 0; i < faultd->port_count; i++) {
		const struct port *port = &faultd->ports[i];
		fds[n++] =
		    (struct pollfd){ .fd = port->is_listening ? port->fd : -1, .events = POLLIN };
	}
	for (size_t i = 0; i < MAX_CONNS; i++) {
		struct conn *conn = &faultd->conns[i];
		if (!conn->port)
			continue;
		conns[n] = conn;
		fds[n++] = (struct pollfd){ .fd = conn->fd, .events = events_of(conn) };
	}
	return n;
}

static void turn(struct faultd *faultd, const struct pollfd *fds, struct conn **conns, nfds_t n)
{
	bool is_tick = tick(faultd);

	for (nfds_t i = faultd->port_count; i < n; i++)
		conn_step(conns[i], fds[i].revents, is_tick);
	for (size_t i = 0; i < faultd->port_count; i++)
		if (fds[i].revents & POLLIN)
			conn_accept(faultd, &faultd->ports[i]);
}

static void loop(struct faultd *faultd, const int watched[2])
{
	static struct pollfd fds[MAX_PORTS + MAX_CONNS + 2];
	static struct conn *conns[MAX_PORTS + MAX_CONNS];

	while (!is_ending) {
		nfds_t n = fill(faultd, fds, conns);
		fds[n] = (struct pollfd){ .fd = watched[0], .events = POLLIN };
		fds[n + 1] = (struct pollfd){ .fd = watched[1], .events = POLLIN };
		int ready = poll(fds, n + 2, TICK_MS);
		if (ready == -1 && errno != EINTR)
			lab_die("poll");
		if (ready == -1)
			continue;
		if (fds[n].revents || fds[n + 1].revents)
			return;
		turn(faultd, fds, conns, n);
	}
}

static const struct behaviour *find(const char *name)
{
	for (const struct behaviour *how = behaviours; how->name; how++)
		if (strcmp(how->name, name) == 0)
			return how;
	fprintf(stderr, "faultd: no behaviour named %s; see faultd --list\n", name);
	exit(2);
}

/* word: "behaviour", or "name=behaviour" to announce another name */
static void add_port(struct faultd *faultd, char *word)
{
	char *name = strsep(&word, "=");
	const struct behaviour *how = find(word ? word : name);
	struct port *port = &faultd->ports[faultd->port_count++];
	unsigned number;

	port->how = how;
	port->text = how->text;
	port->size = how->size ? how->size : how->text ? strlen(how->text) : 0;
	if (how->make) {
		port->size = how->make(&port->made);
		port->text = port->made;
	}
	/* A bound socket that does not listen refuses, and keeps others off the port. */
	port->is_listening = strcmp(how->name, "refused") != 0;
	port->fd = lab_bind(port->is_listening, &number);
	lab_announce(name, number);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int list(void)
{
	for (const struct behaviour *how = behaviours; how->name; how++)
		printf("%-14s %s\n", how->name, how->what);
	return 0;
}

int main(int argc, char **argv)
{
	static struct faultd faultd;
	int watched[2];

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	if (argc < 2 || argc > MAX_PORTS) {
		fprintf(stderr, "usage: faultd [NAME=]BEHAVIOUR... | --list\n");
		return 2;
	}
	catch_signals();
	for (int i = 1; i < argc; i++)
		add_port(&faultd, argv[i]);
	lab_announced();
	lab_watch(watched);
	loop(&faultd, watched);
	for (size_t i = 0; i < faultd.port_count; i++)
		free(faultd.ports[i].made);
	return 0;
}
