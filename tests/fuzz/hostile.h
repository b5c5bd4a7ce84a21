/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SSH server on the other end of a socket pair, in the same event loop as the client: a right one, but
 * for what its script says.  The script is five bytes of settings, and then records that bend single
 * messages of the server before they are encrypted:
 *
 *   0  bits 0-1 login: none, password, keyboard-interactive, publickey; 2: each first answer is no; 3: a partial
 *      success and then a password; 4: EXT_INFO; 5: a banner; 6-7: none, one, two or a hundred questions
 *   1  bits 0-2 the fault in the key exchange (enum kex_fault); 3: strict; 4-5: CTR, MAC of the encrypted
 *      packet, GCM, group 14; 6: one byte at a time; 7: asks for new keys in the middle of the output
 *   2  bits 0-1 output: none, 100, 40,000 or 400,000 bytes; 2: standard error too; 3: exit-signal; 4: no EOF; 5: no
 *      status; 6: a small window for the client; 7: it says goodbye as the input ends
 *   3  the client's part: see fuzz_session.c
 *   4  bit 0 a port of the server is forwarded, 1 the session is a connection on to another host; of connections through
 *      the port: 2-3 none to three, 4 data, 5 end and close, 6 each once more; 7 the other side of them resets
 *
 *   AT OP LEN DATA...   at the server's message number AT (0: its KEXINIT) do OP, a number of the table in hostile.c
 */
#ifndef FUZZ_HOSTILE_H
#define FUZZ_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HOSTILE_SETTINGS = 5 };

struct hostile;
struct loop;

/* Takes fd, which does not block; script is borrowed. */
struct hostile *hostile_new(struct loop *loop, int fd, const uint8_t *script, size_t size);
/* Nothing moves any more: says what it held back, or hangs up. */
void hostile_nudge(struct hostile *hostile);
void hostile_free(struct hostile *hostile);
/* Grows with each byte that came or went. */
uint64_t hostile_moved(const struct hostile *hostile);
/* Nothing in its script is wrong: the session must succeed, with this many bytes of output. */
bool hostile_is_good(const struct hostile *hostile, uint64_t *output);

#endif
