/* SPDX-License-Identifier: Apache-2.0 */
/* proxy_jump: whether the hops are there, and the way through them. */
#include "jump.h"

#include <stdlib.h>
#include <string.h>

#include "dest.h"

void jump_hops(const struct host *host, struct strlist *hops)
{
	if (host->proxy_jump && !str_eq(host->proxy_jump, "none"))
		strlist_split(hops, host->proxy_jump, ",");
}

const struct host *jump_named(const struct host_list *list, const char *hop)
{
	const struct host *found = hosts_find(list, hop);
	struct dest dest;

	if (found || !dest_parse(hop, &dest, NULL))
		return found;
	found = hosts_find(list, dest.hostname);
	dest_done(&dest);
	return found;
}

/*
 * A hop that is not in the list must say by its looks that it is an address: a mistyped name must not
 * become a DNS query.
 */
static char *literal_problem(const char *hop)
{
	struct err err = ERR_INIT;
	struct dest dest;

	if (!strpbrk(hop, ".:@") && !str_eq(hop, "localhost"))
		return mem_printf(
		    _("proxy_jump: there is no host \"%s\" (for an address without a dot write %s:22)"),
		    hop, hop);
	if (!dest_parse(hop, &dest, &err))
		return mem_printf("proxy_jump: \"%s\": %s", hop, err.text);
	dest_done(&dest);
	return NULL;
}

/* What is wrong with one hop of a host by itself. */
static char *hop_problem(const struct host_list *list, const struct host *host, const char *hop)
{
	const struct host *found = jump_named(list, hop);

	if (str_eq(found ? found->name : hop, host->name))
		return mem_printf(_("proxy_jump: %s would be its own jump host"), host->name);
	if (!found)
		return literal_problem(hop);
	if (found->problem)
		return mem_printf(_("proxy_jump: %s cannot be used: %s"), hop, found->problem);
	return NULL;
}

static char *hops_problem(const struct host_list *list, const struct host *host)
{
	struct strlist hops = { 0 };
	char *problem = NULL;

	jump_hops(host, &hops);
	for (size_t i = 0; i < hops.len && !problem; i++)
		problem = hop_problem(list, host, hops.items[i]);
	strlist_done(&hops);
	return problem;
}

const struct host *jump_first(const struct host_list *list, const struct host *host)
{
	struct strlist hops = { 0 };
	const struct host *first = NULL;

	jump_hops(host, &hops);
	if (hops.len)
		first = jump_named(list, hops.items[0]);
	strlist_done(&hops);
	return first;
}

static char *loop_problem(const struct strlist *seen, const char *again)
{
	char *way = strlist_join(seen, " > ");
	char *problem = mem_printf(_("proxy_jump: goes round in a circle: %s > %s"), way, again);

	free(way);
	return problem;
}

/*
 * Only the first hop is reached by its own proxy_jump, the others through the hop before them (ssh.c builds
 * "-J rest -W" the same way), so the way to a host is one chain of first hops.
 */
char *hosts_jump_problem(const struct host_list *list, const struct host *host)
{
	struct strlist seen = { 0 };
	char *problem = NULL;

	for (const struct host *at = host; at && !problem; at = jump_first(list, at)) {
		if (strlist_has(&seen, at->name)) {
			problem = loop_problem(&seen, at->name);
			break;
		}
		strlist_add(&seen, at->name);
		problem = seen.len > JUMP_CHAIN_MAX
		    ? mem_printf(_("proxy_jump: more than %d jump hosts one behind the other"),
			  JUMP_CHAIN_MAX)
		    : hops_problem(list, at);
	}
	strlist_done(&seen);
	return problem;
}

void host_chain_done(struct host_chain *chain)
{
	for (size_t i = 0; i < chain->len; i++)
		host_free(chain->items[i]);
	free(chain->items);
	*chain = (struct host_chain){ 0 };
}

static bool add_hop(
    const struct host_list *list, const char *hop, struct host_chain *chain, struct err *err)
{
	struct host *host = hosts_resolve(list, hop, err);

	if (!host)
		return err_context(err, "proxy_jump");
	chain->items = mem_realloc(chain->items, chain->len + 1, sizeof *chain->items);
	chain->items[chain->len++] = host;
	return true;
}

static bool add_way(const struct host_list *list, const struct host *host, struct host_chain *chain,
    struct err *err)
{
	const struct host *first = jump_first(list, host);
	struct strlist hops = { 0 };
	bool ok = !first || add_way(list, first, chain, err);

	jump_hops(host, &hops);
	for (size_t i = 0; i < hops.len && ok; i++)
		ok = add_hop(list, hops.items[i], chain, err);
	strlist_done(&hops);
	return ok;
}

bool hosts_jump_chain(const struct host_list *list, const struct host *host,
    struct host_chain *chain, struct err *err)
{
	char *problem = hosts_jump_problem(list, host);
	bool ok;

	*chain = (struct host_chain){ 0 };
	if (problem) {
		err_set(err, ERR_INVALID, "%s: %s", host->name, problem);
		free(problem);
		return false;
	}
	ok = add_way(list, host, chain, err);
	if (!ok)
		host_chain_done(chain);
	return ok;
}
