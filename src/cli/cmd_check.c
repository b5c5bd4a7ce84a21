/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include "cli/check.h"
#include "cli/harden.h"
#include "sallyport/hosts.h"

static int select_and_run(struct cli *cli, const struct check_wanted *wanted, int argc, char **argv)
{
	struct check_selection selection = { 0 };
	struct host_list list = { 0 };
	struct err err = ERR_INIT;
	int status;

	if (!cli_load_hosts(cli, &list, &err))
		return cli_fail(&err);
	if (check_select(&selection, &list, wanted, argv + 1, (size_t)(argc - 1), &err)) {
		cli_drop_descriptors((const int[]){ (int)wanted->report_fd }, 1);
		status = wanted->fix ? check_fix(cli, wanted, &selection, &list)
				     : check_run(cli, wanted, &selection, &list, NULL);
	} else {
		status = cli_fail(&err);
	}
	check_selection_done(&selection);
	hosts_done(&list);
	return status;
}

/* CLI_GO_ON, or the status after a message about what does not go together. */
static int judge(const struct cli *cli, struct check_wanted *wanted, int argc)
{
	bool selects = wanted->all || wanted->names_from || wanted->groups.len || wanted->tags.len;

	if (!depth_parse(wanted->depth_name, &wanted->depth))
		return cli_usage(
		    cli, _("--depth %s: it must be local, reach or auth"), wanted->depth_name);
	if (wanted->json && wanted->json_lines)
		return cli_usage(cli, _("--json and --json-lines exclude each other"));
	if (wanted->fix && (wanted->json || wanted->json_lines))
		return cli_usage(cli, _("--fix asks: it cannot write JSON"));
	if (wanted->timeout <= 0)
		return cli_usage(cli, _("--timeout must be more than 0"));
	if (argc < 2 && !selects)
		return cli_usage(cli, _("no host named; --all checks every host"));
	return CLI_GO_ON;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct check_wanted wanted = { .depth_name = "auth", .timeout = 10, .report_fd = -1 };
	const struct option_spec specs[] = {
		{ "--all", NULL, N_("check every host"), OPTION_FLAG, &wanted.all, 0, 0 },
		{ "--group", N_("GROUP"), N_("check the hosts of a group and its folders"),
		    OPTION_LIST, &wanted.groups, 0, 0 },
		{ "--tag", N_("TAG"),
		    N_("check the hosts with a tag (with all, if several are given)"), OPTION_LIST,
		    &wanted.tags, 0, 0 },
		{ "--names-from", N_("FILE"),
		    N_("check the hosts that are named in it, one a line (-: standard input)"),
		    OPTION_TEXT, &wanted.names_from, 0, 0 },
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
		{ "--jobs", N_("N"),
		    N_("connections at once (64; for reach as many as the system allows)"),
		    OPTION_NUMBER, &wanted.jobs, 1, 10000 },
		{ "--through-jumps", NULL,
		    N_("log in on jump hosts, asking nobody, to check the hosts behind them"),
		    OPTION_FLAG, &wanted.through_jumps, 0, 0 },
		{ "--fix", NULL, N_("offer to mend what can be mended; asks before each change"),
		    OPTION_FLAG, &wanted.fix, 0, 0 },
		{ "--report-fd", N_("FD"), N_("of the menu: JSON lines go to this descriptor, too"),
		    OPTION_NUMBER, &wanted.report_fd, 3, 1 << 20 },
		{ "--automatic", NULL,
		    N_("nobody asked: call no server that was called in the last 30 s"),
		    OPTION_FLAG, &wanted.automatic, 0, 0 },
		{ "--strict", NULL,
		    N_("a warning is a failure too, and so is a host that was not looked at to the end"),
		    OPTION_FLAG, &wanted.strict, 0, 0 },
	};
	int status = cli_options(cli, specs, ARRAY_LEN(specs), &argc, argv);

	if (status != CLI_GO_ON)
		goto out;
	status = judge(cli, &wanted, argc);
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
	    "A check never asks, never writes known_hosts, and signs only for jump hosts,\n"
	    "when --through-jumps asks for it.  --fix says what it would change, and asks.\n"),
	.usage_status = EXIT_USAGE,
	.run = run,
};
