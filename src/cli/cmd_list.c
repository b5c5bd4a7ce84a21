/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/table.h"
#include "sallyport/hosts.h"
#include "sallyport/report.h"

static void add_row(struct table *table, const struct host *host)
{
	char *address = host_address(host), *tags = strlist_join(&host->tags, " ");

	table_add(table, host->name);
	table_add(table, address);
	table_add(table, host->group);
	table_add(table, tags);
	table_add(table, host->problem);
	free(address);
	free(tags);
}

static void write_table(struct host *const *hosts, size_t count, struct str *out)
{
	struct table table = { .columns = 5 };

	for (size_t i = 0; i < count; i++)
		add_row(&table, hosts[i]);
	table_write(&table, 0, out);
	table_done(&table);
}

/* For scripts: the names as they are in a pipe, whatever the locale. */
static void write_names(struct host *const *hosts, size_t count, struct str *out)
{
	unsigned flags = isatty(STDOUT_FILENO) ? clean_locale_flags() : 0;

	for (size_t i = 0; i < count; i++) {
		clean_text(out, hosts[i]->name, strlen(hosts[i]->name), flags);
		str_add_char(out, '\n');
	}
}

/* The hosts that match, in file order; the array is the caller's, the hosts are not. */
static struct host **matching(const struct host_list *list, const char *query, size_t *count)
{
	struct host **hosts = mem_zalloc(list->len + 1, sizeof *hosts);

	*count = 0;
	for (size_t i = 0; i < list->len; i++)
		if (!query || host_matches(list->items[i], query))
			hosts[(*count)++] = list->items[i];
	return hosts;
}

/* Words of a menu's filter that ask for a sign, which is the menu's: no host would match. */
static bool asks_for_sign(const char *query)
{
	for (; query; query = strchr(query, ' ')) {
		query += strspn(query, " ");
		if (!strncmp(query, "is:", 3))
			return true;
	}
	return false;
}

static int list_run(struct cli *cli, int argc, char **argv)
{
	bool json = false, names = false;
	const struct option_spec specs[] = {
		{ "--json", NULL, N_("one JSON document with all settings"), OPTION_FLAG, &json, 0,
		    0 },
		{ "--names", NULL, N_("names only, one a line"), OPTION_FLAG, &names, 0, 0 },
	};
	struct host_list list = { 0 };
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	size_t count;
	int status = cli_options(cli, specs, ARRAY_LEN(specs), &argc, argv);

	if (status != CLI_GO_ON)
		return status;
	if (argc > 2)
		return cli_usage(
		    cli, _("one QUERY, please: put words with blanks between them in quotes"));
	if (asks_for_sign(argv[1]))
		return cli_usage(cli,
		    _("is: works in the menu only; sallyport check --all looks at every host"));
	if (json && names)
		return cli_usage(cli, _("--json and --names exclude each other"));
	if (!cli_load_hosts(cli, &list, &err))
		return cli_fail(&err);
	if (list.len == 0) {
		cli_no_hosts(&list, &err);
		cli_error(&err);
	}
	struct host **hosts = matching(&list, argv[1], &count);

	if (json)
		hosts_write(hosts, count, &out);
	else if (names)
		write_names(hosts, count, &out);
	else
		write_table(hosts, count, &out);
	status = cli_print(&out);
	free(hosts);
	str_done(&out);
	hosts_done(&list);
	return status;
}

const struct cmd cmd_list = {
	.name = "list",
	.usage = "[QUERY] [--json|--names]",
	.summary = N_("list the hosts"),
	.more = N_(
	    "QUERY is as in the menu: words that must all be found in name, address, group, tags or\n"
	    "note; tag:, group: and user: look in one place only.\n"),
	.usage_status = EXIT_USAGE,
	.run = list_run,
};
