/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_auth_publickey = {
	.id = "auth.publickey",
	.title = N_("Key would be accepted"),
	.why = N_(
	    "The server is asked whether it would accept a key of this host, without a signature and without unlocking the key."),
	.needs = "auth.methods",
	.depth = DEPTH_AUTH,
};
