/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port forwards and the agent's, inside the library.  An entrance is a port that takes connections, here or on
 * the server; a visitor is a connection that came in by one and is not on its way yet: it says in SOCKS where
 * to, or is waited for until its target is reached.  Then it is a tunnel.  All are owned by the connection.
 */
#ifndef SSH_FORWARD_H
#define SSH_FORWARD_H

#include "chan.h"
#include "conn.h"

enum entrance_state {
	ENTRANCE_WANTED, /* on the server, which was not asked yet */
	ENTRANCE_ASKED,
	ENTRANCE_OPEN,
	ENTRANCE_CLOSING, /* the server is still to be told */
	ENTRANCE_GONE,
};

/* One socket that is listened on: a port has one for IPv4 and one for IPv6. */
struct door {
	struct entrance *entrance;
	int fd;
	struct loop_watch *watch;
	bool ready;
};

enum { DOORS_MAX = 2 };

struct entrance {
	struct conn *conn;
	struct entrance *next;
	struct forward forward;
	enum entrance_state state;
	struct door doors[DOORS_MAX]; /* of a port here */
	size_t door_count;
	struct loop_timer *rest; /* nobody is let in until then: no descriptors are left */
	LIBSSH2_LISTENER *listener; /* of a port on the server */
	int bound; /* the port that it listens on */
};

struct visitor;

struct forwards {
	struct entrance *entrances;
	struct visitor *visitors;
	/* Channels to the agent that the server opened and nobody has looked at yet. */
	LIBSSH2_CHANNEL **agent;
	size_t agent_count;
	bool agent_on;
	bool agent_missed; /* that it cannot be reached was said */
};

/* The connection's, made when it is first asked for. */
struct forwards *forwards_of(struct conn *conn);
/* Lets in who waits, goes on with who is in.  For an open connection. */
void forwards_step(struct conn *conn);
/* Frees all at once; goes before the session.  Telling nobody. */
void forwards_free(struct conn *conn);
/* Does this connection have ports to forward from the start? */
bool forwards_wanted(const struct conn *conn);
/* "-L 8080 to db:5432".  Appended, not cleaned. */
void entrance_label(const struct forward *forward, struct str *out);

/* ---- ports here: forward_local.c ---- */

/* Binds and listens; nobody is let in yet.  False with err: not on any address. */
bool doors_open(struct entrance *entrance, struct err *err);
void doors_step(struct entrance *entrance);
void doors_close(struct entrance *entrance);

/* ---- ports on the server: forward_remote.c ---- */

/* Goes on with asking the server.  False with err: it said no. */
bool entrance_ask(struct entrance *entrance, struct err *err);
void entrance_accept(struct entrance *entrance);
/* Tells the server; the entrance is ENTRANCE_GONE when that is done. */
void entrance_close(struct entrance *entrance);

/* ---- connections on their way: visitor.c ---- */

/* Takes the connected socket. */
void visitor_local(struct entrance *entrance, int fd, const struct address *from);
void visitor_remote(struct entrance *entrance, LIBSSH2_CHANNEL *channel);
void visitors_step(struct conn *conn);
void visitors_free(struct conn *conn);
/* One line for each that is no tunnel yet. */
void visitors_text(const struct conn *conn, struct str *out);

/* ---- the agent: forward_agent.c ---- */

/* Asks the server to offer our agent on the session's channel, when that is wanted and there is one.  False: call again. */
bool agent_offer(struct conn *conn, LIBSSH2_CHANNEL *channel);
void agent_step(struct conn *conn);

#endif
