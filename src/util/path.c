/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *path_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;

	if (home != NULL && home[0] == '/')
		return mem_strdup(home);
	pw = getpwuid(getuid());
	if (pw != NULL && pw->pw_dir != NULL && pw->pw_dir[0] == '/')
		return mem_strdup(pw->pw_dir);
	return NULL;
}

static bool no_home(struct err *err)
{
	err_set(err, ERR_NOTFOUND, _("HOME is not set and your account has no home folder"));
	return err_hint(err, _("Set HOME to a folder of yours."));
}

/* Of an account by its name; NULL with err: there is none. */
static char *home_of(const char *name, struct err *err)
{
	const struct passwd *pw = getpwnam(name);

	if (pw != NULL && pw->pw_dir != NULL)
		return mem_strdup(pw->pw_dir);
	err_set(err, ERR_NOTFOUND, _("~%s: there is no such account here"), name);
	return NULL;
}

char *path_expand(const char *path, struct err *err)
{
	size_t len = strcspn(path, "/");
	char *home, *name, *whole;

	if (path[0] != '~')
		return mem_strdup(path);
	name = mem_strndup(path + 1, len - 1);
	home = *name ? home_of(name, err) : path_home();
	if (home == NULL && !*name)
		no_home(err);
	whole = home != NULL ? mem_printf("%s%s", home, path + len) : NULL;
	free(home);
	free(name);
	return whole;
}

/* XDG Base Directory Specification: a relative path in the variable is to be ignored. */
static char *path_xdg(const char *variable, const char *dflt, const char *name, struct err *err)
{
	const char *base = getenv(variable);
	char *home, *path;

	if (base != NULL && base[0] == '/')
		return mem_printf("%s/sallyport/%s", base, name);
	home = path_home();
	if (home == NULL) {
		no_home(err);
		return NULL;
	}
	path = mem_printf("%s/%s/sallyport/%s", home, dflt, name);
	free(home);
	return path;
}

char *path_config(const char *name, struct err *err)
{
	return path_xdg("XDG_CONFIG_HOME", ".config", name, err);
}

char *path_state(const char *name, struct err *err)
{
	return path_xdg("XDG_STATE_HOME", ".local/state", name, err);
}

char *path_show(const char *path)
{
	char *home = path_home();
	size_t len = home != NULL ? strlen(home) : 0;
	struct str out = STR_INIT;

	if (len > 1 && strncmp(path, home, len) == 0 && (path[len] == '/' || path[len] == '\0')) {
		str_add_char(&out, '~');
		path += len;
	}
	clean_text(&out, path, strlen(path), clean_locale_flags());
	free(home);
	return str_take(&out);
}
