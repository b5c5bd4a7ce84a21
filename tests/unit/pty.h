/* SPDX-License-Identifier: Apache-2.0 */
/* A pseudo-terminal for unit tests: the test holds both ends. */
#ifndef TEST_PTY_H
#define TEST_PTY_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct pty {
	int master, slave;
	struct termios found;
};

static inline void pty_open(struct pty *pty)
{
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(pty->master != -1 && grantpt(pty->master) == 0 && unlockpt(pty->master) == 0);
	pty->slave = open(ptsname(pty->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(pty->slave != -1 && tcgetattr(pty->slave, &pty->found) == 0);
}

static inline void pty_close(struct pty *pty)
{
	close(pty->slave);
	close(pty->master);
}

/* What the terminal would have shown by now, at most size - 1 bytes; waits for none. */
static inline size_t pty_shown(const struct pty *pty, char *buf, size_t size)
{
	struct pollfd ready = { .fd = pty->master, .events = POLLIN };
	size_t len = 0;
	ssize_t got;

	while (len + 1 < size && poll(&ready, 1, 0) == 1 &&
	    (got = read(pty->master, buf + len, size - 1 - len)) > 0)
		len += (size_t)got;
	buf[len] = '\0';
	return len;
}

/* In a child: the pty becomes its controlling terminal. */
static inline void pty_become(const struct pty *pty)
{
	setsid();
	ioctl(pty->slave, TIOCSCTTY, 0);
}

#endif
