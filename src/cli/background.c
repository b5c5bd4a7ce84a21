/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cmd.h"

/* -1: the child is still there. */
static int status_of(pid_t child)
{
	int status;
	pid_t got = waitpid(child, &status, WNOHANG);

	if (got == 0)
		return -1;
	if (got == child && WIFEXITED(status))
		return WEXITSTATUS(status);
	return got == child && WIFSIGNALED(status) ? 128 + WTERMSIG(status) : EXIT_SSH;
}

/* What would end this process goes to the child; ^C it gets itself, from the terminal. */
static int wait_for(pid_t child, const sigset_t *signals)
{
	for (;;) {
		int signum, status;

		if (sigwait(signals, &signum) != 0)
			continue;
		if (signum == SIGUSR1)
			return EXIT_OK;
		if (signum == SIGTERM || signum == SIGHUP)
			kill(child, signum);
		if (signum == SIGCHLD && (status = status_of(child)) != -1)
			return status;
	}
}

/*
 * Until it is in the background the child ends with its parent, whatever kills that: a stranger would inherit it, and
 * get the signal that is the parent's.  False: that has happened already.
 */
static bool end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	return getppid() == parent;
}

int background_start(void)
{
	static const int wanted[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1 };
	struct err err = ERR_INIT;
	sigset_t signals, before;
	pid_t child, self = getpid();
	int status = CLI_GO_ON;

	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		sigaddset(&signals, wanted[i]);
	signal(SIGCHLD, SIG_DFL); /* who was started with it ignored hears of no child's end */
	sigprocmask(SIG_BLOCK, &signals, &before);
	child = fork();
	if (child > 0) {
		status = wait_for(child, &signals);
	} else if (child == 0 && !end_with(self)) {
		status = EXIT_SSH;
	} else if (child == -1) {
		err_set(&err, ERR_LOCAL, _("going to the background: %s"), strerror(errno));
		cli_error(&err);
		status = EXIT_SSH;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

void background_detach(bool silent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t parent = getppid();

	for (int fd = STDIN_FILENO; null != -1 && fd <= (silent ? STDERR_FILENO : STDIN_FILENO);
	     fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	setsid();
	prctl(PR_SET_PDEATHSIG, 0);
	if (parent > 1)
		kill(parent, SIGUSR1);
}
