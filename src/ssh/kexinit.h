/* SPDX-License-Identifier: Apache-2.0 */
/* The server's SSH_MSG_KEXINIT, read from our own receive queue (RFC 4253 sections 6 and 7.1): libssh2 says only -5 when nothing is in common. */
#ifndef SSH_KEXINIT_H
#define SSH_KEXINIT_H

#include <stdbool.h>
#include <stddef.h>

#include "sallyport/util.h"

enum kexinit_list {
	KEXINIT_KEX,
	KEXINIT_HOSTKEY,
	KEXINIT_CIPHER_CS,
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
	struct strlist lists[KEXINIT_LISTS];
};

enum kexinit_status { KEXINIT_MORE, KEXINIT_DONE, KEXINIT_BROKEN };

/*
 * Looks at what the server sent after its identification line, in clear: data may begin with other messages
 * (SSH_MSG_IGNORE, DEBUG), which are skipped.  MORE: not all there yet.  BROKEN: err says why
 * (packet_length out of bounds, SSH_MSG_DISCONNECT with the server's reason in err->text, ...).
 */
enum kexinit_status kexinit_parse(
    struct kexinit *kexinit, const unsigned char *data, size_t len, struct err *err);
void kexinit_done(struct kexinit *kexinit);

/* The algorithm that RFC 4253 7.1 picks: the first of ours (comma list) that the server has; borrowed from the list; NULL: none. */
const char *kexinit_agree(const char *ours, const struct strlist *theirs);
/* SHA-1, CBC, arcfour, 3des, md5, group1, ssh-dss, ssh-rsa ... */
bool algorithm_weak(const char *name);
/* mlkem*, sntrup* */
bool algorithm_post_quantum(const char *name);

#endif
