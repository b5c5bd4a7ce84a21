/* SPDX-License-Identifier: Apache-2.0 */
#include "alive.h"

#include <stdlib.h>
#include <time.h>

#include "conn.h"
#include "tunnel.h"
#include "via.h"

/* ---- the rule ---- */

/* A timer that is later than this was not late: we slept. */
enum { SLEPT_MS = 2000 };

enum { HURRY_MS = 100 }; /* for libssh2 to forget an open */

/* The last of the intervals ends it, so that nobody waits longer than interval x count.  If there is only one,
 * the question goes out in the middle of it. */
static void begin(struct alive_rule *rule, double now_ms)
{
	rule->ask_at = now_ms + (rule->count == 1 ? rule->interval_ms / 2 : rule->interval_ms);
	rule->dead_at = now_ms + rule->interval_ms * (double)(rule->count > 0 ? rule->count : 1);
}

static double due(const struct alive_rule *rule)
{
	return rule->ask_at < rule->dead_at ? rule->ask_at : rule->dead_at;
}

void alive_rule_init(struct alive_rule *rule, double interval_ms, long count,
    const struct alive_clock *clock, uint64_t bytes_in)
{
	*rule = (struct alive_rule){
		.interval_ms = interval_ms,
		.count = count,
		.suspended_ms = clock->suspended_ms,
		.heard = bytes_in,
	};
	begin(rule, clock->now_ms);
}

static bool slept(const struct alive_rule *rule, const struct alive_clock *clock)
{
	return clock->suspended_ms - rule->suspended_ms > SLEPT_MS ||
	    clock->now_ms - due(rule) > SLEPT_MS;
}

enum alive_verdict alive_rule_look(
    struct alive_rule *rule, const struct alive_clock *clock, uint64_t bytes_in)
{
	double now_ms = clock->now_ms;

	if (slept(rule, clock)) {
		rule->ask_at = now_ms;
		rule->dead_at = now_ms + rule->interval_ms;
	} else if (bytes_in != rule->heard) {
		begin(rule, now_ms);
	}
	rule->suspended_ms = clock->suspended_ms;
	rule->heard = bytes_in;
	if (now_ms >= rule->dead_at)
		return ALIVE_DEAD;
	if (now_ms < rule->ask_at)
		return ALIVE_WELL;
	rule->ask_at = now_ms + rule->interval_ms;
	return ALIVE_ASK;
}

double alive_rule_wait(const struct alive_rule *rule, const struct alive_clock *clock)
{
	double wait = due(rule) - clock->now_ms;

	return wait > 0 ? wait : 0;
}

/* ---- the question ---- */

/*
 * A channel of a type that no server has: RFC 4254 section 5.1 wants an answer to it, and libssh2 takes it.  Its own
 * keepalive is a global request, as ssh's is, but nobody in libssh2 takes the answers: they
 * pile up, and the next request for a remote forward would take the oldest for its own.
 */
static const char question[] = "keepalive@sallyport";

static void ask(struct conn *conn)
{
	const struct str nothing = STR_INIT;
	LIBSSH2_CHANNEL *channel = channel_open(conn, question, 0, &nothing, false);
	int rc = channel ? 0 : libssh2_session_last_errno(conn->session->lib);

	conn->alive.asking = rc == LIBSSH2_ERROR_EAGAIN;
	if (channel) /* there are servers that take every type */
		tunnel_accept(conn, channel, question, -1, NULL, NULL);
	/* libssh2 would go on behind what it could not read. */
	if (rc && rc != LIBSSH2_ERROR_EAGAIN && rc != LIBSSH2_ERROR_CHANNEL_FAILURE &&
	    rc != LIBSSH2_ERROR_SOCKET_DISCONNECT)
		conn->session->damaged = true;
}

/*
 * Where no channel is open (-N with a server that gives none), none of our calls reads what the server asks, or its
 * last words: only a question does.
 */
void alive_listen(struct conn *conn)
{
	bool waits = queue_len(&conn->net.in) && !transport_spent(&conn->net);

	if (waits && !conn->alive.asking && !tunnels_opening(conn) && !tunnels_take_in(conn))
		ask(conn);
}

/* ---- for an open connection ---- */

static double clock_ms(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct alive_clock now(void)
{
	struct alive_clock clock = { .now_ms = clock_ms(CLOCK_MONOTONIC) };

#ifdef CLOCK_BOOTTIME
	clock.suspended_ms = clock_ms(CLOCK_BOOTTIME) - clock.now_ms;
#endif
	return clock;
}

static void on_timer(void *ctx)
{
	conn_wake(ctx);
}

void alive_start(struct conn *conn)
{
	struct alive_clock clock = now();
	struct alive_rule *rule = &conn->alive.rule;

	if (conn->host->server_alive_interval <= 0)
		return;
	alive_rule_init(rule, (double)conn->host->server_alive_interval * 1e3,
	    conn->host->server_alive_count_max, &clock, conn->net.bytes_in);
	conn->alive.timer =
	    loop_timer_start(conn->loop, alive_rule_wait(rule, &clock), on_timer, conn);
}

/* Behind a silent jump host everybody is silent: the first of them that was asked as well and has not answered. */
static const struct conn *first_silent(const struct conn *conn)
{
	const struct conn *first = conn;

	for (const struct conn *hop = conn; (hop = via_conn(hop->via));)
		if (hop->alive.asking)
			first = hop;
	return first;
}

static bool give_up(struct conn *conn)
{
	const struct conn *silent = first_silent(conn);
	char *peer = conn_peer(silent);
	long interval = silent->host->server_alive_interval;

	if (silent == conn)
		conn_failf(conn, ERR_TIMEOUT, _("%s does not answer any more (asked every %ld s)"),
		    peer, interval);
	else
		conn_failf(conn, ERR_TIMEOUT,
		    _("jump host %s: %s does not answer any more (asked every %ld s)"),
		    silent->host->name, peer, interval);
	conn_hint(conn,
	    _("The network in between or the server went away.  What ran there may still run."));
	free(peer);
	return false;
}

bool alive_step(struct conn *conn)
{
	struct alive *alive = &conn->alive;
	struct alive_clock clock;
	enum alive_verdict verdict;
	double wait_ms;

	if (!alive->timer && alive->asking)
		ask(conn);
	if (!alive->timer)
		return true;
	clock = now();
	verdict = alive_rule_look(&alive->rule, &clock, conn->net.bytes_in);
	if (verdict == ALIVE_DEAD)
		return give_up(conn);
	wait_ms = alive_rule_wait(&alive->rule, &clock);
	if (alive->asking)
		ask(conn);
	if (verdict == ALIVE_ASK && !alive->asking && !tunnels_opening(conn)) {
		ask(conn);
	} else if (verdict == ALIVE_ASK && !alive->asking) {
		/* Somebody else's question is open, which a server that is well may not answer for minutes. */
		tunnels_hurry(conn);
		alive->rule.ask_at = clock.now_ms;
		wait_ms = HURRY_MS;
	}
	loop_timer_set(alive->timer, wait_ms);
	return true;
}

void alive_stop(struct conn *conn)
{
	loop_timer_cancel(conn->alive.timer);
	conn->alive.timer = NULL;
}
