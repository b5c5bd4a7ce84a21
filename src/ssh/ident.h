/* SPDX-License-Identifier: Apache-2.0 */
/* The server's identification (RFC 4253 section 4.2): lines before it, the line itself, and what is not SSH. */
#ifndef SSH_IDENT_H
#define SSH_IDENT_H

#include <stddef.h>

#include "sallyport/util.h"

enum ident_status { IDENT_MORE, IDENT_DONE, IDENT_FAILED };

struct ident {
	char *line; /* "SSH-2.0-OpenSSH_9.2p1 Debian-2", without line end; not cleaned */
	char *software; /* "OpenSSH_9.2p1 Debian-2" */
	struct str text; /* lines that came before it; not cleaned; at most 8 KiB kept */
	size_t consumed; /* bytes of data up to and with the line's end */
};

/*
 * Looks at all that came so far.  FAILED: err (ERR_PROTOCOL) names what answers instead (HTTP, TLS, SMTP, FTP, SSH-1.5, over-long
 * line (RFC: 255), more than 1,024 lines or 64 KiB before it), with the first bytes quoted (escaped).
 */
enum ident_status ident_parse(
    struct ident *ident, const unsigned char *data, size_t len, struct err *err);
void ident_done(struct ident *ident);
/* The sentence and hint for a connection that ended before the line was there: errnum 0: closed; ECONNRESET; ETIMEDOUT.  got: bytes so far. */
void ident_cut(const unsigned char *got, size_t len, int errnum, struct err *err);

#endif
