/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name to addresses.  getaddrinfo() blocks, so it runs in a worker thread; what is an
 * address already (192.0.2.1, 2001:db8::1, fe80::1%eth0) needs none.  Asks the system as
 * every program does: hosts file, DNS, whatever nsswitch.conf says.
 */
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

/*
 * addresses: in RFC 6724 order, none twice, valid during the call; count 0 means that it
 * failed and why says so: ERR_RESOLVE, ERR_LOCAL for trouble of this machine, ERR_INVALID for a name that cannot be one.
 */
typedef void resolve_done(
    void *ctx, const struct address *addresses, size_t count, const struct err *why);

/* family: AF_UNSPEC, AF_INET or AF_INET6.  done is called once, never before this returns. */
struct resolve *resolve_start(
    struct loop *loop, const char *hostname, long port, int family, resolve_done *done, void *ctx);
/*
 * Frees; done is not called any more.  To be called in any case, also after done or from it; a worker that still
 * runs ends by itself.  NULL is fine.
 */
void resolve_cancel(struct resolve *resolve);
/* Is a name server being asked?  False while all threads are stuck with other names. */
bool resolve_begun(const struct resolve *resolve);

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; out should hold 64 bytes. */
void address_text(const struct address *address, char *out, size_t size);
/*
 * The address that a connection to another one comes from, as the system's routes say; bind_address, if it is not NULL, wants
 * it to be that one.  Sends nothing.  False: it cannot be told.
 */
bool address_from(const struct address *to, const char *bind_address, struct address *from);
/* What kind of address it is, in the words of address_text_scope() (sallyport/ssh.h). */
const char *address_scope(const struct address *address);

#endif
