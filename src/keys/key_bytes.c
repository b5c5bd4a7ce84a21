/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool key_bytes_allowed(const struct stat *st, const char *shown, struct err *err)
{
	if (S_ISDIR(st->st_mode))
		return err_set(err, ERR_IO, _("%s is a folder, not a key file"), shown);
	if (!S_ISREG(st->st_mode))
		return err_set(err, ERR_IO, _("%s is not a regular file"), shown);
	if (st->st_size > KEY_FILE_MAX)
		return err_set(err, ERR_IO, _("%s is too big to be a key (%lld KiB)"), shown,
		    (long long)st->st_size / 1024);
	return true;
}

/* A file that grows while it is read is read as far as its size was: no memory to leave behind. */
static struct secret *read_all(int fd, size_t size)
{
	struct secret *bytes = mem_zalloc(1, sizeof *bytes);
	ssize_t n;

	bytes->cap = size + 1;
	bytes->data = mem_zalloc(1, bytes->cap);
	while (bytes->len < size) {
		n = read(fd, bytes->data + bytes->len, size - bytes->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			secret_free(bytes);
			return NULL;
		}
		if (n == 0)
			break;
		bytes->len += (size_t)n;
	}
	return bytes;
}

struct secret *key_bytes_read(const char *path, struct stat *st, struct err *err)
{
	struct stat own;
	struct secret *bytes = NULL;
	char *shown = path_show(path);
	int fd = -1;

	st = st ? st : &own;
	/* O_NONBLOCK: a FIFO must not hold us; stat() first, for what cannot be opened. */
	if (stat(path, st) == 0 && !key_bytes_allowed(st, shown, err))
		goto out;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) < 0) {
		err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO, "%s: %s",
		    shown, strerror(errno));
		goto out;
	}
	if (!key_bytes_allowed(st, shown, err))
		goto out;
	bytes = read_all(fd, (size_t)st->st_size);
	if (!bytes)
		err_set(err, ERR_IO, "%s: %s", shown, strerror(errno));
out:
	if (fd >= 0)
		close(fd);
	free(shown);
	return bytes;
}
