/* SPDX-License-Identifier: Apache-2.0 */
/* What building the list of identities is divided into: keys and certificates.  Pure but for reading files. */
#ifndef SSH_IDENTITIES_H
#define SSH_IDENTITIES_H

#include "login.h"

/* What the identities are made of. */
struct sources {
	struct login *login;
	const char *algorithms; /* that signatures may have; NULL: any */
	const struct agent_key *keys; /* of the agent */
	size_t count;
};

bool sources_agent_has(const struct sources *from, const struct pubkey *pub);
/* False also when either is unknown. */
bool identity_same_key(const struct pubkey *a, const struct pubkey *b);
/* A key file; the caller owns it. */
struct identity identity_of_file(const struct sources *from, const char *path);
void identity_done(struct identity *id);
/* Takes it into the list, unless the same key is there. */
void identity_add(const struct sources *from, struct identity id);

/* ---- identity_cert.c ---- */

/* certificate_file: with whoever of the agent and the files can sign for it. */
void identity_add_cert(const struct sources *from, const char *name, const struct strlist *files);
/* FILE-cert and FILE-cert.pub of a key file (ssh_config(5), CertificateFile); it also tells the public half of a locked key. */
void identity_add_cert_beside(const struct sources *from, struct identity *key);
/* The agent's: is it a certificate, and of any use? */
void identity_judge_cert(const struct sources *from, struct identity *id);

#endif
