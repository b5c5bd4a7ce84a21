/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/hop_inside.h"

#include <stdlib.h>

#include "sallyport/ssh.h"

/* ---- the tree ---- */

static bool is_same(const struct hop *hop, const struct hop *before, const struct planned *login)
{
	return hop->before == before && plan_same_login(hop->login, login);
}

struct hop *hop_get(struct checks *run, const struct host *host, struct hop *before)
{
	const size_t index = 0;
	struct planned *login = plan_make(&host, &index, 1);
	struct hop *hop = NULL;

	for (size_t i = 0; i < run->hop_count && !hop; i++)
		if (is_same(run->hops[i], before, login))
			hop = run->hops[i];
	if (hop) {
		plan_free(login, 1);
		return hop;
	}
	hop = mem_zalloc(1, sizeof *hop);
	hop->run = run;
	hop->before = before;
	hop->host = host;
	hop->login = login;
	hop->number = before ? before->number + 1 : 1;
	hop->wait.hop = hop;
	hop->end = &hop->first;
	if (before)
		hop_use(before);
	run->hops = mem_realloc(run->hops, run->hop_count + 1, sizeof(struct hop *));
	return run->hops[run->hop_count++] = hop;
}

void hop_use(struct hop *hop)
{
	hop->users++;
}

void hop_release(struct hop *hop)
{
	if (!hop || --hop->users > 0)
		return;
	conn_free(hop->conn);
	hop->conn = NULL;
	hop_release(hop->before);
}

struct conn *hop_conn(const struct hop *hop)
{
	return hop->conn;
}

double hop_spent_ms(const struct hop *hop)
{
	return hop->spent_ms;
}

/* ---- the queue ---- */

void hop_queue(struct hop *hop, struct hop_wait *wait)
{
	wait->next = NULL;
	*hop->end = wait;
	hop->end = &wait->next;
}

static struct hop_wait *take_first(struct hop *hop)
{
	struct hop_wait *wait = hop->first;

	if (wait) {
		hop->first = wait->next;
		if (!hop->first)
			hop->end = &hop->first;
	}
	return wait;
}

void hop_call(struct hop *hop)
{
	struct hop_wait *wait;
	struct hop *next;

	while ((wait = take_first(hop))) {
		next = wait->hop;
		if (next) {
			next->state = HOP_NEW;
			hop_start(next);
		} else {
			run_again(hop->run, wait->server);
		}
		if (!next || next->before == hop)
			return;
	}
}

void hop_free_turn(struct hop *hop)
{
	hop->busy = false;
	hop_call(hop);
}

/* ---- whose turn it is to log in ---- */

/* Another login that is under way at the same server: sshd does not like many at once (MaxStartups). */
static struct hop *find_neighbour(const struct hop *hop)
{
	struct checks *run = hop->run;

	for (size_t i = 0; i < run->hop_count; i++)
		if (run->hops[i]->state == HOP_RUNS && !run->hops[i]->before &&
		    plan_same_server(run->hops[i]->login, hop->login))
			return run->hops[i];
	return NULL;
}

/* The server as it is checked itself, as long as that is not over. */
static const struct server *find_own_check(const struct hop *hop)
{
	const struct checks *run = hop->run;

	for (size_t i = 0; i < run->server_count; i++) {
		const struct server *server = &run->servers[i];
		if (!server->over && !server->hop &&
		    plan_same_server(&run->plan[server->from], hop->login))
			return server;
	}
	return NULL;
}

static void start_first(struct hop *hop)
{
	struct hop *neighbour = find_neighbour(hop);

	hop->after = find_own_check(hop);
	if (hop->after || neighbour)
		hop->state = HOP_WAITS;
	if (hop->refused)
		hop_refuse(hop);
	else if (!hop->after && neighbour)
		hop_queue(neighbour, &hop->wait);
	else if (!hop->after)
		hop_connect(hop);
}

void hop_start(struct hop *hop)
{
	struct hop *before = hop->before;

	if (hop->state != HOP_NEW)
		return;
	if (!before) {
		start_first(hop);
	} else if (before->state == HOP_GONE) {
		hop_gone(hop, before->broken);
	} else if (before->state == HOP_OPEN && !before->busy) {
		before->busy = hop->holds = true;
		hop_connect(hop);
	} else {
		hop->state = HOP_WAITS;
		hop_queue(before, &hop->wait);
		hop_start(before);
	}
}

/* ---- hops that are checked themselves ---- */

/* Would the login fail by it, too? */
static bool concerns(const struct hop *hop, const struct planned *checked, const char *id)
{
	if (str_starts(id, "net.") || str_eq(id, "ssh.banner"))
		return plan_same_server(hop->login, checked);
	if (str_starts(id, "ssh."))
		return plan_same_engine(hop->login, checked);
	return plan_same_login(hop->login, checked);
}

void hops_hear(const struct server *server, const struct result *result)
{
	struct checks *run = server->run;
	const struct planned *checked = &run->plan[server->from + server->at];

	if (result->verdict != VERDICT_FAIL || server->hop)
		return;
	for (size_t i = 0; i < run->hop_count; i++) {
		struct hop *hop = run->hops[i];
		if (!hop->before && hop->state <= HOP_WAITS && !hop->refused &&
		    concerns(hop, checked, result->id))
			hop->refused = result_dup(result);
	}
}

void hops_go_on(const struct server *server)
{
	struct checks *run = server->run;

	for (size_t i = 0; i < run->hop_count; i++) {
		struct hop *hop = run->hops[i];
		if (hop->state == HOP_WAITS && hop->after == server) {
			hop->state = HOP_NEW;
			hop_start(hop);
		}
	}
}

/* ---- the run's end ---- */

void hops_drop(struct checks *run)
{
	/* Those behind others come later in the list, and go first. */
	for (size_t i = run->hop_count; i > 0; i--) {
		struct hop *hop = run->hops[i - 1];

		conn_free(hop->conn);
		hop->conn = NULL;
		hop->first = NULL;
		hop->end = &hop->first;
	}
}

void hops_done(struct checks *run)
{
	hops_drop(run);
	for (size_t i = 0; i < run->hop_count; i++) {
		struct hop *hop = run->hops[i];

		plan_free(hop->login, 1);
		result_free(hop->result);
		result_free(hop->refused);
		free(hop->summary);
		free(hop->lost);
		free(hop);
	}
	free(run->hops);
}
