/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/check_text.h"
#include "cli/harden.h"
#include "sallyport/checks.h"
#include "sallyport/hosts.h"
#include "sallyport/loop.h"

/* What the command line said. */
struct wanted {
	bool all, json, json_lines, strict;
	struct strlist groups, tags;
	const char *depth_name;
	enum check_depth depth;
	double timeout;
	long jobs;
};

/* The hosts to check, in the order in which they were named. */
struct selection {
	struct host **hosts;
	size_t len;
	struct host **literals; /* those of hosts that are in no list: owned */
	size_t literal_count;
};

struct check_run {
	const struct wanted *wanted;
	const struct selection *selection;
	struct text_style style;
	struct loop *loop;
	struct checks *checks;
	struct host_report *reports; /* --json: by place in the selection */
	size_t counts[VERDICT_FAIL + 1];
	bool interrupted, write_failed;
};

/* ---- which hosts ---- */

static void selection_add(struct selection *selection, struct host *host)
{
	for (size_t i = 0; i < selection->len; i++)
		if (selection->hosts[i] == host)
			return;
	selection->hosts =
	    mem_realloc(selection->hosts, selection->len + 1, sizeof *selection->hosts);
	selection->hosts[selection->len++] = host;
}

/*
 * A name of the list; else [user@]host[:port] as for connect, where it cannot be a mistyped
 * name: a check of a wrong name should say so, and not ask the name servers for it.
 */
static bool add_named(
    struct selection *selection, const struct host_list *list, const char *name, struct err *err)
{
	struct host *host = hosts_find(list, name);

	if (!host && !strpbrk(name, "@.:")) {
		err_set(err, ERR_NOTFOUND, _("%s: no such host"), name);
		return err_hint(err, _("sallyport list shows all hosts."));
	}
	if (!host) {
		host = hosts_resolve(list, name, err);
		if (!host)
			return false;
		/* As it was typed: the user and the port tell two of them apart. */
		free(host->name);
		host->name = mem_strdup(name);
		selection->literals = mem_realloc(
		    selection->literals, selection->literal_count + 1, sizeof *selection->literals);
		selection->literals[selection->literal_count++] = host;
	}
	selection_add(selection, host);
	return true;
}

/* A group's folders belong to it: "aliyun" is also "aliyun/hangzhou". */
static bool in_group(const struct host *host, const struct strlist *groups)
{
	for (size_t i = 0; i < groups->len; i++) {
		size_t len = strlen(groups->items[i]);
		if (host->group && !strncmp(host->group, groups->items[i], len) &&
		    (host->group[len] == '\0' || host->group[len] == '/'))
			return true;
	}
	return groups->len == 0;
}

static bool has_tags(const struct host *host, const struct strlist *tags)
{
	for (size_t i = 0; i < tags->len; i++)
		if (!strlist_has(&host->tags, tags->items[i]))
			return false;
	return true;
}

static void add_matching(
    struct selection *selection, const struct host_list *list, const struct wanted *wanted)
{
	if (!wanted->all && wanted->groups.len == 0 && wanted->tags.len == 0)
		return;
	for (size_t i = 0; i < list->len; i++)
		if (in_group(list->items[i], &wanted->groups) &&
		    has_tags(list->items[i], &wanted->tags))
			selection_add(selection, list->items[i]);
}

static void selection_done(struct selection *selection)
{
	for (size_t i = 0; i < selection->literal_count; i++)
		host_free(selection->literals[i]);
	free(selection->literals);
	free(selection->hosts);
}

/* ---- telling ---- */

/* A reader that has gone ends the run: nobody is there to be told. */
static void say(struct check_run *run, const struct str *text)
{
	if (run->write_failed || text->len == 0)
		return;
	if (cli_print(text) == EXIT_OK)
		return;
	run->write_failed = true;
	checks_stop(run->checks);
}

static void say_event(struct check_run *run, struct event *event)
{
	struct str line = STR_INIT;

	event_write(event, &line);
	say(run, &line);
	str_done(&line);
	event_done(event);
}

static void on_result(void *ctx, const struct host *host, const struct result *result)
{
	struct check_run *run = ctx;
	struct event event = { .kind = EVENT_CHECK, .status = -1 };

	if (!run->wanted->json_lines)
		return;
	event.host = mem_strdup(host->name ? host->name : "");
	event.result = result_dup(result);
	say_event(run, &event);
}

static void say_host_event(struct check_run *run, const struct host_report *report)
{
	struct event event = { .kind = EVENT_HOST, .status = -1 };

	event.host = mem_strdup(report->name);
	event.verdict = report->verdict;
	event.depth = mem_strdup(report->depth);
	event.duration_ms = report->duration_ms;
	say_event(run, &event);
}

static void keep_report(
    struct check_run *run, const struct host *host, const struct host_report *report)
{
	size_t place = 0;

	while (run->selection->hosts[place] != host)
		place++;
	struct host_report *kept = &run->reports[place];
	*kept = *report;
	kept->name = mem_strdup(report->name);
	kept->depth = mem_strdup(report->depth);
	kept->results = NULL;
	kept->count = 0;
	for (size_t i = 0; i < report->count; i++)
		host_report_add(kept, result_dup(report->results[i]));
}

/* To a person: a host that was not looked at to the end has not passed. */
static void say_text(struct check_run *run, const struct host_report *report)
{
	struct host_report shown = *report;
	struct str text = STR_INIT;

	if (run->interrupted && shown.verdict == VERDICT_PASS)
		shown.verdict = VERDICT_SKIP;
	run->counts[shown.verdict]++;
	check_text(&text, &shown, &run->style);
	say(run, &text);
	str_done(&text);
}

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	struct check_run *run = ctx;

	if (!run->wanted->json_lines && !run->wanted->json) {
		say_text(run, report);
		return;
	}
	run->counts[report->verdict]++;
	if (run->wanted->json_lines)
		say_host_event(run, report);
	else
		keep_report(run, host, report);
}

static void on_done(void *ctx)
{
	struct check_run *run = ctx;

	loop_stop(run->loop);
}

static void on_interrupt(void *ctx)
{
	struct check_run *run = ctx;

	run->interrupted = true;
	checks_stop(run->checks);
}

static void say_end(struct check_run *run)
{
	struct str text = STR_INIT;

	if (run->wanted->json)
		reports_write(run->reports, run->selection->len, &text);
	else if (!run->wanted->json_lines && run->selection->len > 1)
		check_text_tally(&text, run->counts, &run->style);
	say(run, &text);
	str_done(&text);
}

/* ---- running ---- */

/* Of several hosts only what needs attention, unless -v asks for all. */
static struct text_style text_style(const struct cli *cli, size_t hosts)
{
	struct text_style style = { .colour = cli_colour(STDOUT_FILENO),
		.brief = hosts > 1 && cli->verbosity == 0 };
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		style.width = size.ws_col;
	return style;
}

/* A connection can need two descriptors while addresses race; the program needs some itself. */
static unsigned jobs_allowed(const struct wanted *wanted)
{
	long most = (cli_raise_descriptors() - 32) / 2;
	long jobs = wanted->jobs ? wanted->jobs : wanted->depth == DEPTH_REACH ? 1024 : 64;

	return (unsigned)(jobs < most ? jobs : most > 0 ? most : 1);
}

static int exit_status(const struct check_run *run)
{
	if (run->interrupted)
		return EXIT_INTERRUPTED;
	if (run->write_failed || run->counts[VERDICT_FAIL] ||
	    (run->wanted->strict && run->counts[VERDICT_WARN]))
		return EXIT_FAILED;
	return EXIT_OK;
}

static int run_checks(const struct cli *cli, const struct wanted *wanted,
    const struct selection *selection, const struct host_list *list)
{
	static const struct checks_owner owner = { on_result, on_host_done, on_done };
	const struct checks_options options = {
		.depth = wanted->depth,
		.connect_timeout_ms = wanted->timeout * 300,
		.host_timeout_ms = wanted->timeout * 1000,
		.jobs = jobs_allowed(wanted),
	};
	struct check_run run = { .wanted = wanted,
		.selection = selection,
		.style = text_style(cli, selection->len),
		.loop = loop_new(),
		.reports = mem_zalloc(selection->len, sizeof *run.reports) };
	struct loop_signal *interrupt = loop_signal_start(run.loop, SIGINT, on_interrupt, &run);

	run.checks =
	    checks_start(run.loop, list, selection->hosts, selection->len, &options, &owner, &run);
	loop_run(run.loop, NULL, NULL);
	say_end(&run);
	checks_cancel(run.checks);
	loop_signal_cancel(interrupt);
	loop_free(run.loop);
	for (size_t i = 0; i < selection->len; i++)
		host_report_done(&run.reports[i]);
	free(run.reports);
	return exit_status(&run);
}

/* A wrong token is a wrong setting, which host.settings tells. */
static void expand(struct host *host)
{
	struct err err = ERR_INIT;

	if (!host->problem && !host_expand(host, &err))
		host->problem = mem_strdup(err.text);
}

static int select_and_run(struct cli *cli, const struct wanted *wanted, int argc, char **argv)
{
	struct host_list list = { 0 };
	struct selection selection = { 0 };
	struct err err = ERR_INIT;
	int status;

	if (!cli_load_hosts(cli, &list, &err))
		return cli_fail(&err);
	for (int i = 1; i < argc; i++) {
		if (!add_named(&selection, &list, argv[i], &err)) {
			status = cli_fail(&err);
			goto out;
		}
	}
	add_matching(&selection, &list, wanted);
	for (size_t i = 0; i < selection.len; i++)
		expand(selection.hosts[i]);
	if (selection.len > 0) {
		cli_drop_descriptors(NULL, 0);
		status = run_checks(cli, wanted, &selection, &list);
	} else {
		if (list.missing)
			cli_no_hosts(&list, &err);
		else
			err_set(&err, ERR_NOTFOUND, _("no host to check: none matches"));
		status = cli_fail(&err);
	}
out:
	selection_done(&selection);
	hosts_done(&list);
	return status;
}

static int check_run(struct cli *cli, int argc, char **argv)
{
	struct wanted wanted = { .depth_name = "auth", .timeout = 10 };
	const struct option_spec specs[] = {
		{ "--all", NULL, N_("check every host"), OPTION_FLAG, &wanted.all, 0, 0 },
		{ "--group", N_("GROUP"), N_("check the hosts of a group and its folders"),
		    OPTION_LIST, &wanted.groups, 0, 0 },
		{ "--tag", N_("TAG"),
		    N_("check the hosts with a tag (with all, if several are given)"), OPTION_LIST,
		    &wanted.tags, 0, 0 },
		{ "--depth", N_("DEPTH"),
		    N_("how far to go: local (no network), reach (to the banner) or auth (the default)"),
		    OPTION_TEXT, &wanted.depth_name, 0, 0 },
		{ "--json", NULL, N_("one JSON document, at the end"), OPTION_FLAG, &wanted.json, 0,
		    0 },
		{ "--json-lines", NULL, N_("one JSON object a line, as each check ends"),
		    OPTION_FLAG, &wanted.json_lines, 0, 0 },
		{ "--timeout", N_("SECONDS"),
		    N_("for a host in all, three tenths of it to connect (10)"), OPTION_SECONDS,
		    &wanted.timeout, 0, 3600 },
		{ "--jobs", N_("N"), N_("connections at once (64; 1024 for reach)"), OPTION_NUMBER,
		    &wanted.jobs, 1, 10000 },
		{ "--strict", NULL, N_("a warning is a failure too"), OPTION_FLAG, &wanted.strict,
		    0, 0 },
	};
	int status = cli_options(cli, specs, ARRAY_LEN(specs), &argc, argv);

	if (status != CLI_GO_ON)
		goto out;
	if (!check_depth_parse(wanted.depth_name, &wanted.depth))
		status = cli_usage(
		    cli, _("--depth %s: it must be local, reach or auth"), wanted.depth_name);
	else if (wanted.json && wanted.json_lines)
		status = cli_usage(cli, _("--json and --json-lines exclude each other"));
	else if (wanted.timeout <= 0)
		status = cli_usage(cli, _("--timeout must be more than 0"));
	else if (argc < 2 && !wanted.all && wanted.groups.len == 0 && wanted.tags.len == 0)
		status = cli_usage(cli, _("no host named; --all checks every host"));
	if (status == CLI_GO_ON) {
		cli_harden();
		status = select_and_run(cli, &wanted, argc, argv);
	}
out:
	strlist_done(&wanted.groups);
	strlist_done(&wanted.tags);
	return status;
}

const struct cmd cmd_check = {
	.name = "check",
	.usage = "[NAME...] [OPTION...]",
	.summary = N_("say what would go wrong with hosts, and what to do about it"),
	.more = N_(
	    "Exit status: 0 nothing failed, 1 something failed, 2 no host named, 130 interrupted.\n"
	    "A check never signs, never asks, and never writes known_hosts.\n"),
	.usage_status = EXIT_USAGE,
	.run = check_run,
};
