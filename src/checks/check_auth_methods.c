/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_auth_methods = {
	.id = "auth.methods",
	.title = N_("Ways to log in"),
	.why = N_("The server says which ways to log in it offers to this user."),
	.needs = "ssh.hostkey",
	.depth = DEPTH_AUTH,
};
