/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include <signal.h>
#include <stdlib.h>

#include "cli/harden.h"
#include "sallyport/loop.h"

enum { OWN_DESCRIPTORS = 32, LOGINS_AT_ONCE = 64 };

/*
 * To a greeting all hosts at once, as far as there are descriptors.  The program needs some itself, and a connection two
 * while addresses race: the runner copes when that is too few after all.
 */
static unsigned jobs_allowed(const struct check_wanted *wanted)
{
	long descriptors = cli_raise_descriptors();
	long most = descriptors - OWN_DESCRIPTORS - descriptors / 16;
	long jobs = wanted->jobs          ? wanted->jobs
	    : wanted->depth == DEPTH_AUTH ? LOGINS_AT_ONCE
					  : most;

	return (unsigned)(jobs < most ? jobs : most > 0 ? most : 1);
}

static void on_interrupt(void *ctx)
{
	struct check_telling *telling = ctx;

	telling->interrupted = true;
	checks_stop(telling->checks);
}

/* The menu ends its checks by SIGTERM: what they have found is remembered all the same.  A guard ends by them itself. */
struct ends {
	struct loop_signal *of[3];
};

/* As ssh.c of OpenSSH has it: nohup is obeyed. */
static bool is_ignored(int signum)
{
	struct sigaction now;

	return signum == SIGHUP && sigaction(signum, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static struct ends ends_start(struct check_telling *telling)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct ends ends = { { NULL } };

	for (size_t i = 0; i < (telling->marks ? 1 : ARRAY_LEN(signals)); i++)
		if (!is_ignored(signals[i]))
			ends.of[i] =
			    loop_signal_start(telling->loop, signals[i], on_interrupt, telling);
	return ends;
}

static void ends_cancel(const struct ends *ends)
{
	for (size_t i = 0; i < ARRAY_LEN(ends->of); i++)
		if (ends->of[i])
			loop_signal_cancel(ends->of[i]);
}

int check_part(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct check_marks *marks, struct host_report *reports)
{
	const struct checks_options options = {
		.depth = wanted->depth,
		.connect_timeout_ms = wanted->timeout * 300,
		.host_timeout_ms = wanted->timeout * 1000,
		.jobs = jobs_allowed(wanted),
		.through_jumps = wanted->through_jumps,
		/* The menu reads the lines. */
		.how_through = wanted->json_lines ? _("press c") : "--through-jumps",
	};
	struct loop *loop = loop_new();
	struct check_telling telling;

	check_telling_init(&telling, cli, wanted, selection, loop, marks, reports);
	check_memory_init(&telling.memory, cli, wanted, list);
	struct ends ends = ends_start(&telling);

	telling.checks = checks_start(
	    loop, list, selection->hosts, selection->len, &options, &check_teller, &telling);
	loop_run(loop, NULL, NULL);
	if (!marks)
		check_telling_end(&telling);
	checks_cancel(telling.checks);
	check_memory_done(&telling.memory);
	ends_cancel(&ends);
	int status = check_telling_status(&telling);
	check_telling_done(&telling);
	loop_free(loop);
	return status;
}

/* Who reads lines as they come knows which hosts were not told to the end, and who asks for no login meets no libssh2. */
static bool needs_guard(const struct check_wanted *wanted)
{
	return wanted->depth == DEPTH_AUTH && !wanted->json_lines;
}

int check_run(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct host_report *reports)
{
	struct host_report *own = NULL;

	if (!reports && wanted->json)
		reports = own = mem_zalloc(selection->len, sizeof *own);
	int status = needs_guard(wanted) ? check_guarded(cli, wanted, selection, list, reports)
					 : check_part(cli, wanted, selection, list, NULL, reports);
	for (size_t i = 0; own && i < selection->len; i++)
		host_report_done(&own[i]);
	free(own);
	return status;
}
