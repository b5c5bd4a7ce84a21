/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "cli/background.h"
#include "cli/connect_args.h"
#include "cli/harden.h"
#include "cli/ssh_dump.h"
#include "cli/ssh_option.h"
#include "sallyport/attach.h"
#include "sallyport/hosts.h"
#include "sallyport/report.h"

/* As in ssh: what comes first wins, the destination's user and port in their place. */
static bool apply_settings(
    struct ssh_options *options, const struct connect_args *args, int verbosity, struct err *err)
{
	const struct setting verbose = { NULL, "LogLevel=DEBUG1", true };

	if (verbosity > 0 && !ssh_option_apply(options, &verbose, err))
		return false;
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
		cli_verbose(cli, 1, "%s", ignored->items[i]);
}

/* LogLevel may have said more or less than -v. */
static void say_early(
    struct cli *cli, const struct connect_args *args, const struct ssh_options *options)
{
	cli->verbosity = str_starts(options->host->log_level, "DEBUG") ? 1 : 0;
	for (size_t i = 0; i < args->warnings.len; i++)
		cli_warn(cli, args->warnings.items[i]);
	say_ignored(cli, &args->ignored);
	say_ignored(cli, &options->ignored);
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

/* -f.  The output of a command is still wanted, and what -v says too. */
static void on_opened(const struct attach_options *attach)
{
	background_detach(attach->no_command && !str_starts(attach->host->log_level, "DEBUG"));
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
		.subsystem = options->subsystem,
		.no_command = options->no_command && !args->stdio_host,
		.stdin_null = options->stdin_null,
		.family = family_of(options->host),
		.send_env = &options->send_env,
		.opened = options->background ? on_opened : NULL,
		.log_fd = cli->log_fd > 0 ? cli->log_fd : -1,
		.attempts = options->attempts,
		.report_fd = args->report_fd,
		.stages = args->stages,
		.batch = options->batch,
		.auth = options->auth,
		.no_tcp_keepalive = options->no_tcp_keepalive,
		.no_forwards = options->no_forwards,
		.forwards_must_work = options->forwards_must_work,
		.gateway_ports = options->gateway_ports,
		.no_command_line = options->no_command_line,
		.escape = options->escape,
		.hostkey = options->hostkey,
	};
	int status = options->background ? background_start() : CLI_GO_ON;

	return status == CLI_GO_ON ? attach_run(&attach) : status;
}

/* -G */
static int print_settings(const struct ssh_options *options, struct err *err)
{
	struct host *expanded = host_dup(options->host);
	struct str out = STR_INIT;
	int status = EXIT_SSH;

	if (host_expand(expanded, err) && ssh_dump(options, expanded, &out, err))
		status = cli_print(&out) == EXIT_OK ? EXIT_OK : EXIT_SSH;
	else
		cli_error(err);
	str_done(&out);
	host_free(expanded);
	return status;
}

/* -E */
static bool open_log(struct cli *cli, const char *path, struct err *err)
{
	if (!path)
		return true;
	cli->log_fd =
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
	return cli->log_fd > 0 || err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

/* A shell without a terminal and without input would be nothing. */
static bool has_work(const struct connect_args *args, const struct ssh_options *options)
{
	const char *command = options->host->remote_command;

	return args->command || args->stdio_host || options->no_command || (command && *command);
}

static int run_session(struct cli *cli, const struct host_list *list,
    const struct connect_args *args, const struct ssh_options *options, struct err *err)
{
	struct host_chain jumps = { 0 };
	int status = EXIT_SSH;

	say_early(cli, args, options);
	if (options->background && !has_work(args, options))
		return cli_usage(cli, _("-f needs a command to run, or -N"));
	if (args->print)
		return print_settings(options, err);
	if (cli_complete_host(list, options->host, &jumps, err)) {
		cli_drop_descriptors((const int[]){ args->report_fd, cli->log_fd }, 2);
		status = attach(cli, args, options, &jumps);
	} else {
		cli_error(err);
		report_failure(args->report_fd, err);
	}
	host_chain_done(&jumps);
	return status;
}

/* ssh refuses it as well (ssh.c): whoever calls us with a command must not get another one run. */
static bool one_command(
    const struct connect_args *args, const struct ssh_options *options, struct err *err)
{
	const char *set = options->host->remote_command;

	if (!args->command || !set || !*set)
		return true;
	err_set(err, ERR_USAGE, _("%s: a command was given, and remote_command is set too"),
	    args->dest);
	return err_hint(err, _("-o RemoteCommand=none runs the given one."));
}

static int run_parsed(struct cli *cli, const struct connect_args *args)
{
	struct host_list list = { 0 };
	struct ssh_options options;
	struct err err = ERR_INIT;
	int status = EXIT_SSH;

	ssh_options_init(&options, NULL);
	if (open_log(cli, args->log_file, &err) && cli_load_hosts(cli, &list, &err) &&
	    (options.host = hosts_resolve(&list, args->dest, &err)) &&
	    apply_settings(&options, args, cli->verbosity, &err) &&
	    one_command(args, &options, &err)) {
		status = run_session(cli, &list, args, &options, &err);
	} else {
		cli_error(&err);
		report_failure(args->report_fd, &err);
	}
	host_free(options.host);
	ssh_options_done(&options);
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
		cli_harden_abort();
		status = run_parsed(cli, &args);
	}
	connect_args_done(&args);
	return status;
}

const struct cmd cmd_connect = {
	.name = "connect",
	.usage =
	    "[-46ACGNTVafgknqstvx] [-D [ADDRESS:]PORT] [-E LOG] [-F none] [-J HOPS]\n"
	    "    [-L [ADDRESS:]PORT:HOST:HOSTPORT] [-R [ADDRESS:]PORT[:HOST:HOSTPORT]] [-W HOST:PORT]\n"
	    "    [-b ADDRESS] [-c CIPHERS] [-e ESCAPE] [-i FILE] [-l USER] [-m MACS] [-o OPTION=VALUE]\n"
	    "    [-p PORT] [--report-fd FD] [--stages]\n"
	    "    [USER@]HOST [COMMAND...]",
	.summary = N_("open a session, as ssh does"),
	.more = N_(
	    "The flags mean what they mean to ssh(1); any keyword of ssh_config(5) may be given to -o.\n"),
	.usage_status = EXIT_SSH,
	.run = run,
};
