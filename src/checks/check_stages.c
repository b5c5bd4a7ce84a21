/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

/* What these look at happens inside the connection, which writes their results (sallyport/ssh.h). */
const struct check stage_checks[STAGE_CHECKS] = {
	{
	    .id = "net.resolve",
	    .title = N_("Name has an address"),
	    .why = N_(
		"Every address of the name is shown, because a wrong or private one explains a host that cannot be reached."),
	    .depth = DEPTH_REACH,
	},
	{
	    .id = "net.connect",
	    .title = N_("Port answers"),
	    .why = N_(
		"Refused, timed out, unreachable and reset each have a cause of their own and are told apart."),
	    .depth = DEPTH_REACH,
	},
	{
	    .id = "ssh.banner",
	    .title = N_("It speaks SSH"),
	    .why = N_(
		"Something else may listen on the port, and a full or offended server hangs up before it says a word."),
	    .depth = DEPTH_REACH,
	},
	{
	    .id = "ssh.kex",
	    .title = N_("Algorithms agree"),
	    .why = N_(
		"Old servers offer only algorithms that are refused today, and new ones some that sallyport has not got."),
	    .depth = DEPTH_AUTH,
	},
	{
	    .id = "ssh.hostkey",
	    .title = N_("Host key is known"),
	    .why = N_(
		"Only a host key that you know tells this server from somebody who pretends to be it."),
	    .depth = DEPTH_AUTH,
	},
	{
	    .id = "auth.methods",
	    .title = N_("Ways to log in"),
	    .why = N_("The server says which ways to log in it offers to this user."),
	    .depth = DEPTH_AUTH,
	},
	{
	    .id = "auth.publickey",
	    .title = N_("Key would be accepted"),
	    .why = N_(
		"The server is asked whether it would accept a key of this host, without a signature and without unlocking the key."),
	    .depth = DEPTH_AUTH,
	},
};
