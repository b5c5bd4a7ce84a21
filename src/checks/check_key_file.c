/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* It is there and must not be read: whose is it? */
static void unreadable_hint(struct result *result, const struct key_file *file)
{
	char *typed = path_for_shell(file->path);

	if (file->st.st_uid != geteuid())
		result_hint(result,
		    _("It belongs to another user.  Copy it to a file of your own: sudo install -m 600 -o %lu %s ~/.ssh/"),
		    (unsigned long)geteuid(), typed);
	else
		result_hint(
		    result, "chmod %s %s", str_ends(file->path, ".pem") ? "400" : "600", typed);
	free(typed);
}

static struct result *unreadable(const char *id, const struct check_key *key)
{
	struct result *result = result_from_err(id, &key->err);

	if (key->err.code == ERR_NOTFOUND) {
		char *path = path_show(key->file.path ? key->file.path : key->path);
		result_summary(result, _("%s does not exist"), path);
		result_hint(result,
		    _("Check identity_file of this host.  A lost key of a cloud instance cannot be downloaded again: bind a new key pair in the console."));
		free(path);
	} else if (key->file.exists && S_ISREG(key->file.st.st_mode) && !*key->err.hint) {
		unreadable_hint(result, &key->file);
	} else if (!*key->err.hint) {
		result_hint(result, _("Set identity_file of this host to a private key."));
	}
	return result;
}

/* "x.pem.pub": is there the key that it belongs to? */
static void public_hint(struct result *result, const char *path)
{
	char *private = mem_strndup(path, strlen(path) - (str_ends(path, ".pub") ? 4 : 0));
	char *shown = path_show(private);
	struct stat st;

	if (!str_eq(private, path) && stat(private, &st) == 0)
		result_hint(result, _("Set identity_file to the private key: %s"), shown);
	else
		result_hint(
		    result, _("Set identity_file to the private key, the file that stays secret."));
	free(shown);
	free(private);
}

static void no_key(struct result *result, const struct key_file *file, const char *shown)
{
	switch (file->format) {
	case KEY_EMPTY:
		result_summary(result, _("%s is empty"), shown);
		result_hint(result, _("The download was cut off: copy or download the key again."));
		break;
	case KEY_HTML:
		result_summary(result, _("%s is a web page, not a key"), shown);
		result_hint(result,
		    _("The console had logged you out, most likely: log in there and download the key again."));
		break;
	case KEY_PUBLIC:
		result_summary(
		    result, _("%s is a public key: logging in needs the private one"), shown);
		public_hint(result, file->path);
		break;
	case KEY_CERTIFICATE:
		result_summary(result, _("%s is a certificate, not a private key"), shown);
		result_hint(result,
		    _("Set identity_file to the private key and certificate_file to this file."));
		break;
	case KEY_PEM_BROKEN:
		result_summary(result, _("%s is a damaged private key"), shown);
		result_hint(result,
		    _("Its text is incomplete or altered: copy or download the key again."));
		break;
	case KEY_UNKNOWN:
	case KEY_PEM_PKCS1:
	case KEY_PEM_DSA:
	case KEY_PEM_SEC1:
	case KEY_PEM_PKCS8:
	case KEY_OPENSSH:
	case KEY_PPK2:
	case KEY_PPK3:
	case KEY_SSHCOM:
		result_summary(result, _("%s holds no key"), shown);
		result_hint(result, _("Set identity_file of this host to a private key."));
		break;
	}
}

struct result *key_file_judge(const char *id, const struct check_key *key)
{
	struct result *result;
	char *shown;

	if (!key->loaded)
		return unreadable(id, key);
	shown = path_show(key->file.path);
	result = result_new(id, VERDICT_PASS);
	if (key_format_private(key->file.format)) {
		result_summary(result, _("%s is a private key"), shown);
	} else {
		result->verdict = VERDICT_FAIL;
		no_key(result, &key->file, shown);
	}
	free(shown);
	return result;
}

static bool is_public(const struct check_key *key)
{
	return key->loaded && key->file.format == KEY_PUBLIC;
}

/* ssh_config(5), IdentityFile: a public key is enough to name one that the agent has.  Only the others are left to judge. */
static void on_agent(void *ctx, const struct agent_view *view)
{
	struct check_job *job = ctx;
	const struct check_key *held = NULL;
	size_t left = 0;
	char *shown;

	for (size_t i = 0; i < job->key_count; i++) {
		if (is_public(job->keys[i]) && agent_view_has(view, &job->keys[i]->file.pub))
			held = job->keys[i];
		else
			job->keys[left++] = job->keys[i];
	}
	job->key_count = left;
	if (left || !held) {
		check_keys(job, key_file_judge);
		return;
	}
	struct result *result = result_new(job->check->id, VERDICT_PASS);
	shown = path_show(held->file.path);
	result_summary(result, _("%s is a public key, and the agent has the private one"), shown);
	result_detail(result, "file", "%s", held->path);
	free(shown);
	check_tell(job, result);
}

static void start(struct check_job *job)
{
	for (size_t i = 0; i < job->key_count; i++) {
		if (is_public(job->keys[i])) {
			check_agent(job, on_agent);
			return;
		}
	}
	check_keys(job, key_file_judge);
}

const struct check check_key_file = {
	.id = "key.file",
	.title = N_("Key file is there"),
	.why = N_(
	    "The file must exist and hold a private key, not its public half, a certificate, an empty or a wrong download."),
	.needs = "host.settings",
	.depth = DEPTH_LOCAL,
	.start = start,
	.cancel = check_agent_cancel,
};
