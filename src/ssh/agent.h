/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A non-blocking client of the SSH agent (draft-miller-ssh-agent): libssh2's own blocks,
 * and drops what FIDO signatures need.  One request at a time, each on a connection of
 * its own.  Holds no key.  Asking for the list of keys is in sallyport/ssh.h.
 */
#ifndef SSH_AGENT_H
#define SSH_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "sallyport/ssh.h"

/*
 * sig: the whole signature (string algorithm, string signature, for FIDO keys then flags and counter),
 * valid during the call; NULL with why when there is none; ERR_REFUSED when the agent said no.
 */
typedef void agent_sign_done(
    void *ctx, const unsigned char *sig, size_t len, const struct err *why);

/* The socket that IdentityAgent means, as for agent_new(); caller frees.  NULL with err: there is none. */
char *agent_socket(const char *path, struct err *err);

/*
 * For all requests: done is called once, never before they return and never after
 * agent_cancel(); it may start the next request or free the agent.  A request must not be started while one runs.
 */

enum { AGENT_RSA_SHA2_256 = 2, AGENT_RSA_SHA2_512 = 4 }; /* RFC 8332; draft-miller section 5.3 */
/*
 * Asks for a signature of data.  Without a time-out: a key may wait for a touch or a
 * confirmation; agent_cancel() ends it.
 */
void agent_sign_start(struct agent *agent, const struct pubkey *key, const void *data, size_t len,
    unsigned flags, agent_sign_done *done, void *ctx);
/* why NULL: the agent has taken the key; ERR_REFUSED: it would not. */
typedef void agent_add_done(void *ctx, const struct err *why);
/*
 * Gives the agent a private key as private_key_wire() has it, for so many seconds (0: for ever), and with confirm only to be
 * used when the user says so.  What was sent is wiped.
 */
void agent_add_start(struct agent *agent, const struct secret *key, const char *comment,
    long seconds, bool confirm, double timeout_ms, agent_add_done *done, void *ctx);
/* Ends the request that runs, if one does. */
void agent_cancel(struct agent *agent);

#endif
