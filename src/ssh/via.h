/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a server through jump hosts.  The last hop is a connection like any other, with settings,
 * host key and login of its own, that opens no session; it may have hops before it in
 * turn.  Through it goes a tunnel, whose other end is our socket.  Owned by a connection.
 */
#ifndef SSH_VIA_H
#define SSH_VIA_H

#include <stdbool.h>

struct conn;
struct via;

/* The way through an open hop, which is borrowed, for conn. */
struct via *via_through(struct conn *conn, struct conn *hop);

/* Hangs up on the last hop, and so on those before it.  NULL is fine. */
void via_free(struct via *via);
/* The connection to the last hop; NULL: none. */
struct conn *via_conn(const struct via *via);
/* Asks the last hop to connect to conn's server; calls conn_wake() with conn->phase 2 or, failed, 3. */
void via_connect(struct conn *conn);
/* The last hop did not connect in time: sets conn's reason. */
void via_timed_out(struct conn *conn);
/* Why the way is gone, a sentence; NULL: it is not, as far as we know. */
const char *via_lost(const struct via *via);

#endif
