/* SPDX-License-Identifier: Apache-2.0 */
/* Ports here: -L and -D. */
#include "forward.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	BACKLOG = 128,
	TURN_MAX = 64, /* let in before others have their turn */
	REST_MS = 1000, /* OpenSSH's channels.c waits as long when descriptors run out */
};

/* ---- where to listen ---- */

/* As channel_fwd_bind_addr() in OpenSSH's channels.c: to *node and the flag for every address. */
static void bind_node(const struct forward *forward, bool gateway, const char **node, int *flags)
{
	const char *bind = forward->bind;

	*flags = AI_NUMERICHOST | AI_NUMERICSERV;
	*node = bind && *bind && !str_eq(bind, "*") && !str_eq(bind, "localhost") ? bind : NULL;
	if (bind ? !*node && !str_eq(bind, "localhost") : gateway)
		*flags |= AI_PASSIVE;
}

static struct addrinfo *bind_addresses(const struct entrance *entrance, struct err *err)
{
	const struct conn *conn = entrance->conn;
	const struct forward *forward = &entrance->forward;
	struct addrinfo hints = { .ai_family = conn->options.family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *node;
	char port[16];

	bind_node(forward, conn->options.gateway_ports, &node, &hints.ai_flags);
	snprintf(port, sizeof port, "%ld", forward->port);
	if (getaddrinfo(node, port, &hints, &found) != 0)
		err_set(err, ERR_INVALID,
		    _("\"%s\" is no address to listen on; give an IP address of this machine, localhost, or *"),
		    node ? node : "*");
	return found;
}

/* ---- a door ---- */

static void on_knock(void *ctx, unsigned events)
{
	struct door *door = ctx;

	(void)events;
	door->ready = true;
	conn_wake(door->entrance->conn);
}

static int listen_on(const struct addrinfo *address)
{
	int on = 1, errnum;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

static bool add_door(struct entrance *entrance, int fd)
{
	struct door *door = &entrance->doors[entrance->door_count];

	*door = (struct door){ .entrance = entrance, .fd = fd };
	door->watch = loop_watch_start(entrance->conn->loop, fd, 0, on_knock, door);
	if (!door->watch) {
		close(fd);
		return false;
	}
	entrance->door_count++;
	return true;
}

/* Half open: connections to the other address go to who sits there. */
static void warn_half(const struct entrance *entrance, const struct addrinfo *address, int errnum)
{
	struct address plain = { .len = address->ai_addrlen };
	struct str text = STR_INIT;
	char shown[64];

	/* A machine without IPv6 is nothing to speak of. */
	if (errnum != EADDRINUSE && errnum != EACCES)
		return;
	memcpy(&plain.sa, address->ai_addr, address->ai_addrlen);
	address_text(&plain, shown, sizeof shown);
	entrance_label(&entrance->forward, &text);
	str_addf(&text, _(": not on %s: %s"), shown, strerror(errnum));
	conn_remark(entrance->conn, str_text(&text));
	str_done(&text);
}

bool doors_open(struct entrance *entrance, struct err *err)
{
	struct str label = STR_INIT;
	struct addrinfo *found, *failed = NULL;
	int errnum = 0;

	entrance_label(&entrance->forward, &label);
	found = bind_addresses(entrance, err);
	for (struct addrinfo *at = found; at && entrance->door_count < DOORS_MAX;
	     at = at->ai_next) {
		int fd = listen_on(at);

		if (fd != -1 && add_door(entrance, fd))
			continue;
		if (!failed || errno == EADDRINUSE) {
			failed = at;
			errnum = errno;
		}
	}
	if (entrance->door_count && failed)
		warn_half(entrance, failed, errnum);
	else if (!entrance->door_count && found)
		err_set(err, ERR_LOCAL, _("port %ld cannot be listened on: %s"),
		    entrance->forward.port, strerror(errnum));
	if (!entrance->door_count)
		err_context(err, "%s", str_text(&label));
	if (found)
		freeaddrinfo(found);
	str_done(&label);
	return entrance->door_count > 0;
}

void doors_close(struct entrance *entrance)
{
	for (size_t i = 0; i < entrance->door_count; i++) {
		loop_watch_cancel(entrance->doors[i].watch);
		close(entrance->doors[i].fd);
	}
	entrance->door_count = 0;
	loop_timer_cancel(entrance->rest);
	entrance->rest = NULL;
}

/* ---- who comes in ---- */

static void on_rested(void *ctx)
{
	struct entrance *entrance = ctx;

	loop_timer_cancel(entrance->rest);
	entrance->rest = NULL;
	conn_wake(entrance->conn);
}

/* False: nobody is there any more. */
static bool let_in(struct door *door)
{
	struct entrance *entrance = door->entrance;
	struct address from = { .len = sizeof from.sa };
	int on = 1;
	int fd =
	    accept4(door->fd, (struct sockaddr *)&from.sa, &from.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd != -1) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		visitor_local(entrance, fd, &from);
		return true;
	}
	if (errno == ECONNABORTED || errno == EINTR)
		return true;
	door->ready = false;
	if (errno != EAGAIN && errno != EWOULDBLOCK && !entrance->rest)
		entrance->rest =
		    loop_timer_start(entrance->conn->loop, REST_MS, on_rested, entrance);
	return false;
}

void doors_step(struct entrance *entrance)
{
	for (size_t i = 0; i < entrance->door_count; i++) {
		struct door *door = &entrance->doors[i];
		int left = TURN_MAX;

		while (door->ready && !entrance->rest && left > 0 && let_in(door))
			left--;
		/* Only from now on: before the session is open they wait at the door. */
		loop_watch_set(door->watch, entrance->rest ? 0 : LOOP_READ);
		if (left == 0)
			conn_wake(entrance->conn);
	}
}
