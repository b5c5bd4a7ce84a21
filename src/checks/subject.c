/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- one host's results ---- */

static const struct result *find(const struct subject *subject, const char *id)
{
	for (size_t i = 0; i < subject->report.count; i++)
		if (str_eq(subject->report.results[i]->id, id))
			return subject->report.results[i];
	return NULL;
}

bool subject_has(const struct subject *subject, const char *id)
{
	return find(subject, id);
}

void subject_tell(struct subject *subject, struct result *result)
{
	struct checks *run = subject->run;

	if (run->owner.result)
		run->owner.result(run->ctx, subject->host, result);
	host_report_add(&subject->report, result);
}

struct ranked {
	size_t rank;
	struct result *result;
};

static int by_rank(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	/* jump.2 and jump.10 */
	size_t x = strlen(a->result->id), y = strlen(b->result->id);
	return x != y ? (x < y ? -1 : 1) : strcmp(a->result->id, b->result->id);
}

/* Into the order of the table. */
static void sort_results(struct host_report *report)
{
	struct ranked *ranked = mem_zalloc(report->count + 1, sizeof *ranked);

	for (size_t i = 0; i < report->count; i++)
		ranked[i] =
		    (struct ranked){ check_rank(report->results[i]->id), report->results[i] };
	qsort(ranked, report->count, sizeof *ranked, by_rank);
	for (size_t i = 0; i < report->count; i++)
		report->results[i] = ranked[i].result;
	free(ranked);
}

/* What failed of that which the check needs, and what that needs in turn; NULL: nothing. */
static const char *failed_need(const struct subject *subject, const struct check *check)
{
	for (; check && check->needs; check = check_find(check->needs)) {
		const struct result *result = find(subject, check->needs);
		if (result && result->verdict == VERDICT_FAIL)
			return check->needs;
	}
	return NULL;
}

void subject_skip(struct subject *subject, const char *id, const struct undone *undone)
{
	struct result *result = result_new(id, VERDICT_SKIP);

	result_summary(result, "%s", undone->why);
	if (undone->key)
		result_detail(result, undone->key, "%s", undone->value);
	subject_tell(subject, result);
}

/* Why a check has no result; the caller frees the sentence. */
static struct undone undone_for(const struct subject *subject, const struct check *check)
{
	const char *failed = failed_need(subject, check);
	const struct undone *rest = &subject->rest;

	if (failed)
		return (struct undone){ .why = mem_printf(_("not reached: %s failed"), failed) };
	if (rest->why && check->depth > DEPTH_LOCAL)
		return (struct undone){ mem_strdup(rest->why), rest->key, rest->value };
	if (subject->run->stopping)
		return (struct undone){ mem_strdup(_("interrupted")), "postponed", "interrupted" };
	return (struct undone){ .why = mem_strdup(_("not reached")) };
}

static void skip_rest(struct subject *subject)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	for (size_t i = 0; i < count; i++) {
		if (table[i]->depth > subject->run->options.depth ||
		    subject_has(subject, table[i]->id))
			continue;
		struct undone undone = undone_for(subject, table[i]);
		if (table[i] == &check_jump)
			behind_skip(subject, &undone);
		else
			subject_skip(subject, table[i]->id, &undone);
		free(undone.why);
	}
}

/* Did anybody answer?  That a name has an address says nothing of who is there. */
static bool was_called(const struct host_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct check *check = check_find(report->results[i]->id);
		if (check && check->depth > DEPTH_LOCAL && check != &check_net_resolve &&
		    report->results[i]->verdict != VERDICT_SKIP)
			return true;
	}
	return false;
}

/* A host that should have been called and was not has not passed by what this machine knows of it. */
static void judge(struct host_report *report, enum depth depth)
{
	if (report->verdict == VERDICT_PASS && report->incomplete && depth > DEPTH_LOCAL &&
	    !was_called(report))
		report->verdict = VERDICT_SKIP;
}

void subject_settle(struct subject *subject)
{
	struct checks *run = subject->run;
	struct host_report *report = &subject->report;

	if (!subject->local_done || !subject->net_done || subject->ended)
		return;
	skip_rest(subject);
	subject->ended = true;
	sort_results(report);
	judge(report, run->options.depth);
	report->name = mem_strdup(subject->host->name ? subject->host->name : "");
	report->depth = mem_strdup(depth_name(run->options.depth));
	report->duration_ms = subject->busy_ms;
	report->checked_at = time(NULL);
	if (run->owner.host_done)
		run->owner.host_done(run->ctx, subject->host, report);
	host_report_done(report);
	run->left--;
	loop_task_queue(&run->task);
}

static void net_done(struct subject *subject, const char *why, const char *key, const char *value)
{
	if (subject->net_done)
		return;
	subject->net_done = true;
	subject->rest = (struct undone){ why ? mem_strdup(why) : NULL, key, value };
	subject_settle(subject);
}

void subject_net_done(struct subject *subject, const char *why)
{
	net_done(subject, why, NULL, NULL);
}

void subject_postpone(struct subject *subject, const char *how, const char *why)
{
	net_done(subject, why, "postponed", how);
}

void subject_needs(struct subject *subject, const char *what, const char *why)
{
	net_done(subject, why, "needs", what);
}

/* ---- local checks ---- */

static void local_tell(struct check_job *job, struct result *result)
{
	struct subject *subject = job->ctx;

	if (!result->others) /* else it took no time */
		result->duration_ms = loop_now_ms(subject->run->loop) - job->started;
	subject_tell(subject, result);
}

static void local_settle(struct subject *subject)
{
	subject->local_done = subject->local_begun && !subject->jobs;
	subject_settle(subject);
}

static void job_free(struct check_job *job)
{
	check_job_done(job);
	free(job);
}

/* The end of a check with a job of its own. */
static void job_tell(struct check_job *job, struct result *result)
{
	struct subject *subject = job->ctx;
	struct check_job **at = &subject->jobs;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	local_tell(job, result);
	job_free(job);
	local_settle(subject);
}

static void job_init(struct check_job *job, struct subject *subject, check_tell_fn *tell)
{
	struct checks *run = subject->run;

	*job = (struct check_job){ .host = subject->host,
		.list = run->list,
		.agents = &run->agents,
		.tell = tell,
		.ctx = subject };
	if (subject->usable)
		check_job_keys(job, &run->keys);
}

static void job_start(struct check_job *job, const struct check *check)
{
	const struct subject *subject = job->ctx;

	job->check = check;
	job->started = loop_now_ms(subject->run->loop);
	check->start(job);
}

/* A check that may go on when this is over. */
static void start_own(struct subject *subject, const struct check *check)
{
	struct check_job *job = mem_alloc(sizeof *job);

	job_init(job, subject, job_tell);
	job->next = subject->jobs;
	subject->jobs = job;
	job_start(job, check);
}

void subject_local(struct subject *subject)
{
	double started = loop_now_ms(subject->run->loop);
	struct check_job job;
	size_t count;
	const struct check *const *table = checks_table(&count);

	job_init(&job, subject, local_tell);
	for (size_t i = 0; i < count; i++) {
		if (!table[i]->start || (i > 0 && !subject->usable))
			continue;
		if (table[i]->cancel)
			start_own(subject, table[i]);
		else
			job_start(&job, table[i]);
	}
	check_job_done(&job);
	subject->busy_ms += loop_now_ms(subject->run->loop) - started;
	subject->local_begun = true;
	local_settle(subject);
}

void subject_local_cancel(struct subject *subject)
{
	struct check_job *job;

	while ((job = subject->jobs) != NULL) {
		subject->jobs = job->next;
		job->check->cancel(job);
		job_free(job);
	}
}
