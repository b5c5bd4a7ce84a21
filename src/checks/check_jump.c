/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>

bool host_way(
    const struct host_list *list, const struct host *host, struct host_chain *way, struct err *err)
{
	if (!hosts_jump_chain(list, host, way, err))
		return false;
	for (size_t i = 0; i < way->len; i++) {
		if (!host_expand(way->items[i], err)) {
			err_context(err, "proxy_jump: %s", way->items[i]->name);
			host_chain_done(way);
			return false;
		}
	}
	return true;
}

/* One for each hop, with the stages of its connection as details (hop.c, behind.c). */
const struct check check_jump = {
	.id = "jump.N",
	.title = N_("Jump host lets us through"),
	.why = N_(
	    "Of a host behind jump hosts the first hop that fails is the one to look at; beyond the first one each check needs a login there."),
	.needs = "host.settings",
	.depth = DEPTH_REACH,
};
