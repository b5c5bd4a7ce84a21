/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where Debian and OpenSSH's own build put it (pathnames.h). */
static const char default_program[] = "/usr/bin/ssh-askpass";

struct askpass {
	pid_t pid;
	int fd; /* its standard output */
	struct loop_watch *watch;
	struct secret *answer;
	bool complete; /* the first line has ended: the rest is not the answer */
	ask_done *done;
	void *ctx;
};

static void askpass_free(struct askpass *askpass)
{
	loop_watch_cancel(askpass->watch);
	close(askpass->fd);
	secret_free(askpass->answer);
	free(askpass);
}

static void finish(struct askpass *askpass)
{
	int status = -1;
	struct secret *answer = NULL;
	ask_done *done = askpass->done;
	void *ctx = askpass->ctx;

	while (waitpid(askpass->pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		answer = secret_dup(askpass->answer);
	askpass_free(askpass);
	done(ctx, answer, false);
}

static void on_output(void *ctx, unsigned events)
{
	struct askpass *askpass = ctx;
	char said[1024];
	ssize_t got = read(askpass->fd, said, sizeof said);

	(void)events;
	for (ssize_t i = 0; i < got && !askpass->complete; i++) {
		askpass->complete = said[i] == '\n' || said[i] == '\r';
		if (!askpass->complete)
			secret_add(askpass->answer, said[i]);
	}
	secret_wipe(said, sizeof said);
	if (got == 0 || (got == -1 && errno != EAGAIN && errno != EINTR))
		finish(askpass);
}

/* In the child: only async-signal-safe calls, for libuv has threads. */
static void run(const char *program, char *text, int out)
{
	char name[] = "ssh-askpass";
	char *argv[] = { name, text, NULL };

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (dup2(out, STDOUT_FILENO) != -1)
		execvp(program, argv);
	_exit(127);
}

struct askpass *askpass_start(
    struct loop *loop, const char *text, ask_done *done, void *ctx, struct err *err)
{
	const char *program = getenv("SSH_ASKPASS");
	char *argument = mem_strdup(text);
	struct askpass *askpass;
	int ends[2];
	pid_t pid;

	if (!program || !*program)
		program = default_program;
	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		free(argument);
		err_set(err, ERR_LOCAL, "%s: %s", program, strerror(errno));
		return NULL;
	}
	if (pid == 0)
		run(program, argument, ends[1]);
	free(argument);
	close(ends[1]);
	askpass = mem_zalloc(1, sizeof *askpass);
	*askpass = (struct askpass){
		.pid = pid, .fd = ends[0], .answer = secret_new(), .done = done, .ctx = ctx
	};
	askpass->watch = loop_watch_start(loop, ends[0], LOOP_READ, on_output, askpass);
	return askpass;
}

void askpass_cancel(struct askpass *askpass)
{
	if (!askpass)
		return;
	kill(askpass->pid, SIGTERM);
	askpass_free(askpass);
}
