/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a connection, shared by its stages.  A stage is one function that is called
 * between two turns of the loop until it says that it is done; callbacks of the loop
 * only leave what they got in the connection and call conn_wake().
 */
#ifndef SSH_CONN_H
#define SSH_CONN_H

#include "alive.h"
#include "ident.h"
#include "kexinit.h"
#include "race.h"
#include "resolve.h"
#include "session.h"
#include "transport.h"
#include "tunnel.h"
#include "via.h"

#include "sallyport/hosts.h"
#include "sallyport/keys.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

struct forwards;
struct login;
struct stream;

enum step {
	STEP_WAIT, /* call again when something came */
	STEP_NEXT, /* done: conn->result says how */
	STEP_FAIL, /* conn->why says why */
};

/* A question to the owner; see question.c. */
struct asking {
	bool pending;
	bool answered;
	bool yes;
	struct secret *secret;
};

struct conn {
	struct loop *loop;
	const struct host *host;
	struct host *own_host; /* NULL: somebody else's, who keeps it */
	struct conn_options options;
	struct conn_owner owner; /* emptied by conn_free() */
	void *ctx;
	struct loop_task task;
	bool busy; /* inside the task: who frees must wait for its end */
	bool doomed; /* freed as soon as it is not busy */
	bool over; /* ended() was called */
	bool begun; /* the first stage */
	bool connected; /* was started on a socket */

	enum conn_stage stage;
	int phase; /* within the stage, 0 as it begins */
	double since; /* when the stage began */
	struct result *result; /* of this stage, so far a pass */
	struct err *why; /* of a failure, or of a stop */
	bool stopped; /* from outside: conn_cancel() or a timer */
	enum end_cause cause; /* of the stop */
	char jump_id
	    [16]; /* "jump.2": the result of our own hop, or of the one before it that failed */

	size_t hops; /* of the way that our own is a part of */

	struct loop_timer *deadline; /* for all stages, without questions */
	double deadline_at, deadline_left;
	struct loop_timer *step_timer; /* for the banner, then for the algorithms */

	struct resolve *resolve;
	struct address *addresses;
	size_t address_count;
	struct race *race;
	struct transport net;
	struct ident ident;

	/* Not before the banner: ten thousand connections at once stop there. */
	struct session_prefs prefs;
	struct session *session;
	char *known_name; /* as known_hosts writes it */
	struct strlist known_files; /* user files first */
	struct known_hosts *known;
	struct asking asking;
	struct login *login;
	struct stream *stream;
	struct tunnel *tunnels;
	struct forwards *forwards; /* NULL: none */
	struct via *via; /* NULL: the server is reached directly */
	struct alive alive; /* while the session is open */
	char *signal; /* that the remote command died of */
};

/* Queues the connection's task. */
void conn_wake(struct conn *conn);
/* The id under which the running stage is told. */
const char *conn_result_id(const struct conn *conn);
/* The running stage is not told: the stage with this id failed instead, and was. */
void conn_result_drop(struct conn *conn, const char *failed_id);
/* Is there nothing wrong with the entry itself? */
bool conn_host_usable(const struct conn *conn, struct err *err);
/* Sets why and returns STEP_FAIL, to be returned by a stage. */
enum step conn_fail(struct conn *conn, const struct err *err);
enum step conn_failf(struct conn *conn, enum err_code code, const char *fmt, ...) SP_PRINTF(3, 4);
void conn_hint(struct conn *conn, const char *fmt, ...) SP_PRINTF(2, 3);
/* Fails because TCP to this address did, with that errno (connect_fail.c). */
enum step connect_fail(struct conn *conn, int errnum, const struct address *to);
/* Fails with libssh2's last error or with how the connection was lost. */
enum step conn_fail_lib(struct conn *conn, enum err_code code, const char *what);
/* Fails with how the connection ended under us. */
enum step conn_fail_lost(struct conn *conn);
/* What we were doing, for sentences: "during the login". */
const char *conn_doing(enum conn_stage stage);
/* What an error of this kind means for whoever started us. */
enum end_cause conn_cause(enum err_code code);
/* Stops from outside a step: the task ends the connection. */
void conn_stop(struct conn *conn, enum end_cause cause, const struct err *why);
/* Ends now; the last thing that a step does. */
void conn_finish(struct conn *conn, const struct conn_end *end);
/* AF_UNSPEC, or what the host or the command line limits it to. */
int conn_family(const struct conn *conn);
/* "10.0.0.1 port 22" or the host's name and port; caller frees. */
char *conn_peer(const struct conn *conn);
/* Makes the verdict worse. */
void conn_warn(struct conn *conn);
/* The server's words, and ours. */
void conn_notice(struct conn *conn, const char *text);
void conn_remark(struct conn *conn, const char *text);

/* ---- question.c ---- */

/* Asks.  The answer is there when conn->asking.answered; taking it clears that. */
void ask_start(struct conn *conn, const struct question *question);
bool ask_taken_yes(struct conn *conn);
/* NULL: the user will not say. */
struct secret *ask_take_secret(struct conn *conn);
/*
 * Asks, and turns the loop until there is an answer: for callbacks of libssh2, which cannot be told "not yet".  The connection's
 * own task is not entered meanwhile, and conn_free() waits for its end.  NULL: none, or the connection is over.
 */
struct secret *ask_wait(struct conn *conn, const struct question *question);
/* Can anybody be asked? */
bool ask_possible(const struct conn *conn);
/* Stops the clock while the user thinks, or touches a key. */
void deadline_pause(struct conn *conn);
void deadline_resume(struct conn *conn);

/* ---- the stages ---- */

typedef enum step stage_fn(struct conn *conn);
stage_fn stage_jump;
stage_fn stage_resolve;
stage_fn stage_connect;
stage_fn stage_banner;
stage_fn stage_kex;
stage_fn stage_hostkey;
stage_fn stage_methods;
stage_fn stage_publickey;
stage_fn stage_login;
stage_fn stage_forward;
stage_fn stage_channel;
stage_fn stage_pty;
stage_fn stage_start;
stage_fn stage_open;

/* Algorithms for this host, known host key types first (prefs.c). */
bool prefs_load(struct conn *conn, struct err *err);

void login_free(struct login *login);
void stream_free(struct stream *stream);

#endif
