/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The menu's children, run as a shell runs its jobs: checkers in the background whose
 * JSON lines are read, and sessions that own the terminal as the foreground process
 * group, can be stopped with ~^Z and resumed.  Knows neither SSH nor the screen.
 */
#ifndef SALLYPORT_JOBS_H
#define SALLYPORT_JOBS_H

#include <sys/types.h>

#include "sallyport/report.h"

struct job;
struct jobs;
struct loop;
struct term;

enum job_state { JOB_RUNNING, JOB_STOPPED, JOB_ENDED };

struct job_owner {
	/* One event line of the child (untrusted content); borrowed. */
	void (*event)(void *ctx, struct job *job, const struct event *event);
	/* The child stopped (JOB_STOPPED), was continued, or ended.  After JOB_ENDED the job is freed when this returns. */
	void (*changed)(void *ctx, struct job *job, enum job_state state);
};

/* program: the path to run for children (this program itself); copied. */
struct jobs *jobs_new(
    struct loop *loop, const char *program, const struct job_owner *owner, void *ctx);
/* Sends SIGHUP and SIGCONT to every child, waits a little for their ends, and frees. */
void jobs_free(struct jobs *jobs);

/*
 * A background child: argv after the program's name, e.g. "check", "--json-lines", NULL.  Its
 * standard output is read as event lines, its standard error kept for job_errors().  input: a descriptor
 * for its standard input, borrowed; -1: nothing comes from there.
 */
struct job *job_start_checker(
    struct jobs *jobs, const char *const *argv, int input, struct err *err);
/*
 * A foreground child on the terminal: the caller has left curses.  "--report-fd N" is put in
 * after the first argument.  While it is in front, do not read the terminal.
 */
struct job *job_start_session(
    struct jobs *jobs, struct term *term, const char *const *argv, struct err *err);
/* Brings a stopped session to the front again. */
bool job_resume(struct job *job, struct term *term, struct err *err);
/* Sends a signal to its process group. */
void job_kill(struct job *job, int signum);

bool job_is_session(const struct job *job);
pid_t job_pid(const struct job *job);
/* waitpid's status after JOB_ENDED. */
int job_status(const struct job *job);
/* The EVENT_END that it sent, NULL when it crashed without one; borrowed. */
const struct event *job_end(const struct job *job);
/* The first lines of its standard error (checkers), cleaned by nobody; borrowed. */
const char *job_errors(const struct job *job);
void job_set_tag(struct job *job, void *tag);
void *job_tag(const struct job *job);

#endif
