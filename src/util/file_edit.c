/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sallyport/util.h"

#include "file_lock.h"

static bool failed(struct err *err, const char *path)
{
	const char *why = strerror(errno);
	char *shown = path_show(path);

	err_set(err, ERR_IO, "%s: %s", shown, why);
	free(shown);
	return false;
}

static bool write_all(int fd, const struct str *text)
{
	for (size_t at = 0; at < text->len;) {
		ssize_t put = write(fd, str_text(text) + at, text->len - at);

		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += (size_t)put;
	}
	return true;
}

/* A new file beside path, with the mode and the owner of the old one. */
static bool write_like(const char *path, const struct stat *like, const struct str *text,
    char *new_path, struct err *err)
{
	int fd = mkostemp(new_path, O_CLOEXEC);
	bool ok;

	if (fd == -1)
		return failed(err, new_path);
	ok = write_all(fd, text) && fchmod(fd, like->st_mode & 07777) == 0 &&
	    (like->st_uid == geteuid() || fchown(fd, like->st_uid, like->st_gid) == 0) &&
	    fsync(fd) == 0;
	if (!ok)
		failed(err, path);
	close(fd);
	if (!ok)
		unlink(new_path);
	return ok;
}

static bool put_in_place(
    const char *path, const struct stat *like, const struct str *text, struct err *err)
{
	char *new_path = mem_printf("%s.XXXXXX", path);
	bool ok = write_like(path, like, text, new_path, err);

	if (ok && rename(new_path, path) == -1) {
		failed(err, path);
		unlink(new_path);
		ok = false;
	}
	free(new_path);
	return ok;
}

static bool edit_locked(const char *path, int fd, size_t max, file_edit_fn *edit, void *ctx,
    const char *backup, struct err *err)
{
	struct str before = STR_INIT, after = STR_INIT;
	struct stat st;
	char *old_path = mem_printf("%s%s", path, backup);
	bool ok = (fstat(fd, &st) == 0 || failed(err, path)) &&
	    file_read(path, max, &before, err) && edit(ctx, &before, &after, err) &&
	    put_in_place(old_path, &st, &before, err) && put_in_place(path, &st, &after, err);

	free(old_path);
	str_done(&before);
	str_done(&after);
	return ok;
}

bool file_edit(const char *path, size_t max, file_edit_fn *edit, void *ctx, const char *backup,
    struct err *err)
{
	char *real = realpath(path, NULL);
	int fd = real ? file_open_locked(real, O_RDWR, err) : -1;
	bool ok = false;

	if (!real)
		failed(err, path);
	if (fd != -1) {
		ok = edit_locked(real, fd, max, edit, ctx, backup, err);
		close(fd);
	}
	free(real);
	return ok;
}
