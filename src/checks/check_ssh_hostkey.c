/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/fix.h"
#include "checks/internal.h"

/* Looked at inside the connection, which writes the result (sallyport/ssh.h). */
const struct check check_ssh_hostkey = {
	.id = "ssh.hostkey",
	.title = N_("Host key is known"),
	.why = N_(
	    "Only a host key that you know tells this server from somebody who pretends to be it."),
	.fix =
	    N_("removing a changed key from your known_hosts, once you have typed the host's name"),
	.find_fixes = fix_hostkey,
	.needs = "ssh.kex",
	.depth = DEPTH_AUTH,
};
