/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/hop_inside.h"

#include <stdlib.h>

/* The name is a matter of the last hop. */
static void tell_resolve(struct server *server)
{
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = server_subject(server, i);
		struct result *result;

		if (subject->net_done || subject_has(subject, "net.resolve"))
			continue;
		result = result_new("net.resolve", VERDICT_SKIP);
		result_summary(
		    result, _("%s looks the name up, and connects"), server->hop->host->name);
		subject_tell(subject, result);
	}
}

static void tell_lost(struct server *server, struct subject *subject)
{
	struct result *result;

	if (subject_has(subject, "net.connect"))
		return;
	result = result_new("net.connect", VERDICT_FAIL);
	result_summary(result, "%s", server->hop->broken->lost);
	result_hint(result, _("Check %s by itself."), server->hop->broken->host->name);
	subject_tell(subject, result);
}

/* The hop is gone: nobody gets there any more. */
static void give_up(struct server *server)
{
	const struct hop *broken = server->hop->broken;
	char *why;

	if (broken->lost)
		why = mem_printf(_("not reached: %s"), broken->lost);
	else if (broken->result->verdict == VERDICT_FAIL)
		why = mem_printf(_("not reached: %s failed"), broken->result->id);
	else
		why = mem_printf(_("not reached: see %s"), broken->result->id);
	for (size_t i = 0; i < server->count; i++) {
		struct subject *subject = server_subject(server, i);

		if (subject->net_done)
			continue;
		if (broken->lost)
			tell_lost(server, subject);
		subject->busy_ms += broken->spent_ms;
		if (!broken->lost && broken->result->verdict != VERDICT_FAIL)
			subject_needs(subject, "person", why);
		else
			subject_net_done(subject, why);
	}
	free(why);
}

bool hop_enter(struct server *server)
{
	struct hop *hop = server->hop;
	struct checks *run = server->run;

	if (!hop)
		return true;
	if (hop->state == HOP_GONE) {
		give_up(server);
		server_next(server);
		return false;
	}
	if (hop->state == HOP_OPEN && !hop->busy) {
		hop->busy = server->holds = true;
		tell_resolve(server);
		return true;
	}
	server->wait.server = server;
	hop_queue(hop, &server->wait);
	run_turn_over(run);
	hop_start(hop);
	return false;
}

void hop_leave(struct server *server)
{
	if (server->holds) {
		server->holds = false;
		hop_free_turn(server->hop);
	}
}
