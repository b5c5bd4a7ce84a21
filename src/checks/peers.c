/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/known.h"
#include "checks/run.h"
#include "sallyport/ssh.h"

struct peer {
	struct peer *next; /* in the bucket */
	struct known known;
	bool called, refused;
	bool remembers; /* what earlier runs left is in the count */
	double unfinished,
	    at_ms; /* calls that it may hold against us, and when they were so many */
	char key[];
};

/* ---- the table ---- */

static struct peer *peer_get(struct peers *peers, const char *key)
{
	struct peer **bucket = &peers->buckets[str_hash(key) % PEER_BUCKETS], *peer = *bucket;

	while (peer && !str_eq(peer->key, key))
		peer = peer->next;
	if (peer)
		return peer;
	peer = mem_zalloc(1, sizeof *peer + strlen(key) + 1);
	memcpy(peer->key, key, strlen(key) + 1);
	peer->next = *bucket;
	return *bucket = peer;
}

void peers_done(struct peers *peers)
{
	for (unsigned i = 0; i < PEER_BUCKETS; i++) {
		for (struct peer *peer = peers->buckets[i], *next; peer; peer = next) {
			next = peer->next;
			known_done(&peer->known);
			free(peer);
		}
		peers->buckets[i] = NULL;
	}
}

/* ---- what it may hold against us ---- */

static double unfinished(struct checks *run, struct peer *peer)
{
	double now = loop_now_ms(run->loop), left = peer->unfinished - (now - peer->at_ms) / 1000;

	peer->unfinished = left > 0 ? left : 0;
	peer->at_ms = now;
	return peer->unfinished;
}

/* What a call of this server costs.  Who is not known is taken for the strictest. */
static double cost_of(const struct server *server, const struct peer *peer)
{
	const char *ident = peer->known.ident;
	int major = 0, minor = 0;

	if (server_looks(server))
		return 1;
	if (!ident)
		return 5;
	if (!str_starts(ident, "SSH-2.0-OpenSSH_"))
		return 1;
	if (sscanf(ident, "SSH-2.0-OpenSSH_%d.%d", &major, &minor) != 2)
		return 5;
	return major > 9 || (major == 9 && minor >= 8) ? 5 : 1;
}

/* May it be called?  What earlier runs left is asked for once. */
static bool has_patience(const struct server *server, struct peer *peer)
{
	struct checks *run = server->run;

	if (!peer->remembers && run->owner.unfinished)
		peer->unfinished =
		    unfinished(run, peer) + run->owner.unfinished(run->ctx, peer->key);
	peer->remembers = true;
	return unfinished(run, peer) + cost_of(server, peer) <= PEER_UNFINISHED_MAX;
}

static void note_call(struct checks *run, struct peer *peer, double left_unfinished)
{
	peer->unfinished = unfinished(run, peer) + left_unfinished;
	if (run->owner.called)
		run->owner.called(run->ctx, peer->key, left_unfinished);
}

/* ---- who is not called, and why ---- */

/* Did somebody ask for one of these hosts of the server? */
static bool has_named(const struct server *server, size_t from, size_t count)
{
	for (size_t i = from; i < from + count; i++)
		if (server_subject(server, i)->named && !server_subject(server, i)->net_done)
			return true;
	return false;
}

/* All of the server's hosts that are not done: the rest is postponed. */
static void postpone(struct server *server, const char *how, const char *why)
{
	struct result *result = result_new("net.connect", VERDICT_SKIP);

	result_summary(result, "%s", why);
	result_detail(result, "postponed", "%s", how);
	server_share(server, result);
	result_free(result);
	for (size_t i = 0; i < server->count; i++)
		subject_postpone(server_subject(server, i), how, why);
}

static char *refused_text(const struct peer *peer)
{
	size_t len = strcspn(peer->key, " ");

	return mem_printf(_("not tried: %.*s port %s refused a moment ago"), (int)len, peer->key,
	    peer->key + len + 1);
}

static void postpone_refused(struct server *server, const struct peer *peer)
{
	char *why = refused_text(peer);

	known_tell_connect(&peer->known, peer->key, server);
	postpone(server, "refused", why);
	free(why);
}

/* Those that somebody asked for have their turn yet. */
static void postpone_enough(struct server *server, const struct peer *peer)
{
	const char *why = _(
	    "not asked: more logins at once could make this server refuse us; check this host alone");

	known_tell_connect(&peer->known, peer->key, server);
	known_tell_banner(&peer->known, server);
	if (!has_named(server, 0, server->count))
		postpone(server, "enough", why);
	for (size_t i = 0; i < server->count; i++)
		if (!server_subject(server, i)->named)
			subject_postpone(server_subject(server, i), "enough", why);
}

/* What is asked for is known from another name: to the banner, or where it ends before that. */
static bool is_known(const struct server *server, const struct peer *peer)
{
	return known_failed(&peer->known) || (server_looks(server) && known_banner(&peer->known));
}

static void tell_known(struct server *server, const struct peer *peer)
{
	const char *failed = known_failed(&peer->known);
	char *why = failed ? mem_printf(_("not reached: %s failed"), failed) : NULL;

	known_tell_connect(&peer->known, peer->key, server);
	known_tell_banner(&peer->known, server);
	for (size_t i = 0; i < server->count; i++)
		subject_net_done(server_subject(server, i), why);
	free(why);
}

static bool may_call_automatically(struct server *server, const struct peer *peer)
{
	struct checks *run = server->run;
	char *why = NULL;

	if (!run->owner.may_call || run->owner.may_call(run->ctx, peer->key, &why))
		return true;
	postpone(server, "interval", why);
	free(why);
	return false;
}

/* Is this call one of those that nobody asked for by name?  The first to the banner is always made. */
static bool is_one_of_many(const struct server *server)
{
	return (server->peer->called || !server_looks(server)) &&
	    !has_named(server, server->at, server->len);
}

bool peer_may_call(struct server *server, const char *key)
{
	struct peer *peer = peer_get(&server->run->peers, key);

	server->connected = false;
	server->peer = peer;
	if (is_known(server, peer))
		tell_known(server, peer);
	else if (peer->refused)
		postpone_refused(server, peer);
	else if (is_one_of_many(server) && !has_patience(server, peer))
		postpone_enough(server, peer);
	else if (may_call_automatically(server, peer))
		return peer->called = true;
	return false;
}

void peer_called(struct checks *run, const char *key)
{
	note_call(run, peer_get(&run->peers, key), 0);
}

/* ---- what comes of a call ---- */

void peer_hear(struct server *server, const struct result *result)
{
	struct peer *peer = server->peer;
	bool answered;

	if (!peer || result_detail_get(result, "shortage"))
		return;
	answered = known_connect(&peer->known);
	if (str_eq(result->id, "net.connect")) {
		server->connected = result->verdict != VERDICT_FAIL;
		peer->refused = peer->refused || (answered && !server->connected);
	} else if (str_eq(result->id, "ssh.banner")) {
		peer->refused = peer->refused || result->verdict == VERDICT_FAIL;
	}
	known_hear(&peer->known, result);
}

/* Hung up on in the middle of it: that is how sshd and firewalls say that it is enough. */
static bool is_refusal(const struct server *server, const struct conn_end *end)
{
	return server->connected && end->cause == END_LOST;
}

bool peer_ended(struct server *server, const struct conn_end *end)
{
	struct peer *peer = server->peer;

	if (!peer)
		return false;
	server->peer = NULL;
	note_call(server->run, peer, server->connected ? cost_of(server, peer) : 0);
	peer->refused = peer->refused || is_refusal(server, end);
	if (!peer->refused)
		return false;
	char *why = refused_text(peer);
	for (size_t i = 0; i < server->count; i++)
		subject_postpone(server_subject(server, i), "refused", why);
	free(why);
	return true;
}
