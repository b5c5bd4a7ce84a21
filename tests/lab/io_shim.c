/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into our own program: a system that does as little as it may.  Calls that move bytes
 * move a few at a time, and calls that wait are interrupted first, each time.
 *
 * IO_CAP       the most bytes that one call moves; unset: as many as there are
 * IO_EVERY     set: on every descriptor; else only on sockets
 * IO_EINTR     set: every other call of a function fails with EINTR
 * IO_COUNT     a file: at the end one line, "capped N interrupted N", is added to it
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum call {
	CALL_READ,
	CALL_WRITE,
	CALL_RECV,
	CALL_SEND,
	CALL_POLL,
	CALL_EPOLL,
	CALL_ACCEPT,
	CALL_CONNECT,
	CALL_FLOCK,
	CALL_WAITPID,
	CALLS
};

/* ISO C has no conversion from void * to a function pointer. */
union symbol {
	void *data;
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*recv)(int, void *, size_t, int);
	ssize_t (*send)(int, const void *, size_t, int);
	int (*poll)(struct pollfd *, nfds_t, int);
	int (*epoll_pwait)(int, struct epoll_event *, int, int, const sigset_t *);
	int (*accept4)(int, struct sockaddr *, socklen_t *, int);
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*flock)(int, int);
	pid_t (*waitpid)(pid_t, int *, int);
};

static const char *const names[CALLS] = { "read", "write", "recv", "send", "poll", "epoll_pwait",
	"accept4", "connect", "flock", "waitpid" };
static union symbol symbols[CALLS];
static unsigned long turns[CALLS], capped, interrupted;
static size_t cap;
static bool every, interrupts;

static const union symbol *next(enum call call)
{
	if (!symbols[call].data)
		symbols[call].data = dlsym(RTLD_NEXT, names[call]);
	return &symbols[call];
}

static __attribute__((constructor)) void begin(void)
{
	const char *text = getenv("IO_CAP");

	cap = text ? strtoul(text, NULL, 10) : 0;
	every = getenv("IO_EVERY") != NULL;
	interrupts = getenv("IO_EINTR") != NULL;
}

static __attribute__((destructor)) void end(void)
{
	const char *path = getenv("IO_COUNT");
	FILE *file = path ? fopen(path, "ae") : NULL;

	if (!file)
		return;
	cap = 0;
	interrupts = false;
	fprintf(file, "capped %lu interrupted %lu\n", capped, interrupted);
	fclose(file);
}

/* True: this time it fails with EINTR. */
static bool interrupt(enum call call)
{
	if (!interrupts || ++turns[call] % 2 == 0)
		return false;
	interrupted++;
	errno = EINTR;
	return true;
}

static bool is_socket(int fd)
{
	struct stat st;
	int kept = errno;
	bool is = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);

	errno = kept;
	return is;
}

static size_t at_most(int fd, size_t len)
{
	if (cap == 0 || len <= cap || (!every && !is_socket(fd)))
		return len;
	capped++;
	return cap;
}

/*
 * What a system does whole or not at all: an eventfd's eight bytes (eventfd(2)), and no more than
 * PIPE_BUF into a pipe (pipe(7)).  libuv tells itself of signals that way.
 */
static bool is_whole(int fd, bool is_writing, size_t len)
{
	struct stat st;
	int kept = errno;
	bool known = fstat(fd, &st) == 0;

	errno = kept;
	if (!known)
		return false;
	return (st.st_mode & S_IFMT) == 0 ||
	    (is_writing && S_ISFIFO(st.st_mode) && len <= PIPE_BUF);
}

ssize_t read(int fd, void *buf, size_t len)
{
	if (is_whole(fd, false, len))
		return next(CALL_READ)->read(fd, buf, len);
	return interrupt(CALL_READ) ? -1 : next(CALL_READ)->read(fd, buf, at_most(fd, len));
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (is_whole(fd, true, len))
		return next(CALL_WRITE)->write(fd, buf, len);
	return interrupt(CALL_WRITE) ? -1 : next(CALL_WRITE)->write(fd, buf, at_most(fd, len));
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	return interrupt(CALL_RECV) ? -1 : next(CALL_RECV)->recv(fd, buf, at_most(fd, len), flags);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return interrupt(CALL_SEND) ? -1 : next(CALL_SEND)->send(fd, buf, at_most(fd, len), flags);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return interrupt(CALL_POLL) ? -1 : next(CALL_POLL)->poll(fds, count, timeout);
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout, const sigset_t *mask)
{
	return interrupt(CALL_EPOLL)
	    ? -1
	    : next(CALL_EPOLL)->epoll_pwait(fd, events, max, timeout, mask);
}

int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	return interrupt(CALL_ACCEPT) ? -1 : next(CALL_ACCEPT)->accept4(fd, addr, len, flags);
}

/* Interrupted, it goes on all the same: connect(2). */
int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int rc = next(CALL_CONNECT)->connect(fd, addr, len);

	return rc == -1 && errno == EINPROGRESS && interrupt(CALL_CONNECT) ? -1 : rc;
}

int flock(int fd, int operation)
{
	return interrupt(CALL_FLOCK) ? -1 : next(CALL_FLOCK)->flock(fd, operation);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return interrupt(CALL_WAITPID) ? -1 : next(CALL_WAITPID)->waitpid(pid, status, options);
}

/* What _FORTIFY_SOURCE makes of these calls. */
ssize_t __read_chk(int fd, void *buf, size_t len, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room);

ssize_t __read_chk(int fd, void *buf, size_t len, size_t room)
{
	return len > room ? (abort(), -1) : read(fd, buf, len);
}

ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags)
{
	return len > room ? (abort(), -1) : recv(fd, buf, len, flags);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room)
{
	return count > room / sizeof *fds ? (abort(), -1) : poll(fds, count, timeout);
}
