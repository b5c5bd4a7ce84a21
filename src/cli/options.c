/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"

/* ---- help ---- */

static void add_row(struct table *table, const struct option_spec *spec)
{
	char *name = mem_printf(
	    "%s%s%s", spec->name, spec->value ? " " : "", spec->value ? _(spec->value) : "");

	table_add(table, name);
	table_add(table, _(spec->help));
	free(name);
}

/* What every command takes; "to" is filled in from a struct cli. */
static const struct option_spec common[] = {
	{ "--hosts", N_("FILE"), N_("the hosts file to use"), OPTION_TEXT, NULL, 0, 0 },
	{ "--config", N_("FILE"), N_("the settings file to use"), OPTION_TEXT, NULL, 0, 0 },
	{ "--help", NULL, N_("show this and exit"), OPTION_FLAG, NULL, 0, 0 },
	{ "--version", NULL, N_("show the version and exit"), OPTION_FLAG, NULL, 0, 0 },
	{ "-v", NULL, N_("say more"), OPTION_FLAG, NULL, 0, 0 },
};

static void add_options(struct str *out, const struct option_spec *specs, size_t count)
{
	struct table table = { .columns = 2 };

	for (size_t i = 0; i < count; i++)
		add_row(&table, &specs[i]);
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		add_row(&table, &common[i]);
	str_add_char(out, '\n');
	table_write(&table, 2, out);
	table_done(&table);
}

static void add_commands(struct str *out)
{
	struct table table = { .columns = 2 };

	str_addf(out, "%s\n\n%s\n\n%s\n",
	    _("usage: sallyport [QUERY]\n       sallyport COMMAND [ARGUMENT...]"),
	    _("Without a command: the menu, filtered by QUERY; the exact name of a host connects to it."),
	    _("Commands (sallyport COMMAND --help says more):"));
	for (const struct cmd *const *cmd = cli_commands; *cmd; cmd++) {
		table_add(&table, (*cmd)->name);
		table_add(&table, _((*cmd)->summary));
	}
	table_write(&table, 2, out);
	table_done(&table);
}

/* specs may be NULL for a command that reads its options itself. */
static int show_help(const struct cli *cli, const struct option_spec *specs, size_t count)
{
	struct str out = STR_INIT;
	const struct cmd *cmd = cli->cmd;

	if (cmd) {
		str_addf(&out, _("usage: sallyport %s %s\n"), cmd->name, cmd->usage);
		str_addf(&out, "\n%s\n", _(cmd->summary));
	} else {
		add_commands(&out);
	}
	add_options(&out, specs, count);
	if (cmd && cmd->more)
		str_addf(&out, "\n%s", _(cmd->more));
	int status = cli_print(&out);

	str_done(&out);
	return status;
}

static int show_version(void)
{
	struct str out = STR_INIT;

	str_addf(&out, "%s\n", PACKAGE_STRING);
	int status = cli_print(&out);

	str_done(&out);
	return status;
}

/* ---- values ---- */

static int wrong_number(const struct cli *cli, const struct option_spec *spec, const char *value)
{
	return cli_usage(cli, _("%s %s: it must be a number from %ld to %ld"), spec->name, value,
	    spec->min, spec->max);
}

static int set_number(const struct cli *cli, const struct option_spec *spec, const char *value)
{
	char *end;

	errno = 0;
	long number = strtol(value, &end, 10);

	if (end == value || *end || errno || number < spec->min || number > spec->max)
		return wrong_number(cli, spec, value);
	*(long *)spec->to = number;
	return CLI_GO_ON;
}

/* "2.5" in every locale: digits, and a point between them. */
static int set_seconds(const struct cli *cli, const struct option_spec *spec, const char *value)
{
	const char *point = strchr(value, '.');
	const char *fraction = point ? point + 1 : "";
	size_t whole = strcspn(value, ".");
	double seconds = 0, unit = 1;

	if (!*value || strspn(value, "0123456789") != whole ||
	    strspn(fraction, "0123456789") != strlen(fraction) || str_eq(value, "."))
		return wrong_number(cli, spec, value);
	for (size_t i = 0; i < whole; i++)
		seconds = seconds * 10 + (value[i] - '0');
	for (; *fraction; fraction++)
		seconds += (unit /= 10) * (*fraction - '0');
	if (seconds < (double)spec->min || seconds > (double)spec->max)
		return wrong_number(cli, spec, value);
	*(double *)spec->to = seconds;
	return CLI_GO_ON;
}

static int set_value(const struct cli *cli, const struct option_spec *spec, const char *value)
{
	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)spec->to = true;
		break;
	case OPTION_TEXT:
		*(const char **)spec->to = value;
		break;
	case OPTION_LIST:
		strlist_add(spec->to, value);
		break;
	case OPTION_NUMBER:
		return set_number(cli, spec, value);
	case OPTION_SECONDS:
		return set_seconds(cli, spec, value);
	}
	return CLI_GO_ON;
}

/* ---- reading ---- */

/* The record of an argument "--name" or "--name=VALUE"; NULL: none of these. */
static const struct option_spec *find_spec(
    const struct option_spec *specs, size_t count, const char *arg)
{
	size_t len = str_starts(arg, "--") ? strcspn(arg, "=") : strlen(arg);

	for (size_t i = 0; i < count; i++)
		if (strlen(specs[i].name) == len && memcmp(specs[i].name, arg, len) == 0)
			return &specs[i];
	return NULL;
}

/* The value of the option at argv[*at], "" for a flag; moves *at behind.  False after saying what is wrong. */
static bool take_value(struct cli *cli, const struct option_spec *spec, int argc, char **argv,
    int *at, const char **value, int *status)
{
	const char *equals = strchr(argv[*at], '=');

	*value = "";
	*status = CLI_GO_ON;
	if (!spec->value && equals)
		*status = cli_usage(cli, _("%s takes no value"), spec->name);
	else if (!spec->value)
		(*at)++;
	else if (equals) {
		*value = equals + 1;
		(*at)++;
	} else if (*at + 1 < argc) {
		*value = argv[*at + 1];
		*at += 2;
	} else {
		*status = cli_usage(cli, _("%s needs a value: %s"), spec->name, _(spec->value));
	}
	return *status == CLI_GO_ON;
}

/* One of the common options; specs are for --help. */
static bool take_common(struct cli *cli, const struct option_spec *specs, size_t count, int argc,
    char **argv, int *at, int *status)
{
	const char *name = str_eq(argv[*at], "-h") ? "--help" : argv[*at];
	const struct option_spec *spec = find_spec(common, ARRAY_LEN(common), name);
	const char *value;

	if (!spec)
		return false;
	if (!take_value(cli, spec, argc, argv, at, &value, status))
		return true;
	if (str_eq(spec->name, "--hosts"))
		cli->hosts_file = value;
	else if (str_eq(spec->name, "--config"))
		cli->config_file = value;
	else if (str_eq(spec->name, "-v"))
		cli->verbosity++;
	else
		*status =
		    str_eq(spec->name, "--help") ? show_help(cli, specs, count) : show_version();
	return true;
}

bool cli_common_option(struct cli *cli, int argc, char **argv, int *at, int *status)
{
	return str_starts(argv[*at], "--") && take_common(cli, NULL, 0, argc, argv, at, status);
}

int cli_leading_options(struct cli *cli, int argc, char **argv, int *at)
{
	int status = CLI_GO_ON;

	/* --help and --version are left for what follows them. */
	for (*at = 1; *at < argc && status == CLI_GO_ON;)
		if (str_eq(argv[*at], "-h") || str_eq(argv[*at], "--help") ||
		    str_eq(argv[*at], "--version") ||
		    !take_common(cli, NULL, 0, argc, argv, at, &status))
			break;
	return status;
}

static int take_option(
    struct cli *cli, const struct option_spec *specs, size_t count, int argc, char **argv, int *at)
{
	const struct option_spec *spec = find_spec(specs, count, argv[*at]);
	const char *value;
	int status;

	if (!spec) {
		if (!take_common(cli, specs, count, argc, argv, at, &status))
			status = cli_usage(cli, _("there is no option %s"), argv[*at]);
		return status;
	}
	if (!take_value(cli, spec, argc, argv, at, &value, &status))
		return status;
	return set_value(cli, spec, value);
}

int cli_options(
    struct cli *cli, const struct option_spec *specs, size_t count, int *argc, char **argv)
{
	int operands = 1, at = 1, status = CLI_GO_ON;
	bool options = true;

	while (at < *argc && status == CLI_GO_ON) {
		if (options && str_eq(argv[at], "--")) {
			options = false;
			at++;
		} else if (options && argv[at][0] == '-' && argv[at][1]) {
			status = take_option(cli, specs, count, *argc, argv, &at);
		} else {
			argv[operands++] = argv[at++];
		}
	}
	if (status == CLI_GO_ON) {
		*argc = operands;
		argv[operands] = NULL;
	}
	return status;
}
