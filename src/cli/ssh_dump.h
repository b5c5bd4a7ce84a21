/* SPDX-License-Identifier: Apache-2.0 */
/* The effective settings in the words of ssh -G, for programs that ask ssh for them. */
#ifndef SALLYPORT_CLI_SSH_DUMP_H
#define SALLYPORT_CLI_SSH_DUMP_H

#include "cli/ssh_option.h"

/* Appends them; expanded is the host after host_expand().  False with err: a setting that leaves no algorithm. */
bool ssh_dump(const struct ssh_options *options, const struct host *expanded, struct str *out,
    struct err *err);

#endif
