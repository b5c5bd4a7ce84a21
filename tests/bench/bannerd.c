/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A crowd of servers in one process: greets as an SSH server does whoever calls
 * an address in 127/8 on its port, says nothing more, and hangs up when the
 * caller does.  One socket listens for them all; it is bound to the loopback
 * interface, so that no other machine reaches it.
 *
 * usage: bannerd      prints "bannerd PORT", ends when told or as lab.h says
 */
#include "../lab/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, BACKLOG = 4096 };

static const char greeting[] = "SSH-2.0-OpenSSH_9.2p1 bench\r\n";

static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		lab_die("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		lab_die("setrlimit");
}

static int listen_on_loopback(unsigned *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo") == -1)
		lab_die("bind to the loopback interface");
	if (bind(fd, (struct sockaddr *)&addr, sizeof addr) == -1 || listen(fd, BACKLOG) == -1)
		lab_die("listen");
	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		lab_die("getsockname");
	*port = ntohs(addr.sin_port);
	return fd;
}

static void watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd != -1 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		lab_die("epoll_ctl");
}

static void greet_all(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) != -1) {
		if (send(fd, greeting, strlen(greeting), MSG_NOSIGNAL) == -1)
			close(fd);
		else
			watch(epoll, fd);
	}
}

static void hear(int fd)
{
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n == 0 || (n == -1 && errno != EAGAIN))
		close(fd);
}

int main(void)
{
	struct epoll_event events[EVENTS];
	unsigned port;
	int end[2];

	allow_many_files();
	int listener = listen_on_loopback(&port);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	lab_watch(end);
	watch(epoll, end[0]);
	watch(epoll, end[1]);
	watch(epoll, listener);
	lab_announce("bannerd", port);
	lab_announced();
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			if (fd == end[0] || fd == end[1])
				return 0;
			if (fd == listener)
				greet_all(epoll, listener);
			else
				hear(fd);
		}
	}
}
