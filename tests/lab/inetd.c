/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts one server per connection, as inetd does: the socket is the server's
 * standard input and output.  With it no server has to choose a port, and all
 * that they start is found and ended with them.
 *
 * usage: inetd TABLE      a line of TABLE: NAME TAB PROGRAM TAB ARGUMENT...
 * An ARGUMENT that contains = and stands before PROGRAM is put in the environment.
 */
#include "lab.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_SERVICES = 64, MAX_WORDS = 32, EXTRA_FDS = 3 };

struct service {
	char *line;
	char *words[MAX_WORDS]; /* name, VARIABLE=value..., program, arguments, NULL */
};

struct inetd {
	struct service services[MAX_SERVICES];
	struct pollfd fds[MAX_SERVICES + EXTRA_FDS]; /* the services' first */
	nfds_t count;
	sigset_t old_mask;
};

static void add_service(struct inetd *inetd, char *line)
{
	struct service *service = &inetd->services[inetd->count];
	struct pollfd *pfd = &inetd->fds[inetd->count];
	unsigned port, n = 0;

	service->line = line;
	for (char *word; n < MAX_WORDS - 1 && (word = strsep(&line, "\t")); n++)
		service->words[n] = word;
	*pfd = (struct pollfd){ .fd = lab_bind(true, &port), .events = POLLIN };
	lab_announce(service->words[0], port);
	inetd->count++;
}

static void read_table(struct inetd *inetd, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		lab_die(path);
	while (inetd->count < MAX_SERVICES && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		add_service(inetd, line);
		line = NULL;
		size = 0;
	}
	free(line);
	fclose(file);
}

static _Noreturn void run(const struct inetd *inetd, const struct service *service, int fd)
{
	char *const *word = service->words + 1;

	sigprocmask(SIG_SETMASK, &inetd->old_mask, NULL);
	setsid();
	if (dup2(fd, 0) == -1 || dup2(fd, 1) == -1)
		lab_die("dup2");
	for (; *word && strchr(*word, '='); word++)
		putenv(*word);
	if (*word)
		execv(*word, word);
	lab_die(*word ? *word : service->words[0]);
}

static void serve(const struct inetd *inetd, nfds_t i)
{
	int fd = accept(inetd->fds[i].fd, NULL, NULL);

	if (fd == -1)
		return;
	switch (fork()) {
	case -1:
		lab_die("fork");
	case 0:
		run(inetd, &inetd->services[i], fd);
	default:
		close(fd);
	}
}

static pid_t parent_of(const char *pid)
{
	char path[64], text[512], *end;
	size_t n;
	int parent = 0;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	/* The name in brackets may hold anything, brackets too: proc(5). */
	end = strrchr(text, ')');
	if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* Kills the direct children.  As we are their subreaper, grandchildren come to us next. */
static void kill_children(void)
{
	DIR *dir = opendir("/proc");
	pid_t self = getpid();

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    parent_of(entry->d_name) == self)
			kill((pid_t)atoi(entry->d_name), SIGKILL);
	if (dir)
		closedir(dir);
}

static void end_all(void)
{
	do
		kill_children();
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
}

static int watch_signals(struct inetd *inetd)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &inetd->old_mask);
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* False when it is time to end. */
static bool handle_signals(int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof info) == sizeof info)
		if (info.ssi_signo != SIGCHLD)
			return false;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	return true;
}

static void loop(struct inetd *inetd)
{
	struct pollfd *extra = inetd->fds + inetd->count;
	int watched[2];

	lab_watch(watched);
	extra[0] = (struct pollfd){ .fd = watch_signals(inetd), .events = POLLIN };
	extra[1] = (struct pollfd){ .fd = watched[0], .events = POLLIN };
	extra[2] = (struct pollfd){ .fd = watched[1], .events = POLLIN };
	for (;;) {
		if (poll(inetd->fds, inetd->count + EXTRA_FDS, -1) == -1 && errno != EINTR)
			lab_die("poll");
		if (extra[1].revents || extra[2].revents || !handle_signals(extra[0].fd))
			return;
		for (nfds_t i = 0; i < inetd->count; i++)
			if (inetd->fds[i].revents)
				serve(inetd, i);
	}
}

int main(int argc, char **argv)
{
	static struct inetd inetd;

	if (argc != 2) {
		fprintf(stderr, "usage: inetd TABLE\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	read_table(&inetd, argv[1]);
	lab_announced();
	loop(&inetd);
	end_all();
	for (nfds_t i = 0; i < inetd.count; i++)
		free(inetd.services[i].line);
	return 0;
}
