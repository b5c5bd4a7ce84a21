/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's identification (RFC 4253 section 4.2): the lines before it, the line
 * itself, and what answers when it is not SSH.  Pure: looks at bytes, knows no
 * connection and no host; the caller puts host and port before the sentence.
 */
#ifndef SSH_IDENT_H
#define SSH_IDENT_H

#include <stddef.h>

#include "sallyport/util.h"

enum ident_status { IDENT_MORE, IDENT_DONE, IDENT_FAILED };

struct ident {
	char *line; /* "SSH-2.0-OpenSSH_9.2p1 Debian-2", without line end; not cleaned */
	char *software; /* "OpenSSH_9.2p1 Debian-2"; not cleaned, may be "" */
	struct str text; /* the lines that came before; not cleaned; at most 8 KiB kept */
	size_t consumed; /* bytes of data up to and with the line's end */
};

/*
 * Looks at all that came so far; call again with more while it says MORE.  ident is
 * filled in only by DONE and then belongs to ident_done().  FAILED: err (ERR_PROTOCOL;
 * ERR_REFUSED when sshd says that it takes no more connections now) names what answers instead
 * (HTTP, TLS, SMTP, FTP, SSH 1, binary data, a line or a preamble without end), with
 * its first bytes quoted, cleaned.
 */
enum ident_status ident_parse(
    struct ident *ident, const unsigned char *data, size_t len, struct err *err);
/* Frees; a zeroed ident is fine. */
void ident_done(struct ident *ident);

/*
 * The sentence and the hint for a connection that ended, or stayed silent, before the
 * line was there.  errnum: 0 closed by the server, ETIMEDOUT for our own time-out, else
 * the socket's error.  got: the bytes so far.
 */
void ident_cut(const unsigned char *got, size_t len, int errnum, struct err *err);

#endif
