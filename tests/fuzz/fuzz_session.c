/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole connection, libssh2 included, with a server that a script bends (hostile.h): it ends by itself
 * once the server has nothing more to say, exactly once, with a reason, whatever was sent; and with a script
 * that bends nothing the session succeeds.
 *
 * Byte 3 of the script, bits: 0 a terminal, 1 a shell instead of a command, 2 reads nothing until all is quiet, 3
 * types something, 4 says nothing when asked, 5 changes the size, 6 answers later, 7 ends it as it opens.
 *
 * With FUZZ_TALK in the environment it says what the connection tells its owner.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostile.h"

#include "sallyport/hosts.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

enum {
	TERMINAL = 1,
	SHELL = 2,
	LATE_READER = 4,
	TYPES = 8,
	MUTE = 16,
	RESIZES = 32,
	LATE = 64,
	CANCELS = 128
};
/* In byte 4. */
enum { FORWARDS = 1, WAY_ON = 2, RESETS = 128 };
/* Turns of the loop in which nothing moves. */
enum { QUIET = 6, STUCK = 400, TOO_MANY = 2000000 };

struct client {
	struct loop *loop;
	struct conn *conn;
	struct hostile *server;
	struct loop_task pulse;
	unsigned how;
	unsigned calls; /* of the owner */
	uint64_t output;
	uint64_t seen; /* of what moved, at the last turn */
	unsigned quiet, turns;
	bool asked, reads, has_ended;
	bool resets; /* who is behind the forwarded port */
	enum question_kind kind;
	enum end_cause cause;
	int status;
};

/* ---- the owner ---- */

static void on_stage_start(void *ctx, const char *id)
{
	struct client *c = ctx;

	assert(id);
	c->calls++;
}

static void look_at(const char *text)
{
	char *clean = clean_dup(text);

	if (getenv("FUZZ_TALK"))
		fprintf(stderr, "  %s\n", clean);
	for (const char *at = clean; *at; at++)
		assert((unsigned char)*at >= ' ' && *at != 0x7f);
	free(clean);
}

static void on_stage_end(void *ctx, struct result *result)
{
	struct client *c = ctx;

	c->calls++;
	assert(result->summary);
	look_at(result->id);
	look_at(result->summary);
	for (size_t i = 0; i < result->detail_count; i++)
		look_at(result->details[i].value);
}

static void answer(struct client *c)
{
	struct secret *secret = NULL;

	c->asked = false;
	if (c->kind == ASK_HOSTKEY || c->kind == ASK_YES) {
		conn_answer_yes(c->conn, !(c->how & MUTE));
		return;
	}
	if (!(c->how & MUTE)) {
		secret = secret_new();
		for (const char *at = "drawbridge"; *at; at++)
			secret_add(secret, *at);
	}
	conn_answer_secret(c->conn, secret);
}

static void on_ask(void *ctx, const struct question *question)
{
	struct client *c = ctx;

	c->calls++;
	look_at(question->text);
	c->kind = question->kind;
	c->asked = true;
	if (!(c->how & LATE))
		answer(c);
}

static void on_notice(void *ctx, const char *text, size_t len)
{
	struct client *c = ctx;
	struct str clean = STR_INIT;

	c->calls++;
	clean_text(&clean, text, len, CLEAN_LINES);
	str_done(&clean);
}

static void on_remark(void *ctx, const char *text)
{
	struct client *c = ctx;

	c->calls++;
	look_at(text);
}

static void read_all(struct client *c)
{
	static char buf[65536];
	long n;

	for (int stream = CONN_STDOUT; stream <= CONN_STDERR; stream++)
		while ((n = conn_read(c->conn, stream, buf, sizeof buf)) > 0) {
			assert(n <= (long)sizeof buf);
			c->output += (uint64_t)n;
			c->calls++;
		}
}

static void on_readable(void *ctx)
{
	struct client *c = ctx;

	c->calls++;
	if (c->reads)
		read_all(c);
}

static void on_opened(void *ctx)
{
	static const char text[3000] = "what somebody types";
	struct client *c = ctx;

	c->calls++;
	if (c->how & TYPES)
		conn_write(c->conn, text, sizeof text);
	conn_write_eof(c->conn);
	if (c->how & RESIZES)
		for (int i = 1; i < 4; i++)
			conn_resize(c->conn, 80 + i, 24);
	if ((c->how & (CANCELS | TYPES)) == CANCELS) {
		conn_cancel(c->conn, END_CANCELLED, "enough");
	} else if (c->how & CANCELS) {
		conn_free(c->conn);
		c->conn = NULL;
		c->has_ended = true;
	}
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct client *c = ctx;

	assert(!c->has_ended);
	assert(end->reason || end->cause == END_EXIT);
	if (end->reason)
		look_at(end->reason);
	if (end->hint)
		look_at(end->hint);
	c->has_ended = true;
	c->cause = end->cause;
	c->status = end->status;
}

/* ---- what the forwarded port leads to ---- */

static int listener = -1;

static long listen_somewhere(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof sin;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener == -1 || bind(listener, (struct sockaddr *)&sin, sizeof sin) == -1 ||
	    listen(listener, 16) == -1 ||
	    getsockname(listener, (struct sockaddr *)&sin, &len) == -1)
		abort();
	return ntohs(sin.sin_port);
}

/* Answers who waits: says something and goes, with an end or a reset.  False: nobody was there. */
static bool peers_step(const struct client *c)
{
	static const char text[5000] = "from behind the port";
	const struct linger linger = { .l_onoff = 1 };
	bool any = false;

	for (int fd; (fd = accept(listener, NULL, NULL)) != -1; any = true) {
		send(fd, text, sizeof text, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (c->resets)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
		close(fd);
	}
	return any;
}

/* ---- one connection ---- */

/*
 * Runs in every turn, so that the loop never sleeps: when nothing has moved for a while the reader reads and
 * the server hangs up, and then the client has to end.
 */
static void on_pulse(void *ctx)
{
	struct client *c = ctx;
	uint64_t moved = hostile_moved(c->server) + c->calls;

	loop_task_queue(&c->pulse);
	c->quiet = moved == c->seen ? c->quiet + 1 : 0;
	c->seen = moved;
	if (++c->turns > TOO_MANY || c->quiet > STUCK)
		abort();
	if (c->quiet < QUIET || c->has_ended)
		return;
	if (c->asked) {
		answer(c);
		c->quiet = 0;
	} else if (!c->reads) {
		c->reads = true;
		read_all(c);
		c->quiet = 0;
	} else if (!peers_step(c)) {
		hostile_nudge(c->server);
	}
}

static struct host *make_host(const char *forward)
{
	const char *const fields[][2] = {
		{ "port", "22" },
		{ "user", "somebody" },
		{ "user_known_hosts_file", "none" },
		{ "identity_agent", "none" },
		{ "identities_only", "yes" },
		{ "kex_algorithms", "curve25519-sha256,diffie-hellman-group14-sha256" },
		{ "remote_forward", forward },
	};
	struct host_list list = { 0 };
	struct err err = ERR_INIT;
	struct host *host;

	if (!hosts_parse(&list, "{}", 2, "fuzz", &err))
		abort();
	host = hosts_resolve(&list, "127.0.0.1", &err);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i][1] &&
		    !host_set(host, host_field_find(fields[i][0]), fields[i][1], true,
			ORIGIN_COMMAND_LINE, &err))
			abort();
	hosts_done(&list);
	return host;
}

/* A key in a file that only we may read. */
static void give_key(struct host *host)
{
	static const char key[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MC4CAQAwBQYDK2VwBCIEIHNhbGx5cG9ydCBmdXp6LCBhIHRocm93LWF3YXkga2V5\n"
	    "-----END PRIVATE KEY-----\n";
	const char *path = fuzz_file((const uint8_t *)key, sizeof key - 1);
	struct err err = ERR_INIT;

	if (chmod(path, 0600) != 0 ||
	    !host_set(
		host, host_field_find("identity_file"), path, true, ORIGIN_COMMAND_LINE, &err))
		abort();
}

static const struct conn_owner owner = {
	.stage_start = on_stage_start,
	.stage_end = on_stage_end,
	.ask = on_ask,
	.notice = on_notice,
	.remark = on_remark,
	.opened = on_opened,
	.readable = on_readable,
	.ended = on_ended,
};

static void connect_to(struct client *c, const struct host *host, const uint8_t *data, size_t size)
{
	struct conn_options options = {
		.depth = CONN_SESSION,
		.pty = c->how & TERMINAL,
		.term = "xterm",
		.cols = 80,
		.rows = 24,
		.command = c->how & SHELL ? NULL : "true",
		.stdio_host = size > 4 && data[4] & WAY_ON ? "192.0.2.2" : NULL,
		.stdio_port = 22,
	};
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		abort();
	c->server = hostile_new(c->loop, fds[1], data, size);
	c->conn = conn_start_on(c->loop, fds[0], host, &options, &owner, c);
}

static const struct host *host_for(bool forwards)
{
	static struct host *hosts[2];
	char text[64];

	if (!hosts[0]) {
		snprintf(text, sizeof text, "7000:127.0.0.1:%ld", listen_somewhere());
		hosts[0] = make_host(NULL);
		hosts[1] = make_host(text);
		give_key(hosts[0]);
		give_key(hosts[1]);
	}
	return hosts[forwards];
}

static bool is_refused(const struct client *c)
{
	return c->how & (MUTE | CANCELS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned ways = size > 4 ? data[4] : 0;
	struct client c = { .how = size > 3 ? data[3] : 0, .resets = ways & RESETS };
	uint64_t output;

	c.reads = !(c.how & LATE_READER);
	c.loop = loop_new();
	loop_task_init(&c.pulse, c.loop, on_pulse, &c);
	loop_task_queue(&c.pulse);
	connect_to(&c, host_for(ways & FORWARDS), data, size);
	while (!c.has_ended)
		loop_turn(c.loop);
	if (hostile_is_good(c.server, &output) && !is_refused(&c))
		assert(
		    c.cause == END_EXIT && (c.status == 3 || ways & WAY_ON) && c.output == output);
	conn_free(c.conn);
	hostile_free(c.server);
	loop_task_done(&c.pulse);
	loop_free(c.loop);
	return 0;
}
