/* SPDX-License-Identifier: Apache-2.0 */
#include "lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Noreturn void lab_die(const char *what)
{
	fprintf(stderr, "lab: %s: %s\n", what, strerror(errno));
	exit(1);
}

int lab_bind(bool is_listening, unsigned *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	const char *address = getenv("LAB_ADDRESS");
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (inet_pton(AF_INET, address ? address : "127.0.0.1", &addr.sin_addr) != 1)
		lab_die("LAB_ADDRESS");
	if (fd == -1 || bind(fd, (struct sockaddr *)&addr, sizeof addr) == -1)
		lab_die("bind");
	if (is_listening && listen(fd, 512) == -1)
		lab_die("listen");
	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		lab_die("getsockname");
	*port = ntohs(addr.sin_port);
	return fd;
}

void lab_announce(const char *name, unsigned port)
{
	printf("%s %u\n", name, port);
}

void lab_announced(void)
{
	if (fclose(stdout) != 0)
		lab_die("standard output");
}

void lab_watch(int fds[2])
{
	const char *pid = getenv("LAB_WATCH_PID");
	struct stat st;

	fds[0] = fstat(0, &st) == 0 && S_ISFIFO(st.st_mode) ? 0 : -1;
	fds[1] = -1;
	if (pid)
		fds[1] = (int)syscall(SYS_pidfd_open, (pid_t)atoi(pid), 0);
	if (pid && fds[1] == -1 && errno == ESRCH)
		lab_die("LAB_WATCH_PID");
}
