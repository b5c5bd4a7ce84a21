/* SPDX-License-Identifier: Apache-2.0 */
/* The program: a command if one was named, else the menu. */

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sallyport/cli.h"
#include "sallyport/ui.h"
#include "sallyport/util.h"

/* The menu's children are this very file, under whatever name it was started. */
static char *program_path(const char *argv0)
{
	char *path = realpath("/proc/self/exe", NULL);

	return path ? path : mem_strdup(argv0);
}

static int run_menu(const char *argv0, const struct menu_request *menu)
{
	char *program = program_path(argv0);
	const struct ui_options options = {
		.program = program,
		.hosts_file = menu->hosts_file,
		.config_file = menu->config_file,
		.query = menu->query,
		.exit_after = menu->exit_after,
	};
	int status = ui_run(&options);

	free(program);
	return status;
}

/* What is opened later must not become standard input, output or error.  Same rule as OpenSSH's. */
static void fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

int main(int argc, char **argv)
{
	struct menu_request menu;

	fill_standard_streams();
	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to handle, not a death */
	signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow (ulimit -f) */
	int status = cli_main(argc, argv, &menu);

	return status == -1 ? run_menu(argv[0], &menu) : status;
}
