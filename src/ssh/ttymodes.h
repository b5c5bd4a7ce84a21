/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terminal modes as a pty request carries them (RFC 4254 section 8), so that the
 * remote terminal begins as the local one was: erase key, flow control, UTF-8.  Only
 * encodes; attach reads the terminal.
 */
#ifndef SSH_TTYMODES_H
#define SSH_TTYMODES_H

#include "sallyport/util.h"

struct termios;

/* Appends the encoded modes with the end mark.  modes: the local terminal's before it
 * was made raw; NULL: only the end mark, the server's defaults. */
void ttymodes_encode(const struct termios *modes, struct str *out);

#endif
