/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <time.h>

#include "identities.h"

/* What is wrong with the certificate: another kind makes it useless, a date may be our clock's fault. */
static void judge(struct identity *id, const struct cert *cert)
{
	char *problem = cert_problem(cert, CERT_USER, (uint64_t)time(NULL));

	if (cert->kind == CERT_USER)
		id->note = problem;
	else
		id->unusable = problem;
}

/* The certificate in a file; false when there is none. */
static bool read_cert(const char *path, struct identity *id, struct cert *cert, struct err *err)
{
	struct key_file file = { 0 };
	bool ok = key_file_load(&file, path, err);

	if (ok && (file.format != KEY_CERTIFICATE || !file.pub.blob))
		ok = err_set(
		    err, ERR_INVALID, _("is %s, not a certificate"), key_format_name(file.format));
	ok = ok && cert_read(cert, file.pub.blob, file.pub.len, err);
	if (ok)
		pubkey_copy(&id->pub, file.pub.blob, file.pub.len);
	key_file_done(&file);
	return ok;
}

/*
 * Who signs for a certificate, as sshconnect2.c (sign_and_send_pubkey): its private key, in the agent or in a
 * file; else the agent that has the certificate itself.
 */
static void find_signer(const struct sources *from, struct identity *id, const struct pubkey *plain,
    const struct strlist *files)
{
	id->in_agent = sources_agent_has(from, plain);
	if (id->in_agent) {
		pubkey_copy(&id->signer, plain->blob, plain->len);
		return;
	}
	for (size_t i = 0; i < files->len && !id->path; i++) {
		struct identity key = identity_of_file(from, files->items[i]);

		if (identity_same_key(&key.pub, plain) && !key.unusable) {
			id->path = key.path;
			key.path = NULL;
		}
		identity_done(&key);
	}
	id->in_agent = !id->path && sources_agent_has(from, &id->pub);
	if (!id->path && !id->in_agent && !id->unusable)
		id->unusable = mem_strdup(
		    _("its private key is neither in an identity file nor in the agent"));
}

/* certificate_file */
void identity_add_cert(const struct sources *from, const char *name, const struct strlist *files)
{
	struct identity id = { 0 };
	struct cert cert = { 0 };
	struct err err = ERR_INIT;
	char *path = path_expand(name, &err);

	id.label = path_show(path ? path : name);
	if (path && read_cert(path, &id, &cert, &err)) {
		judge(&id, &cert);
		find_signer(from, &id, &cert.key, files);
	} else {
		id.unusable = mem_strdup(err.text);
	}
	cert_done(&cert);
	free(path);
	identity_add(from, id);
}

/* FILE-cert, FILE-cert.pub (ssh_config(5), CertificateFile); it also tells the public half of a locked key. */
void identity_add_cert_beside(const struct sources *from, struct identity *key)
{
	static const char *const suffixes[] = { "-cert", "-cert.pub" };
	struct identity id = { 0 };
	struct cert cert = { 0 };
	char *path = NULL;
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(suffixes) && !found; i++) {
		free(path);
		path = mem_printf("%s%s", key->path, suffixes[i]);
		found = read_cert(path, &id, &cert, NULL);
	}
	if (found) {
		id.label = path_show(path);
		judge(&id, &cert);
		if (!key->pub.blob)
			pubkey_copy(&key->pub, cert.key.blob, cert.key.len);
		if (!identity_same_key(&key->pub, &cert.key) && !id.unusable)
			id.unusable = mem_strdup(_("it certifies another key"));
		id.path = mem_strdup(key->path);
		key->in_agent = key->in_agent || sources_agent_has(from, &key->pub);
		id.in_agent = key->in_agent;
		pubkey_copy(&id.signer, cert.key.blob, cert.key.len);
		if (!key->in_agent && sources_agent_has(from, &id.pub)) {
			id.in_agent = true;
			pubkey_done(&id.signer);
		}
		if (key->unusable && !id.unusable && !id.in_agent)
			id.unusable = mem_strdup(key->unusable);
		identity_add(from, id);
	}
	cert_done(&cert);
	free(path);
}

void identity_judge_cert(const struct sources *from, struct identity *id)
{
	struct cert cert;

	if (!cert_read(&cert, id->pub.blob, id->pub.len, NULL))
		return;
	judge(id, &cert);
	if (sources_agent_has(from, &cert.key))
		pubkey_copy(&id->signer, cert.key.blob, cert.key.len);
	cert_done(&cert);
}
