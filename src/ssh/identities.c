/* SPDX-License-Identifier: Apache-2.0 */
#include "identities.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "algs.h"

void identity_done(struct identity *id)
{
	pubkey_done(&id->pub);
	pubkey_done(&id->signer);
	free(id->path);
	free(id->note);
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

bool identity_same_key(const struct pubkey *a, const struct pubkey *b)
{
	return a->blob && b->blob && a->len == b->len && memcmp(a->blob, b->blob, a->len) == 0;
}

static bool known_already(const struct login *login, const struct pubkey *pub)
{
	for (size_t i = 0; i < login->id_count; i++)
		if (identity_same_key(&login->ids[i].pub, pub))
			return true;
	return false;
}

void identity_add(const struct sources *from, struct identity id)
{
	struct login *login = from->login;
	char *type;

	if (id.pub.blob && known_already(login, &id.pub)) {
		identity_done(&id);
		return;
	}
	type = id.pub.blob ? pubkey_type(id.pub.blob, id.pub.len) : NULL;
	if (!id.unusable && type && from->algorithms && !algs_accept(from->algorithms, type))
		id.unusable = mem_strdup(_("its type is not in pubkey_accepted_algorithms"));
	free(type);
	login->ids = mem_realloc(login->ids, login->id_count + 1, sizeof *login->ids);
	login->ids[login->id_count++] = id;
}

bool sources_agent_has(const struct sources *from, const struct pubkey *pub)
{
	for (size_t i = 0; i < from->count; i++)
		if (identity_same_key(&from->keys[i].pub, pub))
			return true;
	return false;
}

/* ---- files ---- */

/* Whoever shows it names the file before it. */
static char *without_path(const char *text, const char *path)
{
	char *shown = path_show(path);
	size_t len = str_starts(text, shown) ? strlen(shown) : 0;

	free(shown);
	return mem_strdup(text + len + (len > 0 ? strspn(text + len, ": ") : 0));
}

/* Why ssh would not use this file, NULL: it would. */
static char *file_unusable(const struct key_file *file, const struct err *err, bool in_agent)
{
	if (!file->exists)
		return mem_strdup(_("no such file"));
	if (err->code != ERR_NONE)
		return without_path(err->text, file->path);
	if (in_agent)
		return NULL;
	if (file->format == KEY_UNKNOWN || file->format == KEY_PEM_BROKEN)
		return mem_printf(_("is %s"), key_format_name(file->format));
	if (!key_format_private(file->format))
		return mem_printf(_("is %s, not a private key"), key_format_name(file->format));
	if (file->format == KEY_PPK2 || file->format == KEY_PPK3 || file->format == KEY_SSHCOM)
		return mem_printf(_("is in the format %s: convert it with puttygen"),
		    key_format_name(file->format));
	if (file->type && pubkey_type_is_sk(file->type))
		return mem_printf(
		    _("is a FIDO key, which only an agent can use here: add it to the agent "
		      "(ssh-add %s)"),
		    file->path);
	if (key_perm_of(&file->st, getuid()) == KEY_PERM_OPEN)
		return mem_printf(_("others may read it (mode %04o): chmod %s"),
		    (unsigned)file->st.st_mode & 07777,
		    str_ends(file->path, ".pem") ? "400" : "600"); /* as key.mode says */
	return NULL;
}

struct identity identity_of_file(const struct sources *from, const char *path)
{
	struct key_file file = { 0 };
	struct identity id = { 0 };
	struct err err = ERR_INIT;

	id.path = path_expand(path, &err);
	if (id.path && key_file_load(&file, id.path, &err) && file.pub.blob)
		pubkey_copy(&id.pub, file.pub.blob, file.pub.len);
	id.in_agent = sources_agent_has(from, &id.pub);
	id.unusable = id.path ? file_unusable(&file, &err, id.in_agent) : mem_strdup(err.text);
	id.label = path_show(id.path ? id.path : path);
	key_file_done(&file);
	return id;
}

static void add_file(const struct sources *from, const char *path, bool with_cert)
{
	struct identity id = identity_of_file(from, path);

	if (with_cert && id.path)
		identity_add_cert_beside(from, &id);
	identity_add(from, id);
}

/* ---- the agent ---- */

static void add_agent_key(const struct sources *from, size_t i)
{
	const struct agent_key *key = &from->keys[i];
	struct identity id = { .in_agent = true };

	pubkey_copy(&id.pub, key->pub.blob, key->pub.len);
	id.label = mem_printf(_("agent key %.200s"), key->comment);
	identity_judge_cert(from, &id);
	identity_add(from, id);
}

/*
 * In the agent's order, but each key after its certificates: they are what the server knows, if
 * there are any (ssh offers the plain key first, which costs it a try).
 */
static void add_agent(const struct sources *from)
{
	struct pubkey *plain = mem_zalloc(from->count + 1, sizeof *plain);
	struct cert cert;

	for (size_t i = 0; i < from->count; i++)
		if (cert_read(&cert, from->keys[i].pub.blob, from->keys[i].pub.len, NULL)) {
			pubkey_copy(&plain[i], cert.key.blob, cert.key.len);
			cert_done(&cert);
		}
	for (size_t i = 0; i < from->count; i++) {
		for (size_t j = 0; j < from->count; j++)
			if (identity_same_key(&plain[j], &from->keys[i].pub))
				add_agent_key(from, j);
		add_agent_key(from, i);
	}
	for (size_t i = 0; i < from->count; i++)
		pubkey_done(&plain[i]);
	free(plain);
}

/* ---- all ---- */

void identities_build(struct login *login, const struct host *host, const char *algorithms,
    const struct agent_key *keys, size_t count)
{
	const struct sources from = { login, algorithms, keys, count };
	struct strlist defaults = { 0 };
	const struct strlist *files = &host->identity_file;
	bool pinned = files->len > 0;

	if (!pinned) {
		key_default_files(&defaults);
		files = &defaults;
	}
	for (size_t i = 0; i < host->certificate_file.len; i++)
		if (!str_eq(host->certificate_file.items[i], "none"))
			identity_add_cert(&from, host->certificate_file.items[i], files);
	if (!pinned && !host->identities_only)
		add_agent(&from);
	for (size_t i = 0; i < files->len; i++)
		if (!str_eq(files->items[i], "none"))
			add_file(&from, files->items[i], host->certificate_file.len == 0);
	if (pinned && !host->identities_only)
		add_agent(&from);
	strlist_done(&defaults);
}

/* As pubkey_reset() and the turning queue in sshconnect2.c. */
void identities_again(struct login *login)
{
	size_t count = login->id_count, first = login->next;
	struct identity *turned = mem_zalloc(count + 1, sizeof *turned);

	for (size_t i = 0; i < count; i++)
		turned[i] = login->ids[(first + i) % count];
	free(login->ids);
	login->ids = turned;
	login->next = 0;
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
