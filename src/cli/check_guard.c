/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where libssh2 is given bytes of servers, the checks run in a child: a server that meets a fault there costs
 * one child, and is told as having failed.  The hosts that the child was at are suspects, and are tried in
 * ever smaller groups until one alone kills its child.  Each death makes a group smaller or ends one, so
 * there is an end to it.  The menu does the same with the checkers that it starts (ui/batch.h).
 */
#include "cli/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "sallyport/hosts.h"

struct guard {
	const struct cli *cli;
	const struct check_wanted *wanted;
	const struct check_selection *selection;
	const struct host_list *list;
	struct check_telling telling; /* of what the children cannot tell */
	size_t remembered; /* so far in what they have told, it is written down */
	sigset_t signals; /* those that are waited for */
	sigset_t before; /* what was blocked before */
	pid_t self;
};

/* ---- marks ---- */

static size_t marks_size(size_t hosts)
{
	return sizeof(struct check_marks) + hosts * sizeof(struct check_mark);
}

/* Zeroed, and shared with the children.  NULL: the system has none to give. */
static struct check_marks *marks_new(size_t hosts)
{
	struct check_marks *marks = mmap(
	    NULL, marks_size(hosts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (marks == MAP_FAILED)
		return NULL;
	marks->hosts = hosts;
	marks->told = check_told_new();
	if (marks->told != -1)
		return marks;
	munmap(marks, marks_size(hosts));
	return NULL;
}

static void marks_free(struct check_marks *marks)
{
	close(marks->told);
	munmap(marks, marks_size(marks->hosts));
}

/* ---- a child ---- */

static _Noreturn void run_child(struct guard *guard, const struct check_selection *part)
{
#ifdef HAVE_SYS_PRCTL_H
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != guard->self) /* it died before that: nobody is told of anything */
		_exit(EXIT_FAILED);
	sigprocmask(SIG_SETMASK, &guard->before, NULL);
	int status =
	    check_part(guard->cli, guard->wanted, part, guard->list, guard->telling.marks, NULL);

	fflush(NULL);
	_exit(status);
}

/* Passes on the signals that ask for an end, until the child has ended; waitpid's status. */
static int wait_for(const struct guard *guard, pid_t pid)
{
	int status = 0;
	pid_t ended;

	for (;;) {
		int signum = sigwaitinfo(&guard->signals, NULL);

		if (signum != -1 && signum != SIGCHLD) {
			kill(pid, signum);
			kill(pid, SIGCONT); /* one that was stopped would not hear of it */
		}
		do
			ended = waitpid(pid, &status, WNOHANG);
		while (ended == -1 && errno == EINTR);
		if (ended == pid)
			return status;
	}
}

/* Checks the hosts in a child, or right here when there can be none; waitpid's status. */
static int run(struct guard *guard, struct host **hosts, size_t len)
{
	struct check_selection part = *guard->selection;

	part.hosts = hosts;
	part.len = len;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		run_child(guard, &part);
	if (pid != -1)
		return wait_for(guard, pid);
	sigprocmask(SIG_SETMASK, &guard->before, NULL);
	int status =
	    check_part(guard->cli, guard->wanted, &part, guard->list, guard->telling.marks, NULL);
	sigprocmask(SIG_BLOCK, &guard->signals, NULL);
	return status << 8; /* as a process that exits has it, wait(2) */
}

/* ---- what becomes of the hosts ---- */

static void blame(struct guard *guard, const struct host *host, int signum)
{
	struct host_report report = { .checked_at = time(NULL) };

	report.name = mem_strdup(host->name);
	report.depth = mem_strdup(depth_name(guard->wanted->depth));
	host_report_add(&report, result_of_crash(signum));
	report.incomplete = true;
	check_teller.host_done(&guard->telling, host, &report);
	host_report_done(&report);
}

static void remember_host(void *ctx, size_t place, struct host_report *report)
{
	struct guard *guard = ctx;

	if (place < guard->selection->len)
		check_memory_add(
		    &guard->telling.memory, guard->selection->hosts[place], report, false);
}

static void remember_call(void *ctx, const char *server, double unfinished)
{
	struct guard *guard = ctx;

	check_memory_called(&guard->telling.memory, server, unfinished);
}

/* A child writes down what it found as it ends; for one that died it is done here, before the next one asks. */
static void remember(struct guard *guard)
{
	static const struct check_told_reader reader = { remember_host, remember_call };
	struct check_memory *memory = &guard->telling.memory;

	check_memory_init(memory, guard->cli, guard->wanted, guard->list);
	guard->remembered =
	    check_told_read(guard->telling.marks->told, guard->remembered, &reader, guard);
	check_memory_done(memory);
	*memory = (struct check_memory){ 0 };
}

/* Those that are not told yet: first the suspects, which were begun.  *suspects: how many those are. */
static size_t collect(const struct guard *guard, struct host **hosts, size_t len,
    struct host **left, size_t *suspects)
{
	size_t count = 0;

	for (int begun = 1; begun >= 0; begun--) {
		for (size_t i = 0; i < len; i++) {
			struct check_mark *mark = check_mark(&guard->telling, hosts[i]);

			if (!mark->told && mark->begun == begun)
				left[count++] = hosts[i];
		}
		if (begun)
			*suspects = count;
	}
	for (size_t i = 0; i < count; i++)
		check_mark(&guard->telling, left[i])->begun = false;
	return count;
}

/* By a signal with which nobody asks for an end. */
static bool has_crashed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM && WTERMSIG(status) != SIGHUP &&
	    WTERMSIG(status) != SIGINT;
}

/* False: no more is to be checked.  Then the guard ends as the child did. */
static bool goes_on(struct guard *guard, int status)
{
	if (WIFSIGNALED(status)) {
		remember(guard);
		signal(WTERMSIG(status), SIG_DFL);
		sigprocmask(SIG_SETMASK, &guard->before, NULL);
		raise(WTERMSIG(status));
	}
	guard->remembered = (size_t)lseek(guard->telling.marks->told, 0, SEEK_CUR);
	guard->telling.interrupted = WEXITSTATUS(status) == EXIT_INTERRUPTED;
	return !guard->telling.interrupted;
}

static bool check_group(struct guard *guard, struct host **hosts, size_t len)
{
	int status = run(guard, hosts, len);
	size_t suspects = 0;
	bool on = true;

	if (!has_crashed(status))
		return goes_on(guard, status);
	struct host **left = mem_zalloc(len, sizeof *left);
	size_t count = collect(guard, hosts, len, left, &suspects);
	size_t cut = suspects > 0 && suspects < count ? suspects : count / 2;
	if (count == 1)
		blame(guard, left[0], WTERMSIG(status));
	remember(guard);
	if (count > 1)
		on = check_group(guard, left, cut) && check_group(guard, left + cut, count - cut);
	free(left);
	return on;
}

/* ---- the end ---- */

static void keep(void *ctx, size_t place, struct host_report *report)
{
	struct guard *guard = ctx;

	if (place >= guard->selection->len)
		return;
	struct host_report *kept = &guard->telling.reports[place];
	const struct host *host = guard->selection->hosts[place];
	host_report_done(kept);
	*kept = *report;
	*report = (struct host_report){ 0 };
	kept->name = mem_strdup(host->name ? host->name : "");
	kept->checked_at = guard->telling.marks->of[place].checked_at;
}

static int end(struct guard *guard)
{
	static const struct check_told_reader reader = { .host = keep };

	if (guard->telling.reports)
		check_told_read(guard->telling.marks->told, 0, &reader, guard);
	check_telling_end(&guard->telling);
	return check_telling_status(&guard->telling);
}

int check_guarded(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct host_report *reports)
{
	struct guard guard = {
		.cli = cli, .wanted = wanted, .selection = selection, .list = list, .self = getpid()
	};
	struct check_marks *marks = marks_new(selection->len);

	if (marks == NULL)
		return check_part(cli, wanted, selection, list, NULL, reports);
	check_telling_init(&guard.telling, cli, wanted, selection, NULL, marks, reports);
	sigemptyset(&guard.signals);
	sigaddset(&guard.signals, SIGCHLD);
	sigaddset(&guard.signals, SIGINT);
	sigaddset(&guard.signals, SIGTERM);
	sigaddset(&guard.signals, SIGHUP);
	signal(SIGCHLD, SIG_DFL); /* who was started with it ignored hears of no child's end */
	sigprocmask(SIG_BLOCK, &guard.signals, &guard.before);
	check_group(&guard, selection->hosts, selection->len);
	sigprocmask(SIG_SETMASK, &guard.before, NULL);
	int status = end(&guard);
	check_telling_done(&guard.telling);
	marks_free(marks);
	return status;
}
