/* SPDX-License-Identifier: Apache-2.0 */
/* One child and the list of all, shared by jobs.c (life) and pipes.c (what the child says). */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "sallyport/jobs.h"
#include "sallyport/loop.h"
#include "sallyport/util.h"

/* The reading end of a child's pipe; fd -1 once closed. */
struct source {
	int fd;
	struct loop_watch *watch;
};

struct job {
	struct job *next;
	struct jobs *jobs;
	pid_t pid; /* its process group, too */
	bool session;
	bool over; /* ended, or stopped for good, when the menu ends */
	int status;
	struct source events;
	struct line_reader lines;
	struct source stderr_source;
	struct str errors;
	bool has_end;
	struct event end;
	void *tag;
};

struct jobs {
	struct loop *loop;
	char *program;
	struct job_owner owner;
	void *ctx;
	struct job *list;
	struct loop_signal *sigchld;
	struct loop_task reap;
	struct job *front; /* the session that has the terminal, NULL: we have it */
	struct term *term; /* its terminal; borrowed */
};

/* Starts to read event lines, or errors, from fd, which the job owns now. */
void job_read_events(struct job *job, int fd);
void job_read_errors(struct job *job, int fd);
/* Reads what a child that has ended left in its pipes. */
void job_drain(struct job *job);
void job_close_pipes(struct job *job);

#endif
