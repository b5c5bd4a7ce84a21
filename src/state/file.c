/* SPDX-License-Identifier: Apache-2.0 */
#include "state/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool file_error(struct err *err, const char *path, int errnum)
{
	char *shown = path_show(path);

	err_set(err, ERR_IO, "%s: %s", shown, strerror(errnum));
	free(shown);
	return false;
}

bool state_file_init(struct state_file *file, struct err *err)
{
	*file = (struct state_file){ .path = path_state("state.json", err), .lock = -1, .out = -1 };
	return file->path != NULL;
}

void state_file_done(struct state_file *file)
{
	if (file->out != -1) {
		close(file->out);
		unlink(file->temporary);
	}
	if (file->lock != -1)
		close(file->lock);
	free(file->temporary);
	free(file->path);
}

bool state_file_read(const struct state_file *file, struct str *text, struct err *err)
{
	struct err why = ERR_INIT;

	if (file_read(file->path, STATE_FILE_MAX, text, &why))
		return true;
	str_reset(text);
	if (why.code == ERR_NOTFOUND)
		return true;
	if (err)
		*err = why;
	return false;
}

/* The file itself is replaced by each writer, so the lock is on one beside it, which stays and is empty. */
bool state_file_lock(struct state_file *file, struct err *err)
{
	enum { STEP_MS = 2, PATIENCE_MS = 2000 };
	const struct timespec step = { 0, STEP_MS * 1000 * 1000 };
	char *path = mem_printf("%s.lock", file->path);
	bool ok = false;

	file->lock = file_open_append(path, err);
	for (int waited = 0; file->lock != -1 && !ok && waited < PATIENCE_MS; waited += STEP_MS) {
		ok = flock(file->lock, LOCK_EX | LOCK_NB) == 0;
		if (!ok && errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (!ok)
			nanosleep(&step, NULL);
	}
	if (!ok && file->lock != -1)
		file_error(err, path, errno);
	free(path);
	return ok;
}

/* The lock is held: what is there under that name was left by a process that was killed. */
void state_file_begin(struct state_file *file)
{
	file->temporary = mem_printf("%s.new", file->path);
	unlink(file->temporary);
	file->out = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file->errnum = file->out == -1 ? errno : 0;
}

void state_file_add(struct state_file *file, const char *data, size_t len)
{
	ssize_t n;

	file->written += len;
	for (; len > 0 && file->errnum == 0; data += n, len -= (size_t)n) {
		n = write(file->out, data, len);
		if (n == -1 && errno != EINTR)
			file->errnum = errno;
		if (n == -1)
			n = 0;
	}
}

bool state_file_replace(struct state_file *file, struct err *err)
{
	bool made = file->out != -1;

	if (made && close(file->out) == -1 && file->errnum == 0)
		file->errnum = errno;
	file->out = -1;
	if (file->errnum == 0 && rename(file->temporary, file->path) == -1)
		file->errnum = errno;
	if (file->errnum == 0)
		return true;
	if (made)
		unlink(file->temporary);
	return file_error(err, file->path, file->errnum);
}

void state_file_set_aside(const struct state_file *file)
{
	char *bad = mem_printf("%s.bad", file->path);

	rename(file->path, bad); /* where that fails the new one takes its place */
	free(bad);
}
