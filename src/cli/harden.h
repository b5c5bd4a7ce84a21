/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process that parses network bytes and holds secrets gives up before it begins.
 */
#ifndef SALLYPORT_CLI_HARDEN_H
#define SALLYPORT_CLI_HARDEN_H

/* Not dumpable, no core files, no new privileges by exec.  Never fails: what the system lacks is left out. */
void cli_harden(void);
/* As many descriptors as the system allows; returns how many that is. */
long cli_raise_descriptors(void);

#endif
