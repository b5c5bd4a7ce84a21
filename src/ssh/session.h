/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh2 session over our transport: an allocator that wipes, explicit algorithms,
 * and what libssh2 reads from the server but does not pass on.  Owned by a connection.
 */
#ifndef SSH_SESSION_H
#define SSH_SESSION_H

#include <libssh2.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"

struct transport;

/* Our identification (RFC 4253 section 4.2), without its line end. */
#define SESSION_IDENT "SSH-2.0-sallyport_" PACKAGE_VERSION

/*
 * How long libssh2 waits for an answer, in seconds: for ever, time-outs are ours.  It asks the wall clock, which
 * may jump from 1970 to today when a machine without a battery hears the time.
 */
enum { SESSION_PATIENCE_S = 65 * 365 * 24 * 60 * 60 };

/* Comma lists, all set: what we offer. */
struct session_prefs {
	char *kex, *hostkey, *cipher, *mac, *pubkey;
};
void session_prefs_done(struct session_prefs *prefs);
/* What the linked libssh2 has, in its order; pubkey stays NULL.  A list that it does not tell is NULL too. */
void session_supported(struct session_prefs *linked);

struct session {
	LIBSSH2_SESSION *lib;
	struct transport *net;
	struct conn *conn; /* whose it is, for callbacks */
	char *disconnect; /* the server's reason for hanging up, not cleaned; NULL: none */
	struct block *blocks; /* all memory that libssh2 has */
	size_t allocated; /* since libssh2 last asked for more bytes */
	struct pubkey host_key; /* as it was accepted; blob NULL: not yet */
	bool failed; /* libssh2 did, in a way that was not the server's no */
	bool damaged; /* a packet could not be decrypted: see session.c */
	/* Seen in packets as libssh2 lets go of them (packet_seen.c). */
	struct strlist sig_algs; /* server-sig-algs (RFC 8308) */
	bool sig_algs_said;
	struct strlist methods; /* of the last authentication failure */
	bool partial; /* ... which was a partial success */
	unsigned failures; /* how many that were not */
	char *change_prompt; /* why a password must be changed, not cleaned */
	bool exit_status; /* the command's exit status was told */
	char *open_failure; /* why a channel was refused, not cleaned */
};

struct session *session_new(
    struct transport *net, const struct session_prefs *prefs, struct err *err);
/* Says goodbye without waiting, and frees. NULL is fine. */
void session_free(struct session *session);

/*
 * Does the server show another host key than the one that was accepted?  It can when keys are exchanged anew, and must
 * not (OpenSSH's sshconnect2.c, verify_host_key_callback).
 */
bool session_key_changed(const struct session *session);

/* Memory as libssh2 frees it: for signatures and answers that it takes over. */
void *session_alloc(struct session *session, size_t size);
void *session_dup(struct session *session, const void *data, size_t len);

/* Looks at a block that libssh2 is about to free: is it a packet that tells us something? */
void packet_seen(struct session *session, const unsigned char *data, size_t len);

/* "what: why" from libssh2's last error, or from the server's goodbye.  Returns false. */
bool session_err(struct session *session, enum err_code code, const char *what, struct err *err);

#endif
