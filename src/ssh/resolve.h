/* SPDX-License-Identifier: Apache-2.0 */
/* A name to addresses, in a worker thread: getaddrinfo() blocks. */
#ifndef SSH_RESOLVE_H
#define SSH_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct err;
struct loop;
struct resolve;

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* addresses: borrowed, in RFC 6724 order, no duplicates; count 0 means failed and why says so. */
typedef void resolve_done(
    void *ctx, const struct address *addresses, size_t count, const struct err *why);

/* family: AF_UNSPEC, AF_INET or AF_INET6.  done is called once, never before this returns, unless cancelled. */
struct resolve *resolve_start(
    struct loop *loop, const char *hostname, long port, int family, resolve_done *done, void *ctx);
/* Frees; also to be called after done. */
void resolve_cancel(struct resolve *resolve);

/* "192.0.2.1", "2001:db8::1"; out must hold 64 bytes. */
void address_text(const struct address *address, char *out, size_t size);
/* "loopback", "private", "link-local", "placeholder" (0.0.0.0, documentation ranges), "" public. */
const char *address_scope(const struct address *address);

#endif
