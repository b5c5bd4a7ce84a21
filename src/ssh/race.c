/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/race.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

enum { STAGGER_MS = 250 }; /* RFC 8305 section 5, Connection Attempt Delay */

struct runner {
	struct race *race;
	int fd; /* -1: not running */
	struct loop_watch *watch;
	double since;
};

struct race {
	struct loop *loop;
	struct race_entry *entries; /* in the order of trying */
	struct runner *runners; /* one for each */
	size_t count;
	size_t next; /* the first that was not tried */
	size_t running;
	struct race_entry *winner;
	struct address bind;
	bool bound; /* bind is to be used */
	int bind_errnum; /* bind_address is no address: nobody can start */
	bool due; /* the next may start */
	bool late; /* the whole race has timed out */
	bool over; /* done was called */
	struct loop_timer *stagger, *deadline;
	struct loop_task step;
	race_done *done;
	void *ctx;
};

/* ---- one attempt ---- */

static void runner_stop(struct runner *runner)
{
	loop_watch_cancel(runner->watch);
	runner->watch = NULL;
	if (runner->fd != -1)
		close(runner->fd);
	runner->fd = -1;
}

/* Closes an attempt that is over; errnum 0: given up for the winner. */
static void runner_end(struct runner *runner, int errnum)
{
	struct race *race = runner->race;
	struct race_entry *entry = &race->entries[runner - race->runners];

	runner_stop(runner);
	entry->errnum = errnum;
	entry->ms = loop_now_ms(race->loop) - runner->since;
	race->running--;
}

/*
 * Linux connects a socket to itself when nobody listens on a loopback port that is just drawn as the local one
 * (simultaneous open, RFC 9293 section 3.5): that is no server.
 */
static bool is_own_end(int fd, const struct address *to)
{
	struct address here = { .len = sizeof here.sa };

	return getsockname(fd, (struct sockaddr *)&here.sa, &here.len) == 0 &&
	    here.len == to->len && memcmp(&here.sa, &to->sa, here.len) == 0;
}

/* It can be written to, or has failed.  0: connected. */
static int connect_result(int fd, const struct address *to)
{
	int errnum = 0;
	socklen_t errnum_len = sizeof errnum;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &errnum_len) == -1)
		return errno;
	return errnum == 0 && is_own_end(fd, to) ? ECONNREFUSED : errnum;
}

static void runner_decided(struct runner *runner, int errnum)
{
	struct race *race = runner->race;

	if (errnum == EINPROGRESS)
		return;
	if (errnum == 0 && race->winner == NULL) {
		race->winner = &race->entries[runner - race->runners];
		race->winner->ms = loop_now_ms(race->loop) - runner->since;
		race->winner->won = true;
		race->running--;
	} else {
		runner_end(runner, errnum);
		race->due = true;
	}
	loop_task_queue(&race->step);
}

static void on_ready(void *ctx, unsigned events)
{
	struct runner *runner = ctx;
	const struct race_entry *entry = &runner->race->entries[runner - runner->race->runners];

	(void)events;
	if (runner->race->winner == entry) /* libuv may tell a thing twice in one round */
		return;
	runner_decided(runner, connect_result(runner->fd, &entry->address));
}

/* The socket is made, bound and told to connect.  0, EINPROGRESS or what went wrong. */
static int runner_connect(struct runner *runner, const struct address *to)
{
	const struct race *race = runner->race;
	const struct sockaddr *sa = (const struct sockaddr *)&to->sa;

	if (race->bind_errnum != 0)
		return race->bind_errnum;
	runner->fd = socket(sa->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (runner->fd == -1)
		return errno;
	if (race->bound && race->bind.sa.ss_family != sa->sa_family)
		return EAFNOSUPPORT;
	if (race->bound &&
	    bind(runner->fd, (const struct sockaddr *)&race->bind.sa, race->bind.len) == -1)
		return errno;
	if (connect(runner->fd, sa, to->len) == -1)
		return errno == EINTR ? EINPROGRESS : errno;
	return connect_result(runner->fd, to);
}

static void runner_start(struct runner *runner)
{
	struct race *race = runner->race;
	struct race_entry *entry = &race->entries[runner - race->runners];
	int errnum;

	entry->tried = true;
	runner->since = loop_now_ms(race->loop);
	race->running++;
	errnum = runner_connect(runner, &entry->address);
	if (errnum == EINPROGRESS) {
		runner->watch =
		    loop_watch_start(race->loop, runner->fd, LOOP_WRITE, on_ready, runner);
		if (runner->watch == NULL)
			errnum = ENOMEM;
	}
	runner_decided(runner, errnum);
}

/* ---- the race ---- */

/* The most telling first; an error that is not here tells least. */
static int pick_errnum(const struct race *race)
{
	static const int order[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN, EPERM, EACCES,
		ECONNREFUSED, ECONNRESET, ETIMEDOUT, EADDRNOTAVAIL, EADDRINUSE, EHOSTUNREACH,
		ENETUNREACH };
	int last = ETIMEDOUT;

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		for (size_t j = 0; j < race->next; j++)
			if (race->entries[j].errnum == order[i])
				return order[i];
	for (size_t j = 0; j < race->next; j++)
		last = race->entries[j].errnum;
	return last;
}

static void stop_timers(struct race *race)
{
	loop_timer_cancel(race->stagger);
	loop_timer_cancel(race->deadline);
	race->stagger = race->deadline = NULL;
}

/* done may free the race: nothing is touched after it. */
static void finish(struct race *race)
{
	struct loop_watch *watch = NULL;
	int fd = -1, errnum = 0;

	race->over = true;
	stop_timers(race);
	for (size_t i = 0; i < race->next; i++)
		if (race->runners[i].fd != -1 && &race->entries[i] != race->winner)
			runner_end(&race->runners[i], race->winner != NULL ? 0 : ETIMEDOUT);
	if (race->winner != NULL) {
		struct runner *runner = &race->runners[race->winner - race->entries];

		fd = runner->fd;
		watch = runner->watch;
		runner->fd = -1;
		runner->watch = NULL;
	} else {
		errnum = pick_errnum(race);
	}
	race->done(race->ctx, fd, watch, errnum, race->entries, race->count);
}

static void on_stagger(void *ctx)
{
	struct race *race = ctx;

	race->due = true;
	loop_task_queue(&race->step);
}

static void on_deadline(void *ctx)
{
	struct race *race = ctx;

	race->late = true;
	loop_task_queue(&race->step);
}

static void start_next(struct race *race)
{
	race->due = false;
	runner_start(&race->runners[race->next++]);
	if (race->next == race->count)
		return;
	if (race->stagger == NULL)
		race->stagger = loop_timer_start(race->loop, STAGGER_MS, on_stagger, race);
	else
		loop_timer_set(race->stagger, STAGGER_MS);
}

static void step(void *ctx)
{
	struct race *race = ctx;

	if (race->over)
		return;
	while (race->winner == NULL && !race->late && race->due && race->next < race->count)
		start_next(race);
	if (race->winner != NULL || race->late || (race->running == 0 && race->next == race->count))
		finish(race);
}

/* RFC 8305 section 4: in the order given, but the families take turns, the first one first. */
static void interleave(struct race *race, const struct address *addresses)
{
	size_t next[2] = { 0, 0 };
	bool other = false;

	for (size_t at = 0; at < race->count; other = !other) {
		size_t *i = &next[other];

		while (*i < race->count &&
		    (addresses[*i].sa.ss_family != addresses[0].sa.ss_family) != other)
			(*i)++;
		if (*i < race->count)
			race->entries[at++].address = addresses[(*i)++];
	}
}

static void set_bind(struct race *race, const char *bind_address)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	if (getaddrinfo(bind_address, NULL, &hints, &found) != 0) {
		race->bind_errnum = EADDRNOTAVAIL;
		return;
	}
	memcpy(&race->bind.sa, found->ai_addr, found->ai_addrlen);
	race->bind.len = found->ai_addrlen;
	race->bound = true;
	freeaddrinfo(found);
}

struct race *race_start(struct loop *loop, const struct address *addresses, size_t count,
    const char *bind_address, double timeout_ms, race_done *done, void *ctx)
{
	struct race *race = mem_zalloc(1, sizeof *race);

	*race =
	    (struct race){ .loop = loop, .count = count, .due = true, .done = done, .ctx = ctx };
	race->entries = mem_zalloc(count, sizeof *race->entries);
	race->runners = mem_zalloc(count, sizeof *race->runners);
	for (size_t i = 0; i < count; i++)
		race->runners[i] = (struct runner){ .race = race, .fd = -1 };
	interleave(race, addresses);
	if (bind_address != NULL)
		set_bind(race, bind_address);
	if (timeout_ms > 0)
		race->deadline = loop_timer_start(loop, timeout_ms, on_deadline, race);
	loop_task_init(&race->step, loop, step, race);
	loop_task_queue(&race->step);
	return race;
}

void race_cancel(struct race *race)
{
	if (race == NULL)
		return;
	stop_timers(race);
	loop_task_done(&race->step);
	for (size_t i = 0; i < race->count; i++)
		runner_stop(&race->runners[i]);
	free(race->entries);
	free(race->runners);
	free(race);
}
