/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's SSH_MSG_KEXINIT, read in clear from our own receive queue (RFC 4253
 * sections 6 and 7.1), so that "nothing in common" can be explained: libssh2 says
 * only -5.  Pure: looks at bytes, knows no connection.  libssh2 reads the same
 * bytes afterwards and alone decides what happens.
 */
#ifndef SSH_KEXINIT_H
#define SSH_KEXINIT_H

#include <stdbool.h>
#include <stddef.h>

#include "sallyport/util.h"

/* The ten name-lists in the order of RFC 4253 section 7.1. */
enum kexinit_list {
	KEXINIT_KEX,
	KEXINIT_HOSTKEY,
	KEXINIT_CIPHER_CS, /* CS: client to server, SC: server to client */
	KEXINIT_CIPHER_SC,
	KEXINIT_MAC_CS,
	KEXINIT_MAC_SC,
	KEXINIT_COMP_CS,
	KEXINIT_COMP_SC,
	KEXINIT_LANG_CS,
	KEXINIT_LANG_SC,
	KEXINIT_LISTS
};

struct kexinit {
	struct strlist lists[KEXINIT_LISTS]; /* names are printable ASCII, in the server's order */
};

enum kexinit_status { KEXINIT_MORE, KEXINIT_DONE, KEXINIT_BROKEN };

/*
 * Looks at all that the server sent after its identification line.  SSH_MSG_IGNORE,
 * DEBUG and UNIMPLEMENTED may come first and are skipped.  MORE: not all there yet, call
 * again with more; kexinit is filled in only by DONE and then belongs to kexinit_done().
 * BROKEN: err (ERR_PROTOCOL) says why; an SSH_MSG_DISCONNECT is ERR_REFUSED with the
 * server's reason, cleaned.
 */
enum kexinit_status kexinit_parse(
    struct kexinit *kexinit, const unsigned char *data, size_t len, struct err *err);
/* Frees the lists; a zeroed kexinit is fine. */
void kexinit_done(struct kexinit *kexinit);

/*
 * The algorithm that RFC 4253 section 7.1 picks: the first of ours (comma list) that the
 * server has.  Borrowed from theirs; NULL: none.
 */
const char *kexinit_agree(const char *ours, const struct strlist *theirs);
/* Broken or outdated: SHA-1, MD5, CBC, RC4, 3DES, DSA, ssh-rsa (which signs with SHA-1), none. */
bool algorithm_weak(const char *name);
/* A key exchange that holds against quantum computers: ML-KEM, Streamlined NTRU Prime, Kyber. */
bool algorithm_post_quantum(const char *name);

#endif
