/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process that parses network bytes and holds secrets gives up before it begins.
 */
#ifndef SALLYPORT_CLI_HARDEN_H
#define SALLYPORT_CLI_HARDEN_H

#include <stddef.h>

/* Not dumpable, no core files, no new privileges by exec.  Never fails: what the system lacks is left out. */
void cli_harden(void);
/*
 * From here on an abort (assert(3); libssh2 checks a length with it that a damaged packet may have) ends a connection
 * as other faults do: with a sentence and status 255.  Before the terminal is changed: what restores it comes first.
 */
void cli_harden_abort(void);
/* Closes what we were started with beyond the standard streams, but for those to keep, as ssh does.  After the
 * hosts are read: a shell may have given those as a descriptor. */
void cli_drop_descriptors(const int *keep, size_t count);
/* As many descriptors as the system allows; returns how many that is. */
long cli_raise_descriptors(void);

#endif
