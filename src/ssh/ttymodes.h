/* SPDX-License-Identifier: Apache-2.0 */
/* termios as RFC 4254 section 8 encodes it for a pty request. */
#ifndef SSH_TTYMODES_H
#define SSH_TTYMODES_H

#include "sallyport/util.h"

struct termios;

/* modes may be NULL: only the end mark. */
void ttymodes_encode(const struct termios *modes, struct str *out);

#endif
