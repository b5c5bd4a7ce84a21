/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many connections to one real server, each with one bit changed of one byte that the server sends: each ends with an
 * error, or tells exactly what the server said, and never tells wrong data.
 *
 *   damage_drive [-e] [-n COUNT] [-o OFFSET] [-j JOBS] [-v] [USER@]HOST:PORT FIELD=VALUE...
 *
 * -e: every byte up to the server's NEWKEYS; -n: that many from there to the end; -o: this one; -v: says how each
 * connection ended.  A line for each offset that
 * did not just end with an error, then a summary.  The status is 1 when one hung, crashed or told wrong data.  An
 * assertion of libssh2 1.11.1 that a damaged length fails (transport.c, decrypt()) is counted by itself.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ssh/queue.h"

#include "sallyport/hosts.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

enum { SERVER, CLIENT, SIDES };
enum { CHUNK = 65536, LINES = 20000, HANG_S = 30, MAX_JOBS = 16 };
enum { STATUS = 40 }; /* of a child: plus its outcome; a sanitizer has others */
enum outcome { SAME, ERROR, WRONG, ABORTED, CRASHED, HUNG, OUTCOMES };

static const char *const names[OUTCOMES] = { "same", "error", "WRONG DATA", "assertion of libssh2",
	"CRASH", "HANG" };

/* Between the client and the server: what comes from SERVER is counted and changed. */
struct side {
	struct proxy *proxy;
	int fd;
	struct loop_watch *watch;
	struct queue out; /* to be written to this side */
};

struct proxy {
	struct side sides[SIDES];
	long long at; /* to be changed; -1: nothing */
	long long seen;
	struct queue clear; /* what the server said up to NEWKEYS, in a run that measures */
};

/* Of a whole run, in memory that the children share. */
struct measured {
	long long clear; /* up to the end of NEWKEYS */
	long long total;
};

struct run {
	struct loop *loop;
	struct conn *conn;
	struct proxy proxy;
	const char *wanted;
	size_t wanted_len, got;
	enum outcome outcome;
	bool talks;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "damage_drive: %s\n", what);
	exit(2);
}

/* ---- the way between ---- */

static void proxy_close(struct proxy *proxy)
{
	for (int i = 0; i < SIDES; i++) {
		loop_watch_cancel(proxy->sides[i].watch);
		proxy->sides[i].watch = NULL;
		if (proxy->sides[i].fd != -1)
			close(proxy->sides[i].fd);
		proxy->sides[i].fd = -1;
		queue_done(&proxy->sides[i].out);
	}
}

static void side_flush(struct side *side)
{
	ssize_t n = 0;

	if (queue_len(&side->out))
		n = send(side->fd, queue_head(&side->out), queue_len(&side->out), MSG_NOSIGNAL);
	if (n > 0)
		queue_drop(&side->out, (size_t)n);
	loop_watch_set(side->watch, LOOP_READ | (queue_len(&side->out) ? LOOP_WRITE : 0));
}

static void damage(struct proxy *proxy, unsigned char *bytes, long long len)
{
	if (proxy->at >= proxy->seen && proxy->at < proxy->seen + len)
		bytes[proxy->at - proxy->seen] ^= (unsigned char)(1u << proxy->at % 8);
	proxy->seen += len;
	if (proxy->at == -1 && queue_len(&proxy->clear) < CHUNK)
		queue_add(&proxy->clear, bytes, (size_t)len);
}

static void on_ready(void *ctx, unsigned events)
{
	static unsigned char bytes[CHUNK];
	struct side *side = ctx;
	struct proxy *proxy = side->proxy;
	bool from_server = side == &proxy->sides[SERVER];
	struct side *other = &proxy->sides[from_server ? CLIENT : SERVER];
	ssize_t n;

	if (events & LOOP_READ) {
		n = recv(side->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n <= 0) {
			proxy_close(proxy);
			return;
		}
		if (from_server)
			damage(proxy, bytes, n);
		queue_add(&other->out, bytes, (size_t)n);
		side_flush(other);
	}
	side_flush(side);
}

static int connect_to(long port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sin, sizeof sin) == -1)
		die("the server cannot be reached");
	return fd;
}

/* The client's end of it. */
static int proxy_open(struct proxy *proxy, struct loop *loop, long port)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == -1)
		die("no socket pair");
	for (int i = 0; i < SIDES; i++) {
		struct side *side = &proxy->sides[i];

		*side =
		    (struct side){ .proxy = proxy, .fd = i == SERVER ? connect_to(port) : pair[1] };
		side->watch = loop_watch_start(loop, side->fd, LOOP_READ, on_ready, side);
	}
	return pair[0];
}

/* Bytes up to the end of NEWKEYS: RFC 4253 sections 4.2, 6 and 7.3. */
static long long clear_len(const struct queue *queue)
{
	enum { NEWKEYS = 21 };
	const unsigned char *data = queue_head(queue);
	size_t len = queue_len(queue), at = 0;
	unsigned type = 0;

	while (at < len && data[at++] != '\n')
		continue;
	while (type != NEWKEYS && at + 6 <= len) {
		type = data[at + 5];
		at += 4 + ((size_t)data[at + 2] << 8 | data[at + 3]);
	}
	if (type != NEWKEYS)
		die("no NEWKEYS");
	return (long long)at;
}

/* ---- the owner ---- */

static void on_readable(void *ctx)
{
	static char buf[CHUNK];
	struct run *run = ctx;
	long n;

	while ((n = conn_read(run->conn, CONN_STDOUT, buf, sizeof buf)) > 0) {
		if ((size_t)n > run->wanted_len - run->got ||
		    memcmp(buf, run->wanted + run->got, (size_t)n) != 0)
			run->outcome = WRONG;
		else
			run->got += (size_t)n;
	}
	while ((n = conn_read(run->conn, CONN_STDERR, buf, sizeof buf)) > 0)
		run->outcome = WRONG;
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct run *run = ctx;
	bool is_whole = run->got == run->wanted_len && end->status == 0;

	if (run->talks)
		fprintf(stderr, "%s\n", end->reason ? end->reason : "a plain end");
	if (run->outcome != WRONG && end->cause == END_EXIT)
		run->outcome = is_whole ? SAME : WRONG;
	loop_stop(run->loop);
}

/* ---- one connection, in a process of its own ---- */

static char *lines_new(void)
{
	struct str text = STR_INIT;

	for (int i = 1; i <= LINES; i++)
		str_addf(&text, "%d\n", i);
	return str_take(&text);
}

static _Noreturn void run_one(const struct host *host, const char *wanted, long long at,
    struct measured *measured, bool talks)
{
	static const struct conn_owner owner = { .readable = on_readable, .ended = on_ended };
	static struct run run;
	char command[64];
	struct conn_options options = {
		.depth = CONN_SESSION,
		.command = command,
		.batch = true,
		.connect_timeout_ms = 3000,
		.total_timeout_ms = 6000,
	};
	int fd;

	alarm(HANG_S);
	snprintf(command, sizeof command, "seq 1 %d", LINES);
	run = (struct run){
		.wanted = wanted, .wanted_len = strlen(wanted), .outcome = ERROR, .talks = talks
	};
	run.loop = loop_new();
	run.proxy.at = at;
	fd = proxy_open(&run.proxy, run.loop, host->port);
	run.conn = conn_start_on(run.loop, fd, host, &options, &owner, &run);
	loop_run(run.loop, NULL, NULL);
	if (at == -1 && run.outcome == SAME)
		*measured = (struct measured){ clear_len(&run.proxy.clear), run.proxy.seen };
	_exit(STATUS + (int)run.outcome);
}

/* ---- all of them ---- */

struct drive {
	const struct host *host;
	char *wanted;
	struct measured *measured;
	int jobs, running;
	bool talks;
	struct {
		pid_t pid;
		long long at;
	} slots[MAX_JOBS];
	unsigned counts[OUTCOMES];
};

static enum outcome outcome_of(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) >= STATUS)
		return (enum outcome)(WEXITSTATUS(status) - STATUS);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
		return ABORTED;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? HUNG : CRASHED;
}

static void reap(struct drive *d)
{
	int status, i = 0;
	pid_t pid = wait(&status);
	enum outcome outcome = outcome_of(status);

	while (i < d->jobs && d->slots[i].pid != pid)
		i++;
	if (pid == -1 || i == d->jobs)
		die("wait");
	d->slots[i].pid = 0;
	d->running--;
	d->counts[outcome]++;
	if (outcome == CRASHED)
		printf("byte %lld: %s (wait status %x)\n", d->slots[i].at, names[outcome],
		    (unsigned)status);
	else if (outcome != ERROR)
		printf("byte %lld: %s\n", d->slots[i].at, names[outcome]);
}

static void start(struct drive *d, long long at)
{
	int i = 0;

	if (d->running == d->jobs)
		reap(d);
	while (d->slots[i].pid)
		i++;
	fflush(NULL);
	d->slots[i].at = at;
	d->slots[i].pid = fork();
	if (d->slots[i].pid == -1)
		die("fork");
	if (d->slots[i].pid == 0)
		run_one(d->host, d->wanted, at, d->measured, d->talks);
	d->running++;
}

static void finish(struct drive *d)
{
	while (d->running)
		reap(d);
}

static struct host *host_of(struct host_list *list, char **args)
{
	struct err err = ERR_INIT;
	struct host *host;

	if (!hosts_parse(list, "{}", 2, "test", &err) ||
	    !(host = hosts_resolve(list, *args++, &err)))
		die(err.text);
	for (; *args; args++) {
		char *equals = strchr(*args, '=');

		if (!equals)
			die(*args);
		*equals = '\0';
		if (!host_set(
			host, host_field_find(*args), equals + 1, true, ORIGIN_COMMAND_LINE, &err))
			die(err.text);
	}
	return host;
}

static int drive_all(struct drive *d, bool every, long count, long long one)
{
	start(d, -1);
	finish(d);
	if (!d->measured->total)
		die("the session fails without any damage");
	for (long long at = 0; every && at < d->measured->clear; at++)
		start(d, at);
	for (long i = 0; i < count; i++)
		start(
		    d, d->measured->clear + (d->measured->total - d->measured->clear) * i / count);
	if (one >= 0)
		start(d, one);
	finish(d);
	printf("%lld bytes in clear, %lld in all:", d->measured->clear, d->measured->total);
	for (int i = 0; i < OUTCOMES; i++)
		printf(" %s %u%s", names[i], d->counts[i] - (i == SAME),
		    i + 1 < OUTCOMES ? "," : "\n");
	return d->counts[WRONG] || d->counts[CRASHED] || d->counts[HUNG];
}

int main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };
	struct host_list list = { 0 };
	struct drive d = { .jobs = 4 };
	bool every = false;
	long long one = -1;
	long count = 0;
	struct host *host;
	int opt, status;

	while ((opt = getopt(argc, argv, "+en:o:j:v")) != -1) {
		if (opt == 'e')
			every = true;
		else if (opt == 'n')
			count = atol(optarg);
		else if (opt == 'o')
			one = atoll(optarg);
		else if (opt == 'j')
			d.jobs = atoi(optarg) < MAX_JOBS ? atoi(optarg) : MAX_JOBS;
		else if (opt == 'v')
			d.talks = true;
		else
			return 2;
	}
	if (optind == argc)
		return 2;
	setrlimit(RLIMIT_CORE, &none);
	d.measured = mmap(
	    NULL, sizeof *d.measured, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (d.measured == MAP_FAILED)
		die("mmap");
	host = host_of(&list, argv + optind);
	d.host = host;
	d.wanted = lines_new();
	status = drive_all(&d, every, count, one);
	free(d.wanted);
	host_free(host);
	hosts_done(&list);
	return status;
}
