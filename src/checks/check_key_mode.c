/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/fix.h"
#include "checks/internal.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the clouds' manuals teach for a downloaded key, and ssh-keygen's own mode for others. */
mode_t key_wanted_mode(const char *path)
{
	return str_ends(path, ".pem") ? 0400 : 0600;
}

char *path_for_shell(const char *path)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";
	struct str out = STR_INIT;

	if (path[strspn(path, safe)] == '\0')
		return path_show(path);
	str_add_char(&out, '\'');
	for (; *path; path++) {
		if (*path == '\'')
			str_add(&out, "'\\''");
		else
			str_add_char(&out, *path);
	}
	str_add_char(&out, '\'');
	return str_take(&out);
}

static void too_open(struct result *result, const struct key_file *file, const char *shown)
{
	char *typed = path_for_shell(file->path);

	result->verdict = VERDICT_FAIL;
	result->fixable = true;
	result_summary(result, _("%s has mode %04o: others can read it, so ssh refuses to use it"),
	    shown, (unsigned)file->st.st_mode & 07777);
	result_hint(result, "chmod %o %s", (unsigned)key_wanted_mode(file->path), typed);
	free(typed);
}

static void foreign(struct result *result, const struct key_file *file, const char *shown)
{
	const struct passwd *owner = getpwuid(file->st.st_uid);
	char *typed = path_for_shell(file->path);

	result->verdict = VERDICT_WARN;
	if (owner)
		result_summary(result, _("%s belongs to %s, not to you"), shown, owner->pw_name);
	else
		result_summary(result, _("%s belongs to user %lu, not to you"), shown,
		    (unsigned long)file->st.st_uid);
	result_hint(result, _("Copy it to a file of your own: install -m 600 %s ~/.ssh/"), typed);
	free(typed);
}

static void folder_open(struct result *result, const char *folder)
{
	char *shown = path_show(folder), *typed = path_for_shell(folder);

	result->verdict = VERDICT_WARN;
	result->fixable = true;
	result_summary(
	    result, _("others may write to the folder %s and put another key there"), shown);
	result_hint(result, "chmod go-w %s", typed);
	free(typed);
	free(shown);
}

struct result *key_mode_judge_as(const char *id, const struct check_key *key, uid_t me)
{
	struct result *result;
	char *shown;

	if (!key->loaded || !key_format_private(key->file.format))
		return NULL;
	shown = path_show(key->file.path);
	result = result_new(id, VERDICT_PASS);
	switch (key_perm_of(&key->file.st, me)) {
	case KEY_PERM_OPEN:
		too_open(result, &key->file, shown);
		break;
	case KEY_PERM_FOREIGN:
		foreign(result, &key->file, shown);
		break;
	case KEY_PERM_OK:
		if (key->bad_folder)
			folder_open(result, key->bad_folder);
		else
			result_summary(result, _("%s has mode %04o"), shown,
			    (unsigned)key->file.st.st_mode & 07777);
		break;
	}
	result_detail(result, "mode", "%04o", (unsigned)key->file.st.st_mode & 07777);
	free(shown);
	return result;
}

struct result *key_mode_judge(const char *id, const struct check_key *key)
{
	return key_mode_judge_as(id, key, geteuid());
}

static void start(struct check_job *job)
{
	check_keys(job, key_mode_judge);
}

const struct check check_key_mode = {
	.id = "key.mode",
	.title = N_("Key file is private"),
	.why = N_(
	    "ssh ignores a private key that others can read, and a folder that others may write to lets them swap it."),
	.fix = N_("chmod 600 (400 for a .pem file) on the key, or chmod go-w on its folder"),
	.find_fixes = fix_modes,
	.needs = "key.file",
	.depth = DEPTH_LOCAL,
	.start = start,
};
