/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_ssh_kex = {
	.id = "ssh.kex",
	.title = N_("Algorithms agree"),
	.why = N_(
	    "Old servers offer only algorithms that are refused today, and new ones some that sallyport has not got."),
	.needs = "ssh.banner",
	.depth = DEPTH_AUTH,
};
