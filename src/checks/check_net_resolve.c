/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_net_resolve = {
	.id = "net.resolve",
	.title = N_("Name has an address"),
	.why = N_(
	    "Every address of the name is shown, because a wrong or private one explains a host that cannot be reached."),
	.needs = "host.settings",
	.depth = DEPTH_REACH,
};
