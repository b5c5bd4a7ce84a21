/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_net_connect = {
	.id = "net.connect",
	.title = N_("Port answers"),
	.why = N_(
	    "Refused, timed out, unreachable and reset each have a cause of their own and are told apart."),
	.needs = "net.resolve",
	.depth = DEPTH_REACH,
};
