/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_ssh_banner = {
	.id = "ssh.banner",
	.title = N_("It speaks SSH"),
	.why = N_(
	    "Something else may listen on the port, and a full or offended server hangs up before it says a word."),
	.needs = "net.connect",
	.depth = DEPTH_REACH,
};
