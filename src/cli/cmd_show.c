/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <stdlib.h>

#include "cli/table.h"
#include "sallyport/hosts.h"
#include "sallyport/report.h"

static const char *origin_text(const struct host *host, const struct host_field *field)
{
	switch (host_origin(host, field)) {
	case ORIGIN_BUILTIN:
		return _("built in");
	case ORIGIN_DEFAULTS:
		return _("defaults");
	case ORIGIN_HOST:
		return _("host");
	case ORIGIN_COMMAND_LINE:
		return _("command line");
	}
	return NULL;
}

/* Each member that has a value; explain: and where it is from. */
static void write_text(const struct host *host, bool explain, struct str *out)
{
	struct table table = { .columns = 3 };
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++) {
		char *text = host_get_text(host, &fields[i]);

		if (*text) {
			table_add(&table, fields[i].json);
			table_add(&table, explain ? origin_text(host, &fields[i]) : NULL);
			table_add(&table, text);
		}
		free(text);
	}
	if (host->problem) {
		table_add(&table, _("problem"));
		table_add(&table, NULL);
		table_add(&table, host->problem);
	}
	table_write(&table, 0, out);
	table_done(&table);
}

static void write_command(const struct host_list *list, const struct host *host, struct str *out)
{
	char *command = host_ssh_command(list, host), *clean = clean_dup(command);

	str_addf(out, "\n%s\n", clean);
	free(command);
	free(clean);
}

static int show_host(const struct host_list *list, const struct host *host, bool explain, bool json)
{
	struct str out = STR_INIT;

	if (json) {
		host_write(list, host, explain, &out);
	} else {
		write_text(host, explain, &out);
		if (explain)
			write_command(list, host, &out);
	}
	int status = cli_print(&out);

	str_done(&out);
	return status;
}

static int show_run(struct cli *cli, int argc, char **argv)
{
	bool json = false, explain = false;
	const struct option_spec specs[] = {
		{ "--json", NULL, N_("one JSON object"), OPTION_FLAG, &json, 0, 0 },
		{ "--explain", NULL,
		    N_("where each value comes from, and the equivalent ssh command"), OPTION_FLAG,
		    &explain, 0, 0 },
	};
	struct host_list list = { 0 };
	struct err err = ERR_INIT;
	int status = cli_options(cli, specs, ARRAY_LEN(specs), &argc, argv);

	if (status != CLI_GO_ON)
		return status;
	if (argc != 2)
		return cli_usage(cli, argc < 2 ? _("no host named") : _("one host at a time"));
	if (!cli_load_hosts(cli, &list, &err))
		return cli_fail(&err);
	const struct host *host = hosts_find(&list, argv[1]);

	if (host) {
		status = show_host(&list, host, explain, json);
	} else {
		cli_no_such_host(&list, argv[1], &err);
		status = cli_fail(&err);
	}
	hosts_done(&list);
	return status;
}

const struct cmd cmd_show = {
	.name = "show",
	.usage = "NAME [--json] [--explain]",
	.summary = N_("show the effective settings of a host"),
	.usage_status = EXIT_USAGE,
	.run = show_run,
};
