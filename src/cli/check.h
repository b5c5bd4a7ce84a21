/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the check command share: what was asked for, which hosts that are
 * (check_select.c), a run of the checks (check_run.c) and how it is told (check_tell.c).  The
 * options are read in cmd_check.c.  Private to cli.
 */
#ifndef SALLYPORT_CLI_CHECK_H
#define SALLYPORT_CLI_CHECK_H

#include "cli/check_text.h"
#include "cli/check_told.h"
#include "cli/cmd.h"
#include "sallyport/checks.h"
#include "sallyport/loop.h"
#include "sallyport/state.h"

/* What the command line said. */
struct check_wanted {
	bool automatic; /* nobody asked for it: be polite */
	bool all, json, json_lines, strict, through_jumps, fix;
	struct strlist groups, tags;
	const char *names_from; /* a file, "-" standard input; NULL: none */
	const char *depth_name;
	enum depth depth;
	double timeout;
	long jobs;
	long report_fd; /* --fix of the menu: event lines go there, too; -1: nowhere */
};

/* The hosts to check, each once, in the order in which they were named. */
struct check_selection {
	struct host **hosts;
	size_t len, cap;
	size_t named; /* so many of the first were asked for one by one */
	size_t *places; /* by the id of a host: its place in hosts, counted from 1 */
	size_t places_len;
	struct host **literals; /* those of hosts that are in no list: owned */
	size_t literal_count;
};

/*
 * The named hosts, then those that --all, --group and --tag mean, with their tokens replaced.  Borrows from the
 * list, which has to outlive the selection.  False with err set: a name is unknown, or nothing matches.
 */
bool check_select(struct check_selection *selection, const struct host_list *list,
    const struct check_wanted *wanted, char *const *names, size_t count, struct err *err);
/* Unless it is there. */
void check_selection_add(struct check_selection *selection, struct host *host);
/* Where in the selection a host of it stands. */
size_t check_selection_place(const struct check_selection *selection, const struct host *host);
void check_selection_done(struct check_selection *selection);

/* What is known of a host and its telling, by place in the selection. */
struct check_mark {
	bool begun, told;
	int64_t checked_at;
};

/* Memory that outlives the process that checks: see check_guard.c. */
struct check_marks {
	struct text_tally tally;
	size_t hosts; /* in the whole selection */
	bool write_failed; /* a child could not print what it told */
	int told; /* what was found: see check_told.h */
	struct check_mark of[];
};

/* What is remembered from run to run. */
struct check_memory {
	const struct cli *cli;
	const struct host_list *list;
	struct state_news *news;
	struct state *state; /* read when it is asked for */
	bool automatic;
	bool kept; /* there will be something to write */
	bool told; /* that it cannot be written */
};
void check_memory_init(struct check_memory *memory, const struct cli *cli,
    const struct check_wanted *wanted, const struct host_list *list);
void check_memory_add(struct check_memory *memory, const struct host *host,
    const struct host_report *report, bool interrupted);
/* As in struct checks_owner. */
bool check_memory_may_call(struct check_memory *memory, const char *server, char **why);
void check_memory_called(struct check_memory *memory, const char *server, double unfinished);
double check_memory_unfinished(struct check_memory *memory, const char *server);
/* Writes all of it, and frees. */
void check_memory_done(struct check_memory *memory);

/* A run as it is told: lines and blocks as results come, one document at the end. */
struct check_telling {
	const struct check_wanted *wanted;
	const struct check_selection *selection;
	struct text_style style;
	struct check_memory memory;
	struct loop *loop; /* stopped when all is told */
	struct str pending; /* not written yet */
	struct loop_task write; /* writes it before the loop sleeps */
	struct checks *checks; /* stopped when nobody reads any more */
	struct host_report *reports; /* by place in the selection; NULL: not kept */
	struct report_sink sink; /* of --report-fd */
	struct text_tally own_tally, *tally; /* its own, or that of the marks */
	struct check_marks *marks; /* NULL: what is told is told by this process alone */
	bool interrupted, write_failed;
};

/* What to give to checks_start(), with a struct check_telling as its context. */
extern const struct checks_owner check_teller;
/* reports: may be NULL.  With marks, what a host's checks found is written and marked as it is told, and the loop may be NULL. */
void check_telling_init(struct check_telling *telling, const struct cli *cli,
    const struct check_wanted *wanted, const struct check_selection *selection, struct loop *loop,
    struct check_marks *marks, struct host_report *reports);
/* The mark of a host; there must be marks. */
struct check_mark *check_mark(const struct check_telling *telling, const struct host *host);
/* After the last host: the document or the tally. */
void check_telling_end(struct check_telling *telling);
/* The exit status that goes with what was told. */
int check_telling_status(const struct check_telling *telling);
void check_telling_done(struct check_telling *telling);

/*
 * Checks the hosts and tells it on standard output; an exit status.  SIGINT ends it early.  reports: one for each host, by its
 * place, zeroed, which the caller ends; NULL: they are not wanted.
 */
int check_run(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct host_report *reports);
/* --fix: the same, then asks about each change that would mend something, makes it, and checks those hosts again. */
int check_fix(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list);
/* The same in children, one of which may die of what a server sends (check_guard.c). */
int check_guarded(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct host_report *reports);
/* The same in this process.  With marks the end and the reports are left to who has them. */
int check_part(const struct cli *cli, const struct check_wanted *wanted,
    const struct check_selection *selection, const struct host_list *list,
    struct check_marks *marks, struct host_report *reports);

#endif
