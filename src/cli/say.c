/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sallyport/hosts.h"

/* One cleaned line in one write, so that lines of several processes do not mix. */
static void say_line(int fd, const char *prefix, const char *text)
{
	struct str line = STR_INIT;

	str_add(&line, prefix);
	clean_text(&line, text, strlen(text), clean_locale_flags());
	str_add_char(&line, '\n');
	if (write(fd, line.data, line.len) == -1) {
		/* Nobody is left to be told. */
	}
	str_done(&line);
}

void cli_error(const struct err *err)
{
	say_line(STDERR_FILENO, "sallyport: ", err->text);
	if (err->hint[0])
		say_line(STDERR_FILENO, _("hint: "), err->hint);
}

static int status_of(const struct err *err)
{
	if (err->code == ERR_USAGE || err->code == ERR_NOTFOUND)
		return EXIT_USAGE;
	return err->code == ERR_CANCELLED ? EXIT_INTERRUPTED : EXIT_FAILED;
}

int cli_fail(const struct err *err)
{
	cli_error(err);
	return status_of(err);
}

int cli_usage(const struct cli *cli, const char *fmt, ...)
{
	const char *name = cli->cmd ? cli->cmd->name : NULL;
	struct str text = STR_INIT;
	struct err err = ERR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	err_set(&err, ERR_USAGE, "%s", str_text(&text));
	if (name)
		err_context(&err, "%s", name);
	err_hint(&err,
	    name ? _("sallyport %s --help shows what it takes.")
		 : _("sallyport --help shows the commands."),
	    name);
	cli_error(&err);
	str_done(&text);
	return cli->cmd ? cli->cmd->usage_status : EXIT_USAGE;
}

static int log_of(const struct cli *cli)
{
	return cli->log_fd > 0 ? cli->log_fd : STDERR_FILENO;
}

void cli_verbose(const struct cli *cli, int level, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;

	if (cli->verbosity < level)
		return;
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	say_line(log_of(cli), "sallyport: ", str_text(&text));
	str_done(&text);
}

void cli_warn(const struct cli *cli, const char *text)
{
	say_line(log_of(cli), "", text);
}

int cli_print(const struct str *text)
{
	struct err err = ERR_INIT;

	if (fwrite(str_text(text), 1, text->len, stdout) == text->len && fflush(stdout) == 0)
		return EXIT_OK;
	if (errno == EPIPE) /* "sallyport list | head": the reader has seen enough */
		return EXIT_FAILED;
	err_set(&err, ERR_IO, _("standard output: %s"), strerror(errno));
	return cli_fail(&err);
}

bool cli_colour(int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no_color && *no_color) && term && !str_eq(term, "dumb");
}

void cli_no_hosts(const struct host_list *list, struct err *err)
{
	char *path = path_show(list->path);

	err_set(err, ERR_NOTFOUND,
	    list->missing ? _("no hosts yet: there is no %s") : _("no hosts yet: %s has none"),
	    path);
	err_hint(err, _("man 5 sallyport-hosts shows how to write one."));
	free(path);
}

bool cli_no_such_host(const struct host_list *list, const char *name, struct err *err)
{
	const char *meant = hosts_nearest(list, name);

	if (*name) {
		err_set(err, ERR_NOTFOUND, _("%s: no such host"), name);
		return err_hint(err,
		    meant ? _("Did you mean %s?  sallyport list shows all hosts.")
			  : _("sallyport list shows all hosts."),
		    meant);
	}
	err_set(err, ERR_NOTFOUND, _("\"\": a host's name is not empty"));
	return err_hint(
	    err, _("Was a variable of the shell not set?  sallyport list shows all hosts."));
}

bool cli_load_hosts(const struct cli *cli, struct host_list *list, struct err *err)
{
	char *path = hosts_path(cli->hosts_file, err);

	if (!path)
		return false;
	bool ok = hosts_load(list, path, err);

	/* A file that was asked for by name is expected to be there. */
	if (ok && list->missing && cli->hosts_file)
		ok = err_set(err, ERR_IO, _("%s: there is no such file"), path);
	for (size_t i = 0; ok && i < list->warnings.len; i++)
		cli_verbose(cli, 1, "%s", list->warnings.items[i]);
	if (!ok)
		hosts_done(list);
	free(path);
	return ok;
}

bool cli_complete_host(
    const struct host_list *list, struct host *host, struct host_chain *jumps, struct err *err)
{
	if (!hosts_jump_chain(list, host, jumps, err) || !host_expand(host, err))
		return false;
	for (size_t i = 0; i < jumps->len; i++)
		if (!host_expand(jumps->items[i], err))
			return err_context(err, "%s", jumps->items[i]->name);
	return true;
}
