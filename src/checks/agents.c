/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/agents.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/ssh.h"

struct asked_agent {
	char *path; /* "" when the host names none */
	struct agent *agent; /* NULL: none, or it has answered */
	bool answered;
	struct agent_view view;
	struct agent_wait *waiting;
};

bool agent_view_has(const struct agent_view *view, const struct pubkey *pub)
{
	for (size_t i = 0; pub->blob && i < view->count; i++)
		if (view->keys[i].len == pub->len &&
		    memcmp(view->keys[i].blob, pub->blob, pub->len) == 0)
			return true;
	return false;
}

static void on_listed(void *ctx, const struct agent_key *keys, size_t count, const struct err *why)
{
	struct asked_agent *asked = ctx;
	struct agent_wait *wait;

	asked->answered = true;
	if (why)
		asked->view.why = *why;
	asked->view.keys = mem_zalloc(count + 1, sizeof *asked->view.keys);
	for (; asked->view.count < count; asked->view.count++)
		pubkey_copy(&asked->view.keys[asked->view.count], keys[asked->view.count].pub.blob,
		    keys[asked->view.count].pub.len);
	while ((wait = asked->waiting) != NULL) {
		asked->waiting = wait->next;
		wait->done(wait->ctx, &asked->view);
	}
}

static struct asked_agent *asked_new(const struct agents *agents, const char *path)
{
	struct asked_agent *asked = mem_zalloc(1, sizeof *asked);

	asked->path = mem_strdup(path);
	asked->agent = agent_new(agents->loop, *path ? path : NULL, &asked->view.why);
	asked->answered = asked->view.none = asked->agent == NULL;
	if (asked->agent)
		agent_list_start(asked->agent, agents->timeout_ms, on_listed, asked);
	return asked;
}

static struct asked_agent *asked_get(struct agents *agents, const char *path)
{
	for (size_t i = 0; i < agents->len; i++)
		if (str_eq(agents->items[i]->path, path))
			return agents->items[i];
	agents->items = mem_realloc(agents->items, agents->len + 1, sizeof(struct asked_agent *));
	agents->items[agents->len] = asked_new(agents, path);
	return agents->items[agents->len++];
}

const struct agent_view *agents_ask(
    struct agents *agents, const char *path, struct agent_wait *wait)
{
	struct asked_agent *asked = asked_get(agents, path ? path : "");

	if (asked->answered)
		return &asked->view;
	wait->next = asked->waiting;
	asked->waiting = wait;
	return NULL;
}

void agents_forget(struct agents *agents, struct agent_wait *wait)
{
	for (size_t i = 0; i < agents->len; i++) {
		struct agent_wait **at = &agents->items[i]->waiting;
		while (*at && *at != wait)
			at = &(*at)->next;
		if (*at)
			*at = wait->next;
	}
}

void agents_done(struct agents *agents)
{
	for (size_t i = 0; i < agents->len; i++) {
		struct asked_agent *asked = agents->items[i];
		agent_free(asked->agent);
		for (size_t k = 0; k < asked->view.count; k++)
			pubkey_done(&asked->view.keys[k]);
		free(asked->view.keys);
		free(asked->path);
		free(asked);
	}
	free(agents->items);
	*agents = (struct agents){ 0 };
}
