/* SPDX-License-Identifier: Apache-2.0 */
/* A process that checks the hosts of a batch's first group. */
#include "checker.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file in memory with the names of the first group, one a line.  -1 with err. */
static int names_of(const struct batch *batch, struct err *err)
{
	const struct group *group = batch->groups;
	struct str names = STR_INIT;

	for (size_t i = 0; i < group->len; i++)
		if (group->items[i]->checker == batch)
			str_addf(&names, "%s\n", group->items[i]->host->name);
	int fd = memfd_create("names", MFD_CLOEXEC);
	if (fd == -1 || write(fd, names.data, names.len) != (ssize_t)names.len) {
		err_set(err, ERR_LOCAL, _("cannot hand the hosts' names to a check: %s"),
		    strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	} else {
		lseek(fd, 0, SEEK_SET);
	}
	str_done(&names);
	return fd;
}

bool checker_run(struct ui *ui, struct batch *batch)
{
	const char *argv[12] = { "check", "--json-lines", "--depth", depth_name(batch->depth),
		"--names-from", "-" };
	size_t argc = 6;
	struct err err = ERR_INIT;
	int names = names_of(batch, &err);

	if (ui->options->hosts_file != NULL) {
		argv[argc++] = "--hosts";
		argv[argc++] = ui->options->hosts_file;
	}
	/* Only the person at the keyboard asks for logins on the way. */
	if (batch->depth == DEPTH_AUTH)
		argv[argc++] = "--through-jumps";
	if (batch->automatic)
		argv[argc++] = "--automatic";
	if (names != -1) {
		batch->job = job_start_checker(ui->jobs, argv, names, &err);
		close(names);
	}
	if (batch->job == NULL)
		ui_say_err(ui, &err);
	else
		job_set_tag(batch->job, batch);
	return batch->job != NULL;
}
