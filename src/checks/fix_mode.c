/* SPDX-License-Identifier: Apache-2.0 */
/* chmod, of keys that others may read and of folders in which others may put a key. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks/fix.h"
#include "checks/internal.h"

static bool failed(const struct fix *fix, const char *why, struct err *err)
{
	char *shown = path_show(fix->path);

	err_set(err, ERR_IO, _("%s: %s: nothing was changed"), shown, why);
	free(shown);
	return false;
}

/* The file that was looked at, not one that took its name meanwhile. */
static bool is_as_seen(const struct fix *fix, const struct stat *now)
{
	return now->st_dev == fix->seen.st_dev && now->st_ino == fix->seen.st_ino &&
	    now->st_mode == fix->seen.st_mode && now->st_uid == fix->seen.st_uid;
}

static bool apply(const struct fix *fix, struct err *err)
{
	struct stat now;
	int fd = open(fix->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
	    why = 0;

	if (fd == -1)
		return failed(fix, strerror(errno), err);
	if (fstat(fd, &now) == -1 || !is_as_seen(fix, &now))
		why = ESTALE;
	else if (fchmod(fd, fix->mode) == -1)
		why = errno;
	close(fd);
	if (why == ESTALE)
		return failed(fix, _("it has changed meanwhile"), err);
	return why == 0 || failed(fix, strerror(why), err);
}

static bool is_there(const struct fixes *fixes, const struct stat *st)
{
	for (size_t i = 0; i < fixes->len; i++)
		if (fixes->items[i]->seen.st_dev == st->st_dev &&
		    fixes->items[i]->seen.st_ino == st->st_ino && fixes->items[i]->mode)
			return true;
	return false;
}

/* A link is not changed, but what it points to, which is said then. */
static void add(struct fixes *fixes, const char *path, const char *how, mode_t mode)
{
	char *real = realpath(path, NULL), *shown;
	struct stat st;
	struct fix *fix;

	if (!real || lstat(real, &st) == -1 || st.st_uid != geteuid() || is_there(fixes, &st)) {
		free(real);
		return;
	}
	fix = fixes_add(fixes);
	shown = path_for_shell(real);
	fix->what = mem_printf(
	    _("chmod %s %s (its mode is %04o)"), how, shown, (unsigned)st.st_mode & 07777);
	free(shown);
	fix->apply = apply;
	fix->path = real;
	fix->seen = st;
	fix->mode = mode ? mode : st.st_mode & 07777 & ~(mode_t)(S_IWGRP | S_IWOTH);
}

void fix_modes(struct fixes *fixes, const struct host *host, const struct result *result)
{
	struct key_cache cache = { 0 };
	struct check_job job = { .host = host };

	(void)result;
	check_job_keys(&job, &cache);
	for (size_t i = 0; i < job.key_count; i++) {
		const struct check_key *key = job.keys[i];

		if (!key->loaded || !key_format_private(key->file.format))
			continue;
		if (key_perm_of(&key->file.st, geteuid()) == KEY_PERM_OPEN) {
			mode_t mode = key_wanted_mode(key->file.path);
			add(fixes, key->file.path, mode == 0400 ? "400" : "600", mode);
		}
		if (key->bad_folder)
			add(fixes, key->bad_folder, "go-w", 0);
	}
	check_job_done(&job);
	key_cache_done(&cache);
}
