/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "sallyport/loop.h"
#include "sallyport/term.h"
#include "sallyport/util.h"

#include "job.h"
#include "spawn.h"

enum { HANGUP_WAIT_MS = 500 }; /* for the children, when the menu ends */

/* ---- life ---- */

static struct job *job_new(struct jobs *jobs, bool session)
{
	struct job *job = mem_zalloc(1, sizeof *job);

	job->jobs = jobs;
	job->session = session;
	job->events.fd = job->stderr_source.fd = -1;
	return job;
}

static void job_free(struct job *job)
{
	job_close_pipes(job);
	line_reader_done(&job->lines);
	str_done(&job->errors);
	if (job->has_end)
		event_done(&job->end);
	free(job);
}

static void unlink_job(struct jobs *jobs, const struct job *job)
{
	struct job **at = &jobs->list;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

/* The terminal is ours again, in the state that we found it in when we started. */
static void take_terminal_back(struct jobs *jobs)
{
	spawn_front(term_fd(jobs->term), getpgrp());
	tcsetattr(term_fd(jobs->term), TCSANOW, term_saved(jobs->term));
	jobs->front = NULL;
}

static void ended(struct job *job)
{
	struct jobs *jobs = job->jobs;

	job_drain(job);
	unlink_job(jobs, job);
	if (jobs->front == job)
		take_terminal_back(jobs);
	jobs->owner.changed(jobs->ctx, job, JOB_ENDED);
	job_free(job);
}

/* Takes one report of the system about a child.  False: there is none now, or the job is gone. */
static bool reap_one(struct job *job)
{
	struct jobs *jobs = job->jobs;
	int status;
	pid_t pid = waitpid(job->pid, &status, WUNTRACED | WCONTINUED | WNOHANG);

	if (pid == -1 && errno == EINTR)
		return true;
	if (pid != job->pid)
		return false;
	job->status = status;
	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		ended(job);
		return false;
	}
	if (WIFSTOPPED(status) && jobs->front == job)
		take_terminal_back(jobs);
	jobs->owner.changed(jobs->ctx, job, WIFSTOPPED(status) ? JOB_STOPPED : JOB_RUNNING);
	return true;
}

static void reap(void *ctx)
{
	struct jobs *jobs = ctx;

	/* A callback may start jobs (put in front of the list), never end one itself. */
	for (struct job *job = jobs->list, *next; job != NULL; job = next) {
		next = job->next;
		while (reap_one(job))
			;
	}
}

static void on_sigchld(void *ctx)
{
	struct jobs *jobs = ctx;

	loop_task_queue(&jobs->reap);
}

struct jobs *jobs_new(
    struct loop *loop, const char *program, const struct job_owner *owner, void *ctx)
{
	struct jobs *jobs = mem_zalloc(1, sizeof *jobs);

	jobs->loop = loop;
	jobs->program = mem_strdup(program);
	jobs->owner = *owner;
	jobs->ctx = ctx;
	jobs->sigchld = loop_signal_start(loop, SIGCHLD, on_sigchld, jobs);
	loop_task_init(&jobs->reap, loop, reap, jobs);
	return jobs;
}

/*
 * Takes those that have ended; are others left?  Not one that has stopped again: it wants the terminal to put it in
 * order and does not get it.  The system ends it as the menu goes (POSIX, orphaned process groups).
 */
static bool are_left(const struct jobs *jobs)
{
	bool left = false;

	for (struct job *job = jobs->list; job != NULL; job = job->next) {
		if (!job->over)
			job->over = waitpid(job->pid, NULL, WNOHANG | WUNTRACED) != 0;
		left |= !job->over;
	}
	return left;
}

/* Lets a session put the terminal in order itself, but does not wait for ever. */
static void wait_for_all(const struct jobs *jobs)
{
	const struct timespec step = { 0, 10 * 1000 * 1000 };

	for (int waited = 0; waited < HANGUP_WAIT_MS && are_left(jobs); waited += 10)
		nanosleep(&step, NULL);
}

void jobs_free(struct jobs *jobs)
{
	if (jobs == NULL)
		return;
	loop_signal_cancel(jobs->sigchld);
	loop_task_done(&jobs->reap);
	for (struct job *job = jobs->list; job != NULL; job = job->next) {
		job_kill(job, SIGHUP);
		job_kill(job, SIGCONT);
	}
	wait_for_all(jobs);
	if (jobs->front != NULL)
		take_terminal_back(jobs);
	for (struct job *job = jobs->list, *next; job != NULL; job = next) {
		next = job->next;
		job_free(job);
	}
	free(jobs->program);
	free(jobs);
}

/* ---- start ---- */

/* The program, argv[0], then extra (may be NULL), then the rest.  Frees with free(). */
static const char **whole_argv(
    const struct jobs *jobs, const char *const *argv, const char *const *extra)
{
	size_t count = 0, extras = 0, len = 0;

	while (argv[count] != NULL)
		count++;
	while (extra != NULL && extra[extras] != NULL)
		extras++;
	const char **whole = mem_zalloc(count + extras + 2, sizeof *whole);
	whole[len++] = jobs->program;
	whole[len++] = argv[0];
	for (size_t i = 0; i < extras; i++)
		whole[len++] = extra[i];
	for (size_t i = 1; i < count; i++)
		whole[len++] = argv[i];
	return whole;
}

static void link_job(struct job *job, pid_t pid)
{
	job->pid = pid;
	job->next = job->jobs->list;
	job->jobs->list = job;
}

static bool make_pipe(int fds[2], struct err *err)
{
	if (pipe2(fds, O_CLOEXEC) == 0)
		return true;
	fds[0] = fds[1] = -1;
	return err_set(err, ERR_LOCAL, _("cannot start another process: %s"), strerror(errno));
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] != -1)
			close(fds[i]);
}

static pid_t run(const struct jobs *jobs, struct spawn *spawn, const char *const *argv,
    const char *const *extra, struct err *err)
{
	const char **whole = whole_argv(jobs, argv, extra);

	spawn->program = jobs->program;
	spawn->argv = (char *const *)(uintptr_t)whole; /* exec's prototype lacks a const */
	pid_t pid = spawn_start(spawn, err);
	free(whole);
	return pid;
}

struct job *job_start_checker(
    struct jobs *jobs, const char *const *argv, int input, struct err *err)
{
	int out[2] = { -1, -1 }, errs[2] = { -1, -1 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct job *job = NULL;
	pid_t pid = -1;

	if (make_pipe(out, err) && make_pipe(errs, err)) {
		struct spawn spawn = { .in = input != -1 ? input : null,
			.out = out[1],
			.err = errs[1],
			.report = -1,
			.tty = -1 };
		pid = run(jobs, &spawn, argv, NULL, err);
	}
	if (pid != -1) {
		job = job_new(jobs, false);
		job_read_events(job, out[0]);
		job_read_errors(job, errs[0]);
		link_job(job, pid);
		out[0] = errs[0] = -1;
	}
	close_all(out, 2);
	close_all(errs, 2);
	close_all(&null, 1);
	return job;
}

struct job *job_start_session(
    struct jobs *jobs, struct term *term, const char *const *argv, struct err *err)
{
	int report[2];
	struct job *job = NULL;
	char number[] = { '0' + SPAWN_REPORT_FD, '\0' };
	const char *const extra[] = { "--report-fd", number, NULL };

	if (!make_pipe(report, err))
		return NULL;
	struct spawn spawn = {
		.in = -1, .out = -1, .err = -1, .report = report[1], .tty = term_fd(term)
	};
	jobs->term = term;
	pid_t pid = run(jobs, &spawn, argv, extra, err);
	if (pid != -1) {
		job = job_new(jobs, true);
		job_read_events(job, report[0]);
		link_job(job, pid);
		jobs->front = job;
		report[0] = -1;
	} else {
		take_terminal_back(jobs); /* the child may have got it before it failed */
	}
	close_all(report, 2);
	return job;
}

bool job_resume(struct job *job, struct term *term, struct err *err)
{
	struct jobs *jobs = job->jobs;

	if (!spawn_front(term_fd(term), job->pid))
		return err_set(err, ERR_LOCAL, _("cannot give the terminal to the session: %s"),
		    strerror(errno));
	jobs->term = term;
	jobs->front = job;
	job_kill(job, SIGCONT);
	return true;
}

/* ---- questions ---- */

void job_kill(struct job *job, int signum)
{
	kill(-job->pid, signum);
}

bool job_is_session(const struct job *job)
{
	return job->session;
}

pid_t job_pid(const struct job *job)
{
	return job->pid;
}

int job_status(const struct job *job)
{
	return job->status;
}

const struct event *job_end(const struct job *job)
{
	return job->has_end ? &job->end : NULL;
}

const char *job_errors(const struct job *job)
{
	return str_text(&job->errors);
}

void job_set_tag(struct job *job, void *tag)
{
	job->tag = tag;
}

void *job_tag(const struct job *job)
{
	return job->tag;
}
