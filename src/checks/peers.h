/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run knows of the addresses and ports that it has called, whatever names and jump hosts led to them: so that
 * one call serves all of these names, who has refused us is not called again, and nobody is called more
 * often than he bears.  Private to the runner's files.
 */
#ifndef SALLYPORT_CHECKS_PEERS_H
#define SALLYPORT_CHECKS_PEERS_H

#include <stdbool.h>

struct checks;
struct conn_end;
struct peer;
struct result;
struct server;

/*
 * OpenSSH 9.8 and later counts 1 s against an address for a connection that ends without a login, 5 s when one was
 * asked for (the question whether a key would do is one: measured with 10.0), and refuses from 15 s on; a second of it passes in a
 * second (sshd_config(5), PerSourcePenalties).  So much at most comes from us, the runs before included.
 */
enum { PEER_UNFINISHED_MAX = 10, PEER_BUCKETS = 8192 };

struct peers {
	struct peer *buckets[PEER_BUCKETS];
};

/*
 * The server is about to connect to this address and port ("192.0.2.1 22").  False: it must not, or need not, and all its
 * hosts have been told why.
 */
bool peer_may_call(struct server *server, const char *key);
/* A result of the server's connection. */
void peer_hear(struct server *server, const struct result *result);
/* The connection has ended; true: the server has refused us, and whoever is left has been told. */
bool peer_ended(struct server *server, const struct conn_end *end);
/* Somebody else of the run calls there: a jump host. */
void peer_called(struct checks *run, const char *key);
void peers_done(struct peers *peers);

#endif
