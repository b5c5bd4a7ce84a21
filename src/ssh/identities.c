/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "algs.h"

enum { AGENT_LIST_MS = 5000 };

static void identity_done(struct identity *id)
{
	pubkey_done(&id->pub);
	free(id->path);
	free(id->label);
	free(id->unusable);
}

void identities_done(struct login *login)
{
	for (size_t i = 0; i < login->id_count; i++)
		identity_done(&login->ids[i]);
	free(login->ids);
	login->ids = NULL;
	login->id_count = 0;
}

static bool same_key(const struct pubkey *a, const struct pubkey *b)
{
	return a->blob && b->blob && a->len == b->len && memcmp(a->blob, b->blob, a->len) == 0;
}

static bool known_already(const struct login *login, const struct pubkey *pub)
{
	for (size_t i = 0; i < login->id_count; i++)
		if (same_key(&login->ids[i].pub, pub))
			return true;
	return false;
}

/* May this key be used with these signature algorithms?  RSA keys have three. */
static bool algorithm_allowed(const struct pubkey *pub, const char *algorithms)
{
	static const char *const rsa[] = { "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa" };
	struct strlist list = { 0 };
	char *type = pubkey_type(pub->blob, pub->len);
	bool allowed = !type || !algorithms;

	strlist_split(&list, algorithms ? algorithms : "", ",");
	allowed = allowed || strlist_has(&list, type);
	for (size_t i = 0; !allowed && str_eq(type, "ssh-rsa") && i < ARRAY_LEN(rsa); i++)
		allowed = strlist_has(&list, rsa[i]);
	strlist_done(&list);
	free(type);
	return allowed;
}

static void add(struct login *login, struct identity id, const char *algorithms)
{
	if (id.pub.blob && known_already(login, &id.pub)) {
		identity_done(&id);
		return;
	}
	if (!id.unusable && id.pub.blob && !algorithm_allowed(&id.pub, algorithms))
		id.unusable = mem_strdup(_("its type is not in pubkey_accepted_algorithms"));
	login->ids = mem_realloc(login->ids, login->id_count + 1, sizeof *login->ids);
	login->ids[login->id_count++] = id;
}

/* Why ssh would not use this file, NULL: it would. */
static char *file_unusable(const struct key_file *file, const struct err *err, bool in_agent)
{
	if (!file->exists)
		return mem_strdup(_("no such file"));
	if (err->code != ERR_NONE)
		return mem_strdup(err->text);
	if (in_agent)
		return NULL;
	if (!key_format_private(file->format))
		return mem_printf(_("is %s, not a private key"), key_format_name(file->format));
	if (file->format == KEY_PPK2 || file->format == KEY_PPK3 || file->format == KEY_SSHCOM)
		return mem_printf(_("is in the format %s: convert it with puttygen"),
		    key_format_name(file->format));
	if (key_perm_of(&file->st, getuid()) == KEY_PERM_OPEN)
		return mem_printf(_("others may read it (mode %04o): chmod %s"),
		    (unsigned)file->st.st_mode & 07777,
		    str_ends(file->path, ".pem") ? "400" : "600"); /* as key.mode says */
	return NULL;
}

static bool agent_has(const struct agent_key *keys, size_t count, const struct pubkey *pub)
{
	for (size_t i = 0; i < count; i++)
		if (same_key(&keys[i].pub, pub))
			return true;
	return false;
}

static void add_file(struct login *login, const char *path, const char *algorithms,
    const struct agent_key *keys, size_t count)
{
	struct key_file file = { 0 };
	struct identity id = { 0 };
	struct err err = ERR_INIT;

	id.path = path_expand(path, &err);
	if (id.path && key_file_load(&file, id.path, &err) && file.pub.blob)
		pubkey_copy(&id.pub, file.pub.blob, file.pub.len);
	id.in_agent = agent_has(keys, count, &id.pub);
	id.unusable = id.path ? file_unusable(&file, &err, id.in_agent) : mem_strdup(err.text);
	id.label = path_show(id.path ? id.path : path);
	key_file_done(&file);
	add(login, id, algorithms);
}

static void add_agent(
    struct login *login, const char *algorithms, const struct agent_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct identity id = { .in_agent = true };

		pubkey_copy(&id.pub, keys[i].pub.blob, keys[i].pub.len);
		id.label = mem_printf(_("agent key %.200s"), keys[i].comment);
		add(login, id, algorithms);
	}
}

void identities_build(struct login *login, const struct host *host, const char *algorithms,
    const struct agent_key *keys, size_t count)
{
	struct strlist defaults = { 0 };
	const struct strlist *files = &host->identity_file;
	bool pinned = files->len > 0;

	if (!pinned) {
		key_default_files(&defaults);
		files = &defaults;
	}
	if (!pinned && !host->identities_only)
		add_agent(login, algorithms, keys, count);
	for (size_t i = 0; i < files->len; i++)
		if (!str_eq(files->items[i], "none"))
			add_file(login, files->items[i], algorithms, keys, count);
	if (pinned && !host->identities_only)
		add_agent(login, algorithms, keys, count);
	strlist_done(&defaults);
}

static void on_listed(void *ctx, const struct agent_key *keys, size_t count, const struct err *why)
{
	struct conn *conn = ctx;
	struct login *login = conn->login;

	if (why)
		login->agent_why = mem_strdup(why->text);
	identities_build(login, conn->host, conn->prefs.pubkey, keys, count);
	login->listed = true;
	conn_wake(conn);
}

/* ssh_config(5), IdentityAgent: a path, "none", "SSH_AUTH_SOCK" or "$NAME".  False: no agent. */
static bool agent_path(const struct host *host, const char **path, struct err *err)
{
	const char *set = host->identity_agent;

	*path = NULL;
	if (!set || !*set || str_eq(set, "SSH_AUTH_SOCK"))
		return true;
	if (str_eq(set, "none"))
		return err_set(err, ERR_NOTFOUND, _("the host's settings say to use no agent"));
	*path = set;
	if (*set != '$')
		return true;
	*path = getenv(set + 1);
	return *path || err_set(err, ERR_NOTFOUND, _("%s is not set"), set);
}

enum step identities_load(struct conn *conn)
{
	struct login *login = conn->login;
	struct err err = ERR_INIT;
	const char *path;

	if (login->listed)
		return STEP_NEXT;
	if (login->agent)
		return STEP_WAIT;
	if (agent_path(conn->host, &path, &err))
		login->agent = agent_new(conn->loop, path, &err);
	if (login->agent) {
		agent_list_start(login->agent, AGENT_LIST_MS, on_listed, conn);
		return STEP_WAIT;
	}
	on_listed(conn, NULL, 0, NULL);
	return STEP_NEXT;
}

char *identity_text(const struct identity *id)
{
	char *type, *fingerprint, *text;

	if (!id->pub.blob)
		return mem_strdup(id->label);
	type = pubkey_type(id->pub.blob, id->pub.len);
	fingerprint = pubkey_fingerprint(id->pub.blob, id->pub.len);
	text =
	    mem_printf("%s (%s %s)", id->label, type ? type : "?", fingerprint ? fingerprint : "?");
	free(type);
	free(fingerprint);
	return text;
}
