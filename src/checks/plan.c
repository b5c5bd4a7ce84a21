/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/*
 * Keys are texts whose parts are set apart by a byte that no part holds; "" and unset are the same.
 */
enum { APART = '\1' };

static void add(struct str *key, const char *text)
{
	str_add(key, text ? text : "");
	str_add_char(key, APART);
}

static void add_list(struct str *key, const struct strlist *list)
{
	for (size_t i = 0; i < list->len; i++)
		add(key, list->items[i]);
	str_add_char(key, APART);
}

static char *server_key(const struct host *host)
{
	struct str key = STR_INIT;

	add(&key, host->hostname);
	for (char *c = key.data; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	str_addf(&key, "%ld%c", host->port, APART);
	add(&key, host_is_behind(host) ? host->proxy_jump : "");
	add(&key, host->address_family);
	add(&key, host->bind_address);
	return str_take(&key);
}

static char *engine_key(const struct host *host)
{
	struct str key = STR_INIT;

	add(&key, host->kex_algorithms);
	add(&key, host->host_key_algorithms);
	add(&key, host->ciphers);
	add(&key, host->macs);
	add(&key, host->host_key_alias);
	add(&key, host->strict_host_key_checking);
	add_list(&key, &host->user_known_hosts_file);
	return str_take(&key);
}

static char *login_key(const struct host *host)
{
	struct str key = STR_INIT;

	add(&key, host->user);
	add_list(&key, &host->identity_file);
	add_list(&key, &host->certificate_file);
	add(&key, host->identities_only ? "only" : "");
	add(&key, host->identity_agent);
	add(&key, host->pubkey_accepted_algorithms);
	add(&key, host->preferred_authentications);
	return str_take(&key);
}

bool plan_same_server(const struct planned *a, const struct planned *b)
{
	return str_eq(a->server, b->server);
}

bool plan_same_engine(const struct planned *a, const struct planned *b)
{
	return plan_same_server(a, b) && str_eq(a->engine, b->engine);
}

bool plan_same_login(const struct planned *a, const struct planned *b)
{
	return plan_same_engine(a, b) && str_eq(a->login, b->login);
}

static int by_keys(const void *left, const void *right)
{
	const struct planned *a = left, *b = right;
	int order = strcmp(a->server, b->server);

	if (order == 0)
		order = strcmp(a->engine, b->engine);
	if (order == 0)
		order = strcmp(a->login, b->login);
	return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

/* A run of entries of one server. */
struct run {
	size_t from, count, first;
};

static int by_first(const void *left, const void *right)
{
	const struct run *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* Puts the servers into the order of their first hosts. */
static struct planned *order_servers(struct planned *plan, size_t count)
{
	struct run *runs = mem_zalloc(count + 1, sizeof *runs);
	struct planned *out = mem_zalloc(count + 1, sizeof *out);
	size_t run_count = 0, n = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !plan_same_server(&plan[i - 1], &plan[i]))
			runs[run_count++] = (struct run){ i, 0, plan[i].index };
		struct run *run = &runs[run_count - 1];
		run->count++;
		if (plan[i].index < run->first)
			run->first = plan[i].index;
	}
	qsort(runs, run_count, sizeof *runs, by_first);
	for (size_t i = 0; i < run_count; i++)
		for (size_t k = 0; k < runs[i].count; k++)
			out[n++] = plan[runs[i].from + k];
	free(runs);
	free(plan);
	return out;
}

struct planned *plan_make(const struct host *const *hosts, const size_t *indexes, size_t count)
{
	struct planned *plan = mem_zalloc(count + 1, sizeof *plan);

	for (size_t i = 0; i < count; i++) {
		const struct host *host = hosts[indexes[i]];
		plan[i] = (struct planned){ indexes[i], server_key(host), engine_key(host),
			login_key(host) };
	}
	qsort(plan, count, sizeof *plan, by_keys);
	return order_servers(plan, count);
}

void plan_free(struct planned *plan, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(plan[i].server);
		free(plan[i].engine);
		free(plan[i].login);
	}
	free(plan);
}
