/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runner over thousands of rounds with real connections: descriptors, memory and the work that a round takes
 * stay what they were (faults C7).
 */
#include "sallyport/checks.h"

#include <dirent.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell.h"

#include "hosts/host_list.h"
#include "sallyport/loop.h"

enum { ROUNDS = 10000, WARM = ROUNDS / 5 };

/* ---- a server that greets ---- */

/* A port of loopback; one that does not listen refuses. */
static int port_here(bool listens, long *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	assert_int_equal(listens ? listen(fd, 16) : 0, 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

static pid_t greet(int listener)
{
	static const char greeting[] = "SSH-2.0-played\r\n";
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	/* Also when an assertion ends the test. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd; (fd = accept(listener, NULL, NULL)) != -1; close(fd)) {
		char byte;

		if (send(fd, greeting, sizeof greeting - 1, MSG_NOSIGNAL) > 0)
			(void)!read(fd, &byte, 1); /* until the caller has gone: the port is his */
	}
	_exit(0);
}

/* ---- what a round leaves behind ---- */

struct use {
	size_t descriptors, heap;
	double cpu_ms;
};

static struct use use_now(void)
{
	struct use use = { 0 };
	struct rusage usage;
	DIR *dir = opendir("/proc/self/fd");

	assert_non_null(dir);
	while (readdir(dir))
		use.descriptors++;
	closedir(dir);
	use.heap = mallinfo2().uordblks;
	getrusage(RUSAGE_SELF, &usage);
	use.cpu_ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	return use;
}

/* ---- a round ---- */

static struct host_list list;
static unsigned passed, failed;

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	(void)ctx;
	(void)host;
	passed += report->verdict == VERDICT_PASS;
	failed += report->verdict == VERDICT_FAIL;
}

static void on_done(void *ctx)
{
	loop_stop(ctx);
}

static void check_all(struct loop *loop)
{
	static const struct checks_owner owner = { NULL, on_host_done, on_done };
	const struct checks_options options = { DEPTH_REACH, 3000, 10000, 4 };
	struct checks *checks =
	    checks_start(loop, &list, list.items, list.len, &options, &owner, loop);

	loop_run(loop, NULL, NULL);
	checks_cancel(checks);
}

static struct use after_rounds(struct loop *loop, int count)
{
	for (int i = 0; i < count; i++)
		check_all(loop);
	return use_now();
}

static void add_host(const char *name, long port)
{
	struct host *host = host_new();

	host->name = mem_strdup(name);
	host->hostname = mem_strdup("127.0.0.1");
	host->user = mem_strdup("nobody");
	host->identity_agent = mem_strdup("none");
	host->port = port;
	host_list_add(&list, host);
}

static void thousands_of_rounds_leave_nothing_behind(void **state)
{
	struct loop *loop = loop_new();
	long good, refused;
	int listener = port_here(true, &good), holder = port_here(false, &refused);
	pid_t server = greet(listener);

	(void)state;
	list.defaults = host_new();
	add_host("good", good);
	add_host("refused", refused);
	host_list_index(&list, "hosts.json");
	struct use first = after_rounds(loop, WARM);
	struct use second = after_rounds(loop, WARM);
	struct use third = after_rounds(loop, ROUNDS - 3 * WARM);
	struct use last = after_rounds(loop, WARM);

	assert_int_equal(passed, ROUNDS);
	assert_int_equal(failed, ROUNDS);
	assert_int_equal(last.descriptors, second.descriptors);
	/* Three bytes a round would be more; what the C library keeps for itself is less. */
	assert_true(last.heap <= second.heap + 16384);
	/* Not how fast it is: that it does not become slower and slower. */
	assert_true(last.cpu_ms - third.cpu_ms < 5 * (second.cpu_ms - first.cpu_ms));
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	close(listener);
	close(holder);
	hosts_done(&list);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousands_of_rounds_leave_nothing_behind),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
