/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in: what the server offers, which keys there are, and one step function for each
 * method.  The keys are asked for with a sign callback: libssh2 calls it once the server has said
 * that it would accept the key, and it may answer "not yet" while the agent or the user thinks.
 */
#ifndef SSH_LOGIN_H
#define SSH_LOGIN_H

#include "agent.h"
#include "conn.h"

/* One key that could be offered. */
struct identity {
	struct pubkey
	    pub; /* a key or a certificate; blob NULL: locked in a file without its .pub */
	struct pubkey signer; /* as the agent knows the key that signs; blob NULL: as pub */
	char *path; /* the private key; NULL: only in the agent */
	char *label; /* for people: the file or the agent's comment; not cleaned */
	bool in_agent; /* who signs, then */
	char *
	    note; /* what may be why it is refused: "the certificate expired at ..."; NULL: nothing */
	bool used; /* it was taken, and the server wants more: not again */
	char *unusable; /* NULL: can be offered; else why not */
};

enum auth {
	AUTH_WAIT,
	AUTH_OK,
	AUTH_FAILED, /* this attempt; the method may have more */
	AUTH_NOTHING, /* nothing more by this method */
	AUTH_BROKEN, /* conn->why says why */
};

typedef enum auth auth_fn(struct conn *conn);
auth_fn auth_publickey;
auth_fn auth_password;
auth_fn auth_kbdint;

enum sign_state { SIGN_IDLE, SIGN_RUNNING, SIGN_DONE };

struct login {
	struct agent *agent; /* NULL: none to ask */
	bool listed; /* the agent has answered, or there is none */
	char *agent_why; /* why it could not be asked */
	struct identity *ids;
	size_t id_count;
	size_t next; /* the key being tried */
	size_t offered; /* how many were */
	char *algorithm; /* that it signs with, NULL: not decided */
	struct strlist skipped; /* "label: why" */
	struct strlist refused; /* labels */
	bool wanted; /* the server would accept ids[next] */
	bool accepted; /* ... or the one before it, in a check */

	struct private_key *key; /* opened ids[next] */
	struct loop_work *opening; /* that opens it; NULL: none */
	enum { OPEN_NOT, OPEN_RUNS, OPEN_OVER } open; /* with the secret below */
	enum key_open open_result;
	char *open_why;
	struct private_key *adding; /* used, and to be given to the agent; NULL: none */
	char *adding_label;
	enum { ADD_BEGIN, ADD_ASKED, ADD_RUNS, ADD_OVER } add;
	bool in; /* logged in */
	struct secret *secret; /* passphrase or password that is being tried */
	unsigned tries; /* passphrases for ids[next] */
	enum sign_state sign;
	struct loop_timer *slow; /* NULL: the agent has no signature to make */
	struct str sig; /* the agent's answer; empty: refused */

	const struct auth_method *method; /* being tried */
	struct strlist taken; /* methods that the server took and wanted more than */
	struct strlist exhausted; /* methods that have nothing more */
	unsigned rounds; /* of keyboard-interactive */
	unsigned passwords;
	bool expired; /* the server wanted a new password */
	bool questioned; /* keyboard-interactive: the server did ask */
	bool unwilling; /* the user did not answer */
	bool shy; /* a key was left out, because a check waits for nobody */
};

/* How often a password or a round of questions may be tried. */
unsigned login_tries(const struct conn *conn);

/* Is there anything that we could do among what the server offers? */
enum login_ways { WAYS_UNKNOWN, WAYS_OFF /* by settings or batch mode */, WAYS_SOME };
enum login_ways login_ways(const struct conn *conn);

/* The ends of a login without success (login_fail.c): each sets conn->why. */
enum step login_denied(struct conn *conn);
/* The server hung up in the middle: after failed attempts that is its way to say "too many". */
enum step login_hung_up(struct conn *conn);
/* What was tried and what was not, into conn->result. */
void login_details(struct conn *conn);

/* Lists the agent's keys and the files; STEP_WAIT until the agent has answered. */
enum step identities_load(struct conn *conn);
/* Pinned files first, then the agent's other keys, as ssh_config(5) says; a pure function. */
void identities_build(struct login *login, const struct host *host, const char *algorithms,
    const struct agent_key *keys, size_t count);
void identities_done(struct login *login);
/* Begins with the keys again: those that were not tried yet first, the used ones not at all. */
void identities_again(struct login *login);
/* Notes why the key being tried is not used, once. */
void login_skip(struct login *login, const char *why);
/* Forgets what belonged to the key that was tried. */
void identity_reset(struct login *login);
/* "~/.ssh/x.pem (ssh-rsa SHA256:...)"; caller frees. */
char *identity_text(const struct identity *id);

/* ---- auth_add.c: add_keys_to_agent ---- */

/* ids[next] was taken: keeps its key for the agent, if the host wants that. */
void login_keep_key(struct conn *conn);
/* Gives the kept key to the agent, as far as the user and the agent want it; that it failed is only told with -v. */
enum step login_add_key(struct conn *conn);
void login_add_done(struct login *login);

/* The sign callback of libssh2_userauth_publickey(); abstract is the connection. */
LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(login_sign);
/* Appends the agent's signature with ids[next] as libssh2 wants it: 0, LIBSSH2_ERROR_EAGAIN, or -1 (see skipped). */
int sign_by_agent(struct conn *conn, const char *algorithm, const unsigned char *data, size_t len,
    struct str *sig);
/* Opens ids[next] with login->secret; asks first when it must. */
enum key_try { KEY_TRY_WAIT, KEY_TRY_OPEN, KEY_TRY_NO };
enum key_try key_try(struct conn *conn);
/* Forgets the key that was opened, or is being. */
void key_forget(struct login *login);

#endif
