/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/cli.h"

#include <string.h>

#include "cli/cmd.h"
#include "sallyport/keys.h"

const struct cmd *const cli_commands[] = {
	&cmd_check,
	&cmd_connect,
	&cmd_list,
	&cmd_show,
	&cmd_trust,
	NULL,
};

const struct cmd *cli_command_find(const char *name)
{
	for (const struct cmd *const *cmd = cli_commands; *cmd; cmd++)
		if (str_eq((*cmd)->name, name))
			return *cmd;
	return NULL;
}

/* Started under this name the program is its connect command, for git, rsync and scp. */
static bool is_sallyport_ssh(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_eq(slash ? slash + 1 : path, "sallyport-ssh");
}

/* No command was named: what is left is options and QUERY of the menu. */
static int want_menu(struct cli *cli, int argc, char **argv, struct menu_request *menu)
{
	const struct option_spec specs[] = {
		{ "--exit", NULL, N_("leave after a session instead of coming back to the menu"),
		    OPTION_FLAG, &menu->exit_after, 0, 0 },
	};
	int status = cli_options(cli, specs, ARRAY_LEN(specs), &argc, argv);

	if (status != CLI_GO_ON)
		return status;
	if (argc > 2)
		return cli_usage(cli, _("%s: there is no such command"), argv[1]);
	menu->query = argv[1];
	menu->hosts_file = cli->hosts_file;
	menu->config_file = cli->config_file;
	return -1;
}

int cli_main(int argc, char **argv, struct menu_request *menu)
{
	struct cli cli = { 0 };
	int status, at;

	keys_start();
	*menu = (struct menu_request){ 0 };
	if (argc > 0 && is_sallyport_ssh(argv[0]))
		cli.cmd = cli_command_find("connect");
	if (cli.cmd)
		return cli.cmd->run(&cli, argc, argv);
	status = cli_leading_options(&cli, argc, argv, &at);
	if (status != CLI_GO_ON)
		return status;
	cli.cmd = at < argc ? cli_command_find(argv[at]) : NULL;
	if (cli.cmd)
		return cli.cmd->run(&cli, argc - at, argv + at);
	cli =
	    (struct cli){ 0 }; /* its own options may stand among the common ones: read all again */
	return want_menu(&cli, argc, argv, menu);
}
