/* SPDX-License-Identifier: Apache-2.0 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sallyport/util.h"

/* Where the child keeps the pipe that tells of a failed exec, and the first descriptor it does not need. */
enum { FAIL_FD = SPAWN_REPORT_FD + 1, FIRST_UNUSED_FD };

/* While SIGTTOU is blocked, a background process may set the foreground group (POSIX, tcsetpgrp). */
bool spawn_front(int tty, pid_t group)
{
	sigset_t ttou, old;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	bool ok = tcsetpgrp(tty, group) == 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ok;
}

static void default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signum = 1; signum < NSIG; signum++)
		sigaction(signum, &action, NULL); /* fails for SIGKILL and SIGSTOP only */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A copy out of the way of the numbers that the child is about to fill. */
static int out_of_the_way(int fd)
{
	return fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_UNUSED_FD);
}

/* Runs in the child with all signals blocked: nothing here but async-signal-safe calls. */
static _Noreturn void run_child(const struct spawn *spawn, int fail)
{
	const int given[] = { spawn->in, spawn->out, spawn->err, spawn->report };
	int moved[ARRAY_LEN(given)];

	setpgid(0, 0);
	if (spawn->tty != -1)
		tcsetpgrp(spawn->tty, getpid());
	fail = out_of_the_way(fail);
	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		moved[i] = out_of_the_way(given[i]);
	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		if (moved[i] != -1)
			dup2(moved[i], (int)i);
		else if (i == SPAWN_REPORT_FD)
			close(SPAWN_REPORT_FD);
	dup3(fail, FAIL_FD, O_CLOEXEC);
	fd_close_from(FIRST_UNUSED_FD);
	default_signals();
	execv(spawn->program, spawn->argv);

	int why = errno;
	ssize_t ignored = write(FAIL_FD, &why, sizeof why);
	(void)ignored;
	_exit(127);
}

/* 0 when the program runs, else errno of the exec.  The pipe closes by itself as exec succeeds. */
static int exec_errno(int fd)
{
	int why = 0;
	ssize_t got;

	do
		got = read(fd, &why, sizeof why);
	while (got == -1 && errno == EINTR);
	return got == (ssize_t)sizeof why ? why : 0;
}

static void fork_failed(struct err *err, int why)
{
	err_set(err, ERR_LOCAL, _("cannot start another process: %s"), strerror(why));
	if (why == EAGAIN)
		err_hint(err,
		    _("The limit of processes is reached (ulimit -u): end some and try again."));
}

pid_t spawn_start(const struct spawn *spawn, struct err *err)
{
	sigset_t all, old;
	int fail[2];

	if (pipe2(fail, O_CLOEXEC) == -1) {
		err_set(err, ERR_LOCAL, _("cannot start another process: %s"), strerror(errno));
		return -1;
	}
	/* Blocked, so that no handler of ours runs in the child before it has dropped them. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	pid_t pid = fork();
	if (pid == 0)
		run_child(spawn, fail[1]);
	int why = errno;
	if (pid > 0)
		setpgid(pid, pid); /* both sides do it: whoever runs first */
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fail[1]);
	if (pid == -1) {
		fork_failed(err, why);
	} else if ((why = exec_errno(fail[0])) != 0) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		pid = -1;
		err_set(err, ERR_LOCAL, _("cannot run %s: %s"), spawn->program, strerror(why));
	}
	close(fail[0]);
	return pid;
}
