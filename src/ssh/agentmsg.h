/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the SSH agent protocol (draft-miller-ssh-agent sections 3 and 4).  Pure:
 * bytes in, bytes out; an agent is not trusted to be one.
 */
#ifndef SSH_AGENTMSG_H
#define SSH_AGENTMSG_H

#include "ssh/agent.h"

enum {
	AGENT_ANSWER_MAX = 256 * 1024, /* as OpenSSH authfd.c (MAX_AGENT_REPLY_LEN) */
	AGENT_KEYS_MAX = 2048, /* as OpenSSH authfd.c (MAX_AGENT_IDENTITIES) */
};

/* Each appends one request with its length in front. */
void agentmsg_add_list(struct str *out);
void agentmsg_add_sign(
    struct str *out, const struct pubkey *key, const void *data, size_t len, unsigned flags);

/* out must be empty: it gets all the room that it needs at once, so that wiping it leaves nothing behind. */
void agentmsg_add_key(
    struct str *out, const struct secret *key, const char *comment, long seconds, bool confirm);

enum agentmsg_status { AGENTMSG_MORE, AGENTMSG_WHOLE, AGENTMSG_BROKEN };
/* Is the answer all there?  WHOLE: *body is what follows its length, borrowed from data. */
enum agentmsg_status agentmsg_frame(
    const unsigned char *data, size_t len, struct wire *body, struct err *err);

/* The keys of an answer, freed with agentmsg_free_keys(); those whose type cannot be read are left out. */
bool agentmsg_read_keys(struct wire body, struct agent_key **keys, size_t *count, struct err *err);
void agentmsg_free_keys(struct agent_key *keys, size_t count);
/* Was it a yes? */
bool agentmsg_read_success(struct wire body, const char *refusal, struct err *err);
/* The signature of an answer, borrowed from body. */
bool agentmsg_read_signature(
    struct wire body, const unsigned char **sig, size_t *len, struct err *err);

#endif
