/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/connect_args.h"
#include "cli/harden.h"
#include "cli/ssh_option.h"
#include "sallyport/attach.h"
#include "sallyport/hosts.h"
#include "sallyport/report.h"

/* As in ssh: what comes first wins, the destination's user and port in their place. */
static bool apply_settings(
    struct ssh_options *options, const struct connect_args *args, struct err *err)
{
	for (size_t i = 0; i < args->count; i++) {
		options->dest_done = i >= args->before_dest;
		if (!ssh_option_apply(options, &args->settings[i], err))
			return false;
	}
	return true;
}

static int family_of(const struct host *host)
{
	if (str_eq(host->address_family, "inet"))
		return AF_INET;
	return str_eq(host->address_family, "inet6") ? AF_INET6 : AF_UNSPEC;
}

static void say_ignored(const struct cli *cli, const struct strlist *ignored)
{
	for (size_t i = 0; i < ignored->len; i++)
		cli_verbose(cli, 1, "sallyport: %s", ignored->items[i]);
}

/* Who started us waits for an end to be told, also of what could not begin. */
static void report_failure(int fd, const struct err *err)
{
	struct event event = { .kind = EVENT_END, .status = EXIT_SSH, .cause = END_REFUSED };
	struct report_sink sink;

	event.reason = mem_strdup(err->text);
	report_open(&sink, fd);
	report_send(&sink, &event);
	report_close(&sink);
	event_done(&event);
}

static int attach(const struct cli *cli, const struct connect_args *args,
    const struct ssh_options *options, const struct host_chain *jumps)
{
	const struct attach_options attach = {
		.host = options->host,
		.jumps = jumps,
		.stdio_host = args->stdio_host,
		.stdio_port = args->stdio_port,
		.command = args->command,
		.subsystem = args->subsystem || options->subsystem,
		.no_command = args->no_command || options->no_command,
		.stdin_null = args->stdin_null || options->stdin_null,
		.tty = args->tty,
		.family = family_of(options->host),
		.verbosity = cli->verbosity,
		.quiet = args->quiet,
		.report_fd = args->report_fd,
		.stages = args->stages,
		.batch = options->batch,
		.no_tcp_keepalive = options->no_tcp_keepalive,
		.escape = options->escape,
		.hostkey = options->hostkey,
	};

	return attach_run(&attach);
}

static int run_parsed(struct cli *cli, const struct connect_args *args)
{
	struct host_list list = { 0 };
	struct host_chain jumps = { 0 };
	struct ssh_options options = { .escape = '~' };
	struct err err = ERR_INIT;
	int status = EXIT_SSH;

	if (cli_load_hosts(cli, &list, &err) &&
	    (options.host = hosts_resolve(&list, args->dest, &err)) &&
	    apply_settings(&options, args, &err) &&
	    hosts_jump_chain(&list, options.host, &jumps, &err)) {
		say_ignored(cli, &args->ignored);
		say_ignored(cli, &options.ignored);
		status = attach(cli, args, &options, &jumps);
	} else {
		cli_error(&err);
		report_failure(args->report_fd, &err);
	}
	host_chain_done(&jumps);
	strlist_done(&options.ignored);
	strlist_done(&options.global_files);
	free(options.revoked_file);
	host_free(options.host);
	hosts_done(&list);
	return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct connect_args args;
	int status = connect_args_parse(cli, &args, argc, argv);

	/* Before anything is opened: it would get the number of one that is not. */
	if (status == CLI_GO_ON && args.report_fd != -1 && fcntl(args.report_fd, F_GETFD) == -1)
		status = cli_usage(
		    cli, _("--report-fd %d: there is no such descriptor"), args.report_fd);
	if (status == CLI_GO_ON) {
		cli_harden();
		status = run_parsed(cli, &args);
	}
	connect_args_done(&args);
	return status;
}

const struct cmd cmd_connect = {
	.name = "connect",
	.usage =
	    "[-46NTCanqstvx] [-b ADDRESS] [-c CIPHERS] [-e ESCAPE] [-F none] [-i FILE] [-l USER]\n"
	    "    [-m MACS] [-o OPTION=VALUE] [-p PORT] [--report-fd FD] [--stages]\n"
	    "    [USER@]HOST [COMMAND...]",
	.summary = N_("open a session, as ssh does"),
	.more = N_(
	    "The flags mean what they mean to ssh(1); any keyword of ssh_config(5) may be given to -o.\n"),
	.usage_status = EXIT_SSH,
	.run = run,
};
