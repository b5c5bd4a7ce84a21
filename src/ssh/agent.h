/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A non-blocking client of the SSH agent (draft-miller-ssh-agent): libssh2's own blocks, and drops what FIDO signatures need.  One request at a time.
 */
#ifndef SSH_AGENT_H
#define SSH_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "sallyport/keys.h"

struct agent;
struct err;
struct loop;

struct agent_key {
	struct pubkey pub;
	char *comment; /* not cleaned */
};

/* count 0 with why NULL: an agent without keys. keys borrowed. */
typedef void agent_keys_done(
    void *ctx, const struct agent_key *keys, size_t count, const struct err *why);
/* sig: the whole signature blob (string algorithm, string signature [, flags, counter]); NULL with why. */
typedef void agent_sign_done(
    void *ctx, const unsigned char *sig, size_t len, const struct err *why);

/* Does not connect yet.  path NULL: $SSH_AUTH_SOCK.  NULL with err (ERR_NOTFOUND) when there is no agent to ask. */
struct agent *agent_new(struct loop *loop, const char *path, struct err *err);
/* Cancels what runs, closes, frees; NULL is fine. */
void agent_free(struct agent *agent);
/* Connecting and the answer must come within timeout_ms. */
void agent_list_start(struct agent *agent, double timeout_ms, agent_keys_done *done, void *ctx);

enum { AGENT_RSA_SHA2_256 = 2, AGENT_RSA_SHA2_512 = 4 };
/* No time-out by itself: a key may wait for a touch or a confirmation; agent_cancel() ends it. */
void agent_sign_start(struct agent *agent, const struct pubkey *key, const void *data, size_t len,
    unsigned flags, agent_sign_done *done, void *ctx);
void agent_cancel(struct agent *agent);

#endif
