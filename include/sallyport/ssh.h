/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SSH connection as a non-blocking state machine: resolve, connect, banner,
 * kex, hostkey, auth, channel, open, closed.  The same machine serves checks
 * (which stop at a depth and never ask, sign or write) and sessions.  Every stage
 * is told to the owner as it starts and as it ends, with a result that explains
 * itself.  The only door to libssh2.  Draws nothing, asks nobody: the owner does.
 */
#ifndef SALLYPORT_SSH_H
#define SALLYPORT_SSH_H

#include "sallyport/keys.h"
#include "sallyport/report.h"
#include "sallyport/util.h"

struct conn;
struct forward;
struct host;
struct loop;
struct termios;

/* How far to go. */
enum conn_depth {
	CONN_REACH, /* to the banner; no libssh2 session is made */
	CONN_AUTH, /* to "would this key be accepted?": asked without signing */
	CONN_SESSION, /* to a shell or command */
	CONN_HOSTKEY, /* to the host key, which the owner is told; never logs in */
};

/*
 * Stages, in order.  Their ids are those of the manual page: jump.N, net.resolve, net.connect, ssh.banner,
 * ssh.kex, ssh.hostkey, auth.methods, auth.publickey, auth.login, session.forward,
 * session.channel, session.pty, session.start.
 */
enum conn_stage {
	STAGE_JUMP, /* to and into the last jump host; its own stages are details of its result */
	STAGE_RESOLVE,
	STAGE_CONNECT,
	STAGE_BANNER,
	STAGE_KEX,
	STAGE_HOSTKEY,
	STAGE_METHODS,
	STAGE_PUBLICKEY, /* CONN_AUTH only */
	STAGE_LOGIN, /* CONN_SESSION only, as all below */
	STAGE_FORWARD, /* where ports are forwarded from the start */
	STAGE_CHANNEL,
	STAGE_PTY,
	STAGE_START,
	STAGE_OPEN, /* not a stage that is reported: the session runs */
};
/* NULL for STAGE_OPEN; "jump" for STAGE_JUMP, which is told as jump.1, jump.2 and so on. */
const char *conn_stage_id(enum conn_stage stage);

enum question_kind {
	ASK_HOSTKEY, /* a new host key: yes or no, default no */
	ASK_YES, /* yes or no, default no */
	ASK_PASSPHRASE, /* for a key file; the server has said that it would accept the key */
	ASK_PASSWORD,
	ASK_PROMPT, /* keyboard-interactive: the server's own words */
};

/* All texts may quote the server: clean them to show them.  Valid during the call only. */
struct question {
	enum question_kind kind;
	const char *text; /* the prompt: "Passphrase for ~/.ssh/x.pem: ", or the server's */
	const char *name; /* ASK_PROMPT: RFC 4256 name, on the first prompt of a round, else NULL */
	const char *instruction; /* likewise */
	bool echo;
	const char *key_type; /* ASK_HOSTKEY */
	const char *fingerprint; /* ASK_HOSTKEY */
};

struct conn_end {
	enum end_cause cause;
	int status; /* END_EXIT: the remote's exit status */
	const char *signal; /* END_SIGNAL: "KILL" */
	const char *reason; /* a sentence for the user; NULL after a plain exit */
	const char *hint; /* NULL: none */
	const char *failed_id; /* the stage that failed, NULL: none */
	uint64_t bytes_in, bytes_out;
};

/*
 * What a connection needs from whoever runs it.  All are called from the loop's tasks, never
 * from inside conn_start() or another conn_ call.  Any but ended may be NULL.
 */
struct conn_owner {
	void (*stage_start)(void *ctx, const char *id);
	/* result is borrowed; result_share() to keep it. */
	void (*stage_end)(void *ctx, struct result *result);
	/* Answer now or later with conn_answer_yes() or conn_answer_secret().  NULL: every
	 * question is answered no. */
	void (*ask)(void *ctx, const struct question *question);
	/* The key that the server proved to have, before it is judged.  Borrowed for the call. */
	void (*hostkey)(void *ctx, const unsigned char *blob, size_t len);
	/* Text from the server outside a prompt (auth banner); clean it to show it. */
	void (*notice)(void *ctx, const char *text, size_t len);
	/* Something that did not stop the session, in words of ours. */
	void (*remark)(void *ctx, const char *text);
	void (*opened)(void *ctx);
	/* conn_read() has something (data or end of file).  Said again only after a read that returned 0. */
	void (*readable)(void *ctx);
	/* conn_write() has room again after it took less than it was given. */
	void (*writable)(void *ctx);
	/* The command has ended, and forwarded connections go on: nobody takes what is typed any more. */
	void (*waiting)(void *ctx);
	/* The last call.  The connection is still to be freed with conn_free(), also from here. */
	void (*ended)(void *ctx, const struct conn_end *end);
};

/* Settings of ssh_config(5) about host keys that are no members of a host; zeroed: ssh's defaults. */
struct hostkey_rules {
	const struct strlist *global_files; /* GlobalKnownHostsFile; NULL or empty: ssh's own */
	const char *revoked_file; /* RevokedHostKeys; NULL: none */
	unsigned min_rsa_bits; /* RequiredRSASize; less than 1024 is 1024 */
	bool check_ip; /* CheckHostIP */
	bool trust_localhost; /* NoHostAuthenticationForLocalhost */
	bool visual; /* VisualHostKey */
};

/* Ways to log in; ssh_config(5): PubkeyAuthentication and its like, NumberOfPasswordPrompts. */
struct auth_options {
	bool no_publickey, no_kbdint, no_password;
	bool unattended; /* nobody can be asked, but what needs no answer may be tried */
	int prompts; /* how often a password may be tried, and questions answered; 0: three times; -1: never */
};

struct conn_options {
	enum conn_depth depth;
	struct hostkey_rules hostkey; /* what it points to is borrowed */
	/* For TCP, again from there to the banner, and to the algorithms.  0: 30 s. */
	double connect_timeout_ms;
	double
	    total_timeout_ms; /* to the end of the last stage, questions not counted; 0: two minutes */
	int family; /* AF_UNSPEC: as the host says */
	/* The hosts to go through, first to last; each with a login and a host key of its own. */
	struct host *const *jumps;
	size_t jump_count;
	/*
	 * An open hop to go through instead.  Borrowed, to be freed later than this connection; once it has
	 * ended, its owner cancels this one.  A hop opens one channel after the other: who waits loses time.
	 */
	struct conn *through;
	bool hop; /* be one of them: log in, open no channel, let others through */
	/* Of a check: known host keys only, nothing written anywhere, no key that waits for a person. */
	bool cautious;
	/* Session: */
	bool pty;
	const char *term; /* borrowed for the connection's life, as all pointers here */
	int cols, rows;
	const struct termios *modes; /* terminal modes to send; NULL: none */
	const char *command; /* NULL: a shell */
	bool subsystem; /* command names a subsystem (-s) */
	bool no_command; /* log in and run nothing (-N) */
	const char *stdio_host; /* instead of a session: a connection on to there (-W) */
	long stdio_port;
	const struct strlist *env; /* "NAME=value" to send */
	bool no_forwards; /* whatever the host says: none of its ports (ClearAllForwardings) */
	bool forwards_must_work; /* else what cannot be had is only said (ExitOnForwardFailure) */
	bool gateway_ports; /* ports here that name no address are for everybody (-g) */
	bool host_stays; /* the host is there as long as the connection: it need not be copied */
	bool batch; /* never ask, nor try what usually asks */
	struct auth_options auth;
	bool no_tcp_keepalive; /* TCPKeepAlive=no */
};

/* ---- the agent (draft-miller-ssh-agent) ---- */

struct agent;

struct agent_key {
	struct pubkey pub; /* its type can be read; it may be one that we cannot use */
	char *comment; /* not cleaned */
};

/*
 * keys: in the agent's order, valid during the call.  why NULL: it answered, also with
 * no keys at all; else nothing came of it, and why names the socket.
 */
typedef void agent_keys_done(
    void *ctx, const struct agent_key *keys, size_t count, const struct err *why);

/*
 * path as IdentityAgent in ssh_config(5): NULL or "SSH_AUTH_SOCK" for that variable,
 * "$NAME" for another, "~" for the home folder.  Does not connect yet.  NULL with err
 * (ERR_NOTFOUND) when there is no agent to ask: no variable, or "none".
 */
struct agent *agent_new(struct loop *loop, const char *path, struct err *err);
/* Cancels what runs, frees; also from a done.  NULL is fine. */
void agent_free(struct agent *agent);
/*
 * Asks for the keys; the whole answer must come within timeout_ms.  done is called once, never before this returns and
 * never after agent_free(), which it may call.
 */
void agent_list_start(struct agent *agent, double timeout_ms, agent_keys_done *done, void *ctx);

/* ---- addresses ---- */

/*
 * What kind of address a text is, in English for reports: "loopback", "private", "link-local", "CGNAT"
 * (shared by a provider's customers, RFC 6598), "placeholder" (0.0.0.0, examples of
 * documentation, multicast: never a host), or "" for a public one.  NULL: the text is no address.
 */
const char *address_text_scope(const char *text);

/* ---- connections ---- */

/*
 * The algorithms that a connection offers for a member of a host, such as "ciphers", best first, as text
 * with commas.  The caller frees; NULL with err when the host's setting leaves none.
 */
char *conn_offer(const struct host *host, const char *member, struct err *err);
/*
 * Starts; never fails here: trouble is told through the owner.  host is copied, unless host_stays.
 */
struct conn *conn_start(struct loop *loop, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx);
/* The same on a connected stream socket, which it takes: begins with the banner. */
struct conn *conn_start_on(struct loop *loop, int fd, const struct host *host,
    const struct conn_options *options, const struct conn_owner *owner, void *ctx);
/* Ends at once, without a goodbye that could block; no callback follows.  NULL is fine. */
void conn_free(struct conn *conn);
/* Asks for an end: the owner gets ended() with this cause and sentence soon. */
void conn_cancel(struct conn *conn, enum end_cause cause, const char *reason);

void conn_answer_yes(struct conn *conn, bool yes);
/* Takes the secret; NULL means: the user will not say. */
void conn_answer_secret(struct conn *conn, struct secret *secret);

enum { CONN_STDOUT, CONN_STDERR };
/* Bytes read; 0: nothing now; -1: end of this stream.  With a pty all comes on CONN_STDOUT. */
long conn_read(struct conn *conn, int stream, void *buf, size_t len);
/* Takes as much as there is room for and returns how much that was. */
size_t conn_write(struct conn *conn, const void *data, size_t len);
/* No more input will come (after what was written). */
void conn_write_eof(struct conn *conn);
void conn_resize(struct conn *conn, int cols, int rows);

/*
 * Forwards one more port of an open session.  False with err: a port here that cannot be had, or there is already no
 * session.  What the server says about a port of its own is remarked later, if it says no.
 */
bool conn_forward_add(struct conn *conn, const struct forward *forward, struct err *err);
/* Ends one, by its kind, address and port; connections through it go on.  False with err: there is none. */
bool conn_forward_cancel(struct conn *conn, const struct forward *forward, struct err *err);
/* Appends a line for each forwarded port, and for the agent.  Not cleaned. */
void conn_forwards_text(const struct conn *conn, struct str *out);
/* Appends a line for each connection that goes through the session.  Not cleaned. */
void conn_connections_text(const struct conn *conn, struct str *out);

#endif
