/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command on a terminal of its own and plays a script to it: waits for
 * texts, types, resizes, sends signals, hangs up.  Bytes are passed unchanged,
 * and the terminal's settings before and after can be compared.
 *
 * usage: ptyrun [OPTION | STEP]... -- COMMAND [ARGUMENT]...
 *   --size CxR       of the terminal, 80x24 otherwise
 *   --output FILE    all that the command wrote, byte for byte; - is standard output
 *   --timeout S      for all of it, 60 otherwise: then the command is killed, status 124
 *   --same-termios   status 125 if the command left the terminal with other settings
 * steps, one after the other:
 *   --wait TEXT      until the command wrote TEXT, after the last one waited for
 *   --send TEXT      types it; \r \n \t \e \\ and \xHH are understood
 *   --file FILE      types its bytes
 *   --signal N       sends signal number N to the command
 *   --size CxR       a window change, when it stands behind another step
 *   --resizes N      that many window changes, 5,000 a second
 *   --hangup         closes the terminal
 *   --run COMMAND    by the shell, while the command waits; its failure is ours
 * Ends when the command does, with its status, or 128 and the signal that killed it.
 */
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h> /* login_tty */

enum { MAX_STEPS = 512, MEMORY = 1 << 16, STATUS_TIMEOUT = 124, STATUS_TERMIOS = 125 };

struct run;
typedef bool step_fn(struct run *run, const char *value); /* true when done */

struct step {
	step_fn *play;
	const char *value;
};

struct run {
	struct step steps[MAX_STEPS];
	size_t step_count, step;
	struct winsize size;
	int output, master, slave;
	int feeding; /* the file being typed, or -1 */
	int resizes_left;
	long long deadline_ms;
	bool wants_same;
	pid_t child;
	sigset_t mask; /* as we were started with */
	struct termios before;
	char seen[MEMORY]; /* written by the command, not yet matched */
	size_t seen_len;
	char typed[MEMORY]; /* waiting for room in the terminal */
	size_t typed_len;
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* ---- steps ---- */

static bool play_wait(struct run *run, const char *value)
{
	size_t len = strlen(value);
	char *at = memmem(run->seen, run->seen_len, value, len);

	if (!at)
		return false;
	size_t used = (size_t)(at - run->seen) + len;
	run->seen_len -= used;
	memmove(run->seen, at + len, run->seen_len);
	return true;
}

static char unescape(const char **at)
{
	static const char names[] = "rnte\\", values[] = "\r\n\t\033\\";
	const char *name;
	unsigned byte;

	if (**at != '\\')
		return *(*at)++;
	if ((*at)[1] == 'x' && sscanf(*at + 2, "%2x", &byte) == 1) {
		*at += 4;
		return (char)byte;
	}
	name = (*at)[1] ? strchr(names, (*at)[1]) : NULL;
	if (!name)
		return *(*at)++;
	*at += 2;
	return values[name - names];
}

static bool play_send(struct run *run, const char *value)
{
	while (*value && run->typed_len < sizeof run->typed)
		run->typed[run->typed_len++] = unescape(&value);
	return true;
}

static bool play_file(struct run *run, const char *value)
{
	ssize_t n;

	if (run->feeding == -1 && (run->feeding = open(value, O_RDONLY | O_CLOEXEC)) == -1)
		lab_die(value);
	if (run->typed_len > 0)
		return false;
	n = read(run->feeding, run->typed, sizeof run->typed);
	if (n == -1)
		lab_die(value);
	run->typed_len = (size_t)n;
	if (n > 0)
		return false;
	close(run->feeding);
	run->feeding = -1;
	return true;
}

static bool play_signal(struct run *run, const char *value)
{
	kill(run->child, atoi(value));
	return true;
}

static bool play_hangup(struct run *run, const char *value)
{
	(void)value;
	close(run->master);
	run->master = -1;
	return true;
}

static bool play_run(struct run *run, const char *value)
{
	(void)run;
	if (system(value) != 0)
		lab_die(value);
	return true;
}

static bool play_size(struct run *run, const char *value)
{
	if (sscanf(value, "%hux%hu", &run->size.ws_col, &run->size.ws_row) != 2)
		lab_die("--size wants COLUMNSxROWS");
	if (run->master != -1 && ioctl(run->master, TIOCSWINSZ, &run->size) == -1)
		lab_die("TIOCSWINSZ");
	return true;
}

/* 5,000 a second; what the command says meanwhile is read in between. */
static bool play_resizes(struct run *run, const char *value)
{
	const struct timespec pause = { 0, 200 * 1000 };

	if (run->resizes_left == 0)
		run->resizes_left = atoi(value);
	for (int i = 0; i < 50 && run->resizes_left > 0; i++, run->resizes_left--) {
		struct winsize size = run->size;

		size.ws_col = (unsigned short)(run->size.ws_col + run->resizes_left % 100);
		if (ioctl(run->master, TIOCSWINSZ, &size) == -1)
			lab_die("TIOCSWINSZ");
		nanosleep(&pause, NULL);
	}
	return run->resizes_left == 0;
}

/* ---- options ---- */

static bool set_output(struct run *run, const char *value)
{
	run->output = strcmp(value, "-") == 0
	    ? 1
	    : open(value, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (run->output == -1)
		lab_die(value);
	return true;
}

static bool set_timeout(struct run *run, const char *value)
{
	run->deadline_ms = now_ms() + 1000LL * atoi(value);
	return true;
}

static bool set_same(struct run *run, const char *value)
{
	(void)value;
	run->wants_same = true;
	return true;
}

static const struct option {
	const char *name;
	step_fn *play;
	bool has_value, is_step;
} options[] = {
	{ "--size", play_size, true, true },
	{ "--resizes", play_resizes, true, true },
	{ "--output", set_output, true, false },
	{ "--timeout", set_timeout, true, false },
	{ "--same-termios", set_same, false, false },
	{ "--wait", play_wait, true, true },
	{ "--send", play_send, true, true },
	{ "--file", play_file, true, true },
	{ "--signal", play_signal, true, true },
	{ "--hangup", play_hangup, false, true },
	{ "--run", play_run, true, true },
};

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	fprintf(stderr, "ptyrun: no option %s\n", name);
	exit(2);
}

/* Returns the command behind "--". */
static char **read_options(struct run *run, char **arg)
{
	for (; *arg && strcmp(*arg, "--") != 0; arg++) {
		const struct option *option = find_option(*arg);
		const char *value = option->has_value ? *++arg : "";
		bool is_later =
		    option->is_step && (run->step_count > 0 || option->play != play_size);
		if (!value || run->step_count == MAX_STEPS) {
			fprintf(stderr, "ptyrun: %s: no value, or too many steps\n", option->name);
			exit(2);
		}
		if (is_later)
			run->steps[run->step_count++] = (struct step){ option->play, value };
		else
			option->play(run, value);
	}
	if (!*arg || !arg[1]) {
		fprintf(stderr, "ptyrun: no command\n");
		exit(2);
	}
	return arg + 1;
}

/* ---- the terminal ---- */

static void start(struct run *run, char **command)
{
	if (openpty(&run->master, &run->slave, NULL, NULL, &run->size) == -1)
		lab_die("openpty");
	tcgetattr(run->slave, &run->before);
	fcntl(run->master, F_SETFL, O_NONBLOCK);
	fcntl(run->master, F_SETFD, FD_CLOEXEC);
	run->child = fork();
	if (run->child == -1)
		lab_die("fork");
	if (run->child > 0)
		return;
	sigprocmask(SIG_SETMASK, &run->mask, NULL);
	login_tty(run->slave);
	execvp(command[0], command);
	lab_die(command[0]);
}

static void remember(struct run *run, const char *bytes, size_t n)
{
	if (n > sizeof run->seen / 2) {
		bytes += n - sizeof run->seen / 2;
		n = sizeof run->seen / 2;
	}
	if (run->seen_len + n > sizeof run->seen) {
		size_t old = run->seen_len + n - sizeof run->seen;
		memmove(run->seen, run->seen + old, run->seen_len - old);
		run->seen_len -= old;
	}
	memcpy(run->seen + run->seen_len, bytes, n);
	run->seen_len += n;
}

/* False when there is nothing to read now. */
static bool receive(struct run *run)
{
	char buf[MEMORY / 2];
	ssize_t n = run->master == -1 ? -1 : read(run->master, buf, sizeof buf);

	if (n <= 0)
		return false;
	for (ssize_t done = 0, w; run->output != -1 && done < n; done += w)
		if ((w = write(run->output, buf + done, (size_t)(n - done))) == -1)
			lab_die("output");
	remember(run, buf, (size_t)n);
	return true;
}

static void type(struct run *run)
{
	ssize_t n = write(run->master, run->typed, run->typed_len);

	if (n <= 0)
		return;
	run->typed_len -= (size_t)n;
	memmove(run->typed, run->typed + n, run->typed_len);
}

/* A step waits until what was typed before it has gone out. */
static void play(struct run *run)
{
	while (run->step < run->step_count && run->typed_len == 0) {
		const struct step *step = &run->steps[run->step];
		if (!step->play(run, step->value))
			return;
		run->step++;
	}
}

/* ---- the end ---- */

static bool same_termios(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	    a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

static void print_termios(const char *when, const struct termios *t)
{
	fprintf(stderr, "ptyrun: %s: %x:%x:%x:%x", when, t->c_iflag, t->c_oflag, t->c_cflag,
	    t->c_lflag);
	for (size_t i = 0; i < sizeof t->c_cc; i++)
		fprintf(stderr, ":%x", t->c_cc[i]);
	fprintf(stderr, "\n");
}

static int finish(struct run *run, int status)
{
	struct termios after;

	while (receive(run))
		continue;
	if (run->step < run->step_count && run->steps[run->step].play == play_wait)
		fprintf(stderr, "ptyrun: never seen: %s\n", run->steps[run->step].value);
	if (run->wants_same && tcgetattr(run->slave, &after) == 0 &&
	    !same_termios(&run->before, &after)) {
		print_termios("before", &run->before);
		print_termios("after", &after);
		return STATUS_TERMIOS;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int give_up(struct run *run)
{
	fprintf(stderr, "ptyrun: the time is up");
	if (run->step < run->step_count)
		fprintf(stderr, " at step %zu: %s", run->step + 1, run->steps[run->step].value);
	fprintf(stderr, "\n");
	kill(run->child, SIGKILL);
	waitpid(run->child, NULL, 0);
	return STATUS_TIMEOUT;
}

static int loop(struct run *run, int signals)
{
	struct signalfd_siginfo info;
	int status;

	for (;;) {
		short wanted = (short)(POLLIN | (run->typed_len > 0 ? POLLOUT : 0));
		struct pollfd fds[] = { { .fd = run->master, .events = wanted },
			{ .fd = signals, .events = POLLIN } };
		long long left = run->deadline_ms - now_ms();
		if (left <= 0)
			return give_up(run);
		if (poll(fds, 2, run->resizes_left > 0 ? 0 : (int)left) == -1 && errno != EINTR)
			lab_die("poll");
		while (read(signals, &info, sizeof info) > 0)
			continue;
		receive(run);
		if (fds[0].revents & POLLOUT)
			type(run);
		play(run);
		if (waitpid(run->child, &status, WNOHANG) == run->child)
			return finish(run, status);
	}
}

int main(int argc, char **argv)
{
	static struct run run = { .size = { .ws_col = 80, .ws_row = 24 },
		.output = -1,
		.master = -1,
		.slave = -1,
		.feeding = -1 };
	sigset_t mask;

	(void)argc;
	set_timeout(&run, "60");
	char **command = read_options(&run, argv + 1);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, &run.mask);
	start(&run, command);
	return loop(&run, signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
}
