/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file_lock.h"

static bool file_error(struct err *err, const char *path)
{
	enum err_code code = errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND : ERR_IO;
	const char *why = strerror(errno);
	char *shown = path_show(path);

	err_set(err, code, "%s: %s", shown, why);
	free(shown);
	return false;
}

static bool not_regular(struct err *err, const char *path, mode_t mode)
{
	char *shown = path_show(path);

	err_set(err, ERR_IO,
	    S_ISDIR(mode)        ? _("%s: is a folder, not a file")
		: S_ISFIFO(mode) ? _("%s: is a FIFO, not a file")
		: S_ISSOCK(mode) ? _("%s: is a socket, not a file")
				 : _("%s: is a device, not a file"),
	    shown);
	free(shown);
	return false;
}

static bool read_all(int fd, const char *path, size_t max, struct str *out, struct err *err)
{
	char chunk[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof chunk);
		if (n == 0)
			break;
		if (n == -1) {
			if (errno == EINTR)
				continue;
			file_error(err, path);
			break;
		}
		if (out->len + (size_t)n > max) {
			char *shown = path_show(path);

			err_set(err, ERR_IO, _("%s: larger than %zu bytes"), shown, max);
			free(shown);
			n = -1;
			break;
		}
		str_add_mem(out, chunk, (size_t)n);
	}
	secret_wipe(chunk, sizeof chunk);
	return n == 0;
}

bool file_read(const char *path, size_t max, struct str *out, struct err *err)
{
	struct stat st;
	bool ok = false;
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd == -1) {
		if (errno == ENXIO)
			return not_regular(err, path, S_IFSOCK);
		return file_error(err, path);
	}
	if (fstat(fd, &st) == -1) {
		file_error(err, path);
	} else if (!S_ISREG(st.st_mode)) {
		not_regular(err, path, st.st_mode);
	} else if (st.st_size > 0 && (uintmax_t)st.st_size > max) {
		char *shown = path_show(path);

		err_set(err, ERR_IO, _("%s: %jd bytes are too many, at most %zu are read"), shown,
		    (intmax_t)st.st_size, max);
		free(shown);
	} else {
		ok = read_all(fd, path, max, out, err);
	}
	close(fd);
	return ok;
}

/* Makes the folders above path, 0700 each. */
static bool make_folders(const char *path, struct err *err)
{
	char *folder = mem_strdup(path);
	bool ok = true;

	for (char *slash = strchr(folder + 1, '/'); slash != NULL && ok;
	     slash = strchr(slash, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) == -1 && errno != EEXIST)
			ok = file_error(err, folder);
		*slash++ = '/';
	}
	free(folder);
	return ok;
}

/* Does the file end in the middle of a line? */
static bool needs_newline(int fd, off_t size)
{
	char last;

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static bool append_locked(int fd, const char *path, const struct str *text, struct err *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return file_error(err, path);
	n = write(fd, text->data, text->len);
	if (n == (ssize_t)text->len && fsync(fd) == 0)
		return true;
	if (n >= 0 && n < (ssize_t)text->len)
		errno = ENOSPC; /* a short write to a regular file */
	file_error(err, path);
	if (ftruncate(fd, st.st_size) == -1)
		err_hint(err, _("The last line of the file may be cut: mend it by hand."));
	return false;
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : -1;
}

/*
 * Another launcher holds the lock for one line.  Whoever holds it longer does not keep the user
 * waiting, who could not even interrupt it; but while others write, their turns are only waited for.
 */
static bool lock(int fd, const char *path, struct err *err)
{
	enum { STEP_MS = 2, PATIENCE_MS = 1000, ALL_MS = 30000 };
	const struct timespec step = { 0, STEP_MS * 1000 * 1000 };
	off_t size = size_of(fd), before;
	char *shown;

	for (int all = 0, idle = 0; idle < PATIENCE_MS && all < ALL_MS; all += STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return file_error(err, path);
		nanosleep(&step, NULL);
		before = size;
		size = size_of(fd);
		idle = size == before ? idle + STEP_MS : 0;
	}
	shown = path_show(path);
	err_set(err, ERR_IO, _("%s: another program keeps it locked"), shown);
	free(shown);
	return false;
}

int file_open_append(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (!make_folders(path, err))
		return -1;
	fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (fd == -1 && errno == ENXIO) {
		not_regular(err, path, S_IFIFO);
	} else if (fd == -1 && errno == ELOOP) {
		char *shown = path_show(path);

		err_set(err, ERR_IO, _("%s: is a symbolic link"), shown);
		free(shown);
	} else if (fd == -1) {
		file_error(err, path);
	} else if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		not_regular(err, path, st.st_mode);
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Is the open file still the one at path?  Whoever replaces a file does so under its lock (file_edit). */
static bool is_current(int fd, const char *path)
{
	struct stat open_st, path_st;

	return fstat(fd, &open_st) == 0 && stat(path, &path_st) == 0 &&
	    open_st.st_dev == path_st.st_dev && open_st.st_ino == path_st.st_ino;
}

static int open_regular(const char *path, int flags, struct err *err)
{
	struct stat st;
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

	if (fd == -1) {
		if (errno == EISDIR)
			not_regular(err, path, S_IFDIR);
		else
			file_error(err, path);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	not_regular(err, path, st.st_mode);
	close(fd);
	return -1;
}

int file_open_locked(const char *path, int flags, struct err *err)
{
	enum { TRIES = 100 };

	for (int i = 0; i < TRIES; i++) {
		int fd = open_regular(path, flags, err);
		if (fd == -1)
			return -1;
		if (!lock(fd, path, err)) {
			close(fd);
			return -1;
		}
		if (is_current(fd, path))
			return fd;
		close(fd);
	}
	err_set(err, ERR_IO, _("%s: others keep replacing it"), path);
	return -1;
}

bool file_append(const char *path, const char *text, size_t len, struct err *err)
{
	struct str whole = STR_INIT;
	bool ok;
	int fd;

	if (!make_folders(path, err))
		return false;
	fd = file_open_locked(path, O_RDWR | O_APPEND | O_CREAT, err);
	if (fd == -1)
		return false;
	if (needs_newline(fd, size_of(fd)))
		str_add_char(&whole, '\n');
	str_add_mem(&whole, text, len);
	ok = append_locked(fd, path, &whole, err);
	close(fd);
	str_done(&whole);
	return ok;
}
