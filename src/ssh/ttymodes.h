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

/*
 * Makes out the encoded modes with the end mark, at most max bytes: what matters most comes
 * first, what has no room is left to the server.  (libssh2 takes 256 bytes with
 * the terminal's name: all of them, as ssh sends them, would be 296.)  modes: the local terminal's before
 * it was made raw; NULL: only the end mark, the server's defaults.
 */
void ttymodes_encode(const struct termios *modes, size_t max, struct str *out);

#endif
