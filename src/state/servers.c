/* SPDX-License-Identifier: Apache-2.0 */
/* When servers were called, and what they may hold against us. */
#include "state/document.h"

#include <stdlib.h>
#include <string.h>

/* Nobody asks for calls that were longer ago; and no server that we know remembers us for so long. */
enum { MEMORY_S = 600 };

double state_age(double at, double now)
{
	return at < now ? now - at : 0;
}

bool server_read(const struct json_part *member, struct known_server *server)
{
	static const char *const names[] = { "called", "until" };
	struct json_part parts[ARRAY_LEN(names)];

	part_pick(member, names, ARRAY_LEN(names), parts, NULL);
	*server = (struct known_server){ part_number(&parts[0]), part_number(&parts[1]) };
	return member->type == JSON_OBJECT;
}

bool server_is_old(const struct known_server *server, double now)
{
	return state_age(server->called, now) > MEMORY_S;
}

/* A time to come that is further off than what was held against us then: the clock was set back. */
double server_unfinished(const struct known_server *server, double now)
{
	double left = server->until - now, most = server->until - server->called;

	return left < 0 || most < 0 ? 0 : left < most ? left : most;
}

void server_called(struct known_server *server, double at, double unfinished)
{
	double before = server_unfinished(server, at);

	server->called = at;
	server->until = at + before + unfinished;
}

void server_add(struct str *out, const char *name, const struct known_server *server)
{
	comma(out);
	quote(out, name, 300);
	str_add(out, ":{\"called\":");
	add_number(out, server->called);
	str_add(out, ",\"until\":");
	add_number(out, server->until);
	str_add_char(out, '}');
}

static int by_key(const void *left, const void *right)
{
	const struct json_part *a = left, *b = right;
	int order = memcmp(a->key, b->key, a->key_len < b->key_len ? a->key_len : b->key_len);

	return order ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

void servers_sort(struct state *state)
{
	struct json_walk walk;
	struct json_part member;
	size_t cap = 0;

	part_walk(&walk, &state->servers);
	while (json_walk_next(&walk, &member)) {
		if (state->sorted_len == cap) {
			cap = cap ? cap * 2 : 64;
			state->sorted = mem_realloc(state->sorted, cap, sizeof *state->sorted);
		}
		state->sorted[state->sorted_len++] = member;
	}
	if (state->sorted_len > 0)
		qsort(state->sorted, state->sorted_len, sizeof *state->sorted, by_key);
}

bool server_find(const struct state *state, const char *name, struct known_server *server)
{
	const struct json_part key = { .key = name, .key_len = strlen(name) };
	const struct json_part *member = state->sorted_len > 0
	    ? bsearch(&key, state->sorted, state->sorted_len, sizeof key, by_key)
	    : NULL;

	*server = (struct known_server){ 0, 0 };
	return member && server_read(member, server);
}

double state_called_ago(const struct state *state, const char *name, double now)
{
	struct known_server server;

	return server_find(state, name, &server) ? state_age(server.called, now) : -1;
}

double state_unfinished(const struct state *state, const char *name, double now)
{
	struct known_server server;

	return server_find(state, name, &server) ? server_unfinished(&server, now) : 0;
}
