/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket and our own queues on both sides of it.  libssh2 sends by adding to the
 * out-queue, which always takes all (a partial send makes libssh2 1.11.1 hang in a key
 * re-exchange), and receives from the in-queue, where we can look at the server's bytes
 * first.  How the socket ended is told here and never to libssh2, which would throw away
 * data that came before the end.
 */
#ifndef SSH_TRANSPORT_H
#define SSH_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "queue.h"

struct loop_task;
struct loop_watch;

struct transport {
	int fd; /* -1: not connected */
	struct loop_watch *watch;
	struct loop_task *task; /* queued when the socket is ready */
	struct queue in, out;
	size_t chunk; /* how much to read at once */
	size_t gate; /* bytes of the in-queue that libssh2 may have */
	size_t turn; /* ... before the loop turns; see transport_turn() */
	size_t sent_before; /* bytes that libssh2 sends and we did already: our identification */
	bool quick; /* acknowledge at once: sshd has Nagle's algorithm on until the shell runs */
	bool ready; /* the socket has something to read, as far as we know */
	bool eof; /* the other side closed, or errnum says what happened */
	bool dead; /* nothing goes in or out any more */
	int errnum; /* of reading; 0: closed properly */
	int send_errnum; /* of writing; what came before may still be read */
	uint64_t bytes_in, bytes_out;
	uint64_t taken; /* by libssh2 from the in-queue */
};

void transport_init(struct transport *net, struct loop_task *task);
/* There will be a line or two, and no need to hurry: small buffers, no system calls to be quick. */
void transport_expect_little(struct transport *net);
/* Closes the socket. */
void transport_done(struct transport *net);
/*
 * Takes the connected, non-blocking socket, and what watches it already, if anything does.  keepalive: the system finds
 * out by itself, in hours, when the other side is gone (SO_KEEPALIVE).
 */
void transport_open(struct transport *net, int fd, struct loop_watch *watch, bool keepalive);
/* Reads once what the socket has.  True when bytes came. */
bool transport_fill(struct transport *net);
/* libssh2's callbacks: byte counts or -EAGAIN, -ECONNRESET when dead. */
ssize_t transport_recv(struct transport *net, void *buf, size_t len);
ssize_t transport_send(struct transport *net, const void *data, size_t len);
/* Writes what the socket takes. */
void transport_flush(struct transport *net);
/*
 * Begins a turn of the loop: libssh2 reads as long as it gets something, so a server that sends
 * without end must not feed it for longer than this.  Spent: there may be more, turn the loop first.
 */
void transport_turn(struct transport *net);
bool transport_spent(const struct transport *net);
/* Before every sleep: flushes and sets what to wait for. */
void transport_wait(struct transport *net);
/* Nothing more will come and all that came was taken. */
bool transport_over(const struct transport *net);
/* Cuts libssh2 off, so that it frees itself without waiting for the server. */
void transport_kill(struct transport *net);

#endif
