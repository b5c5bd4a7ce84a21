/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"
#include "ssh/race.h"

enum { MAX = 8 };

struct got {
	struct loop *loop;
	struct race *race;
	bool cancel_in_done;
	int calls, fd, errnum;
	size_t count;
	struct race_entry entries[MAX];
};

static void on_done(void *ctx, int fd, struct loop_watch *watch, int errnum,
    const struct race_entry *entries, size_t count)
{
	struct got *got = ctx;

	loop_watch_cancel(watch);
	got->calls++;
	got->fd = fd;
	got->errnum = errnum;
	got->count = count;
	assert_in_range(count, 1, MAX);
	memcpy(got->entries, entries, count * sizeof *entries);
	if (got->cancel_in_done) {
		race_cancel(got->race);
		got->race = NULL;
	}
}

static void begin(struct got *got, const struct address *addresses, size_t count,
    const char *bind_address, double timeout_ms)
{
	*got = (struct got){ .loop = loop_new(), .fd = -1 };
	got->race = race_start(got->loop, addresses, count, bind_address, timeout_ms, on_done, got);
	assert_int_equal(got->calls, 0);
}

static void end(struct got *got)
{
	race_cancel(got->race);
	loop_free(got->loop);
	if (got->fd != -1)
		close(got->fd);
}

static void run(struct got *got, const struct address *addresses, size_t count, double timeout_ms)
{
	begin(got, addresses, count, NULL, timeout_ms);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static struct address address_of(const char *text, unsigned port)
{
	struct address address;
	struct sockaddr_in *in = (struct sockaddr_in *)&address.sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address.sa;

	memset(&address, 0, sizeof address);
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		address.len = sizeof *in;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		address.len = sizeof *in6;
	}
	return address;
}

/* A socket on a free loopback port; without listen() it refuses connections. */
static int bound_socket(const char *text, struct address *address)
{
	struct address any = address_of(text, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&any.sa, any.len), 0);
	*address = any;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address->sa, &address->len), 0);
	return fd;
}

static int listener(struct address *address)
{
	int fd = bound_socket("127.0.0.1", address);

	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* A listener whose queue is full: it drops every further SYN, as a firewall does. */
struct black_hole {
	struct address address;
	int fds[MAX];
	int count;
};

static void black_hole_open(struct black_hole *hole)
{
	struct pollfd last = { .events = POLLOUT };

	hole->fds[0] = bound_socket("127.0.0.1", &hole->address);
	assert_int_equal(listen(hole->fds[0], 0), 0);
	hole->count = 1;
	do {
		assert_in_range(hole->count, 1, MAX - 1);
		last.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_int_not_equal(last.fd, -1);
		connect(last.fd, (struct sockaddr *)&hole->address.sa, hole->address.len);
		hole->fds[hole->count++] = last.fd;
	} while (poll(&last, 1, 20) == 1);
}

static void black_hole_close(struct black_hole *hole)
{
	for (int i = 0; i < hole->count; i++)
		close(hole->fds[i]);
}

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static void connects_and_hands_over_a_ready_socket(void **state)
{
	struct address address;
	int server = listener(&address);
	struct got got;

	(void)state;
	run(&got, &address, 1, 5000);
	assert_int_equal(got.errnum, 0);
	assert_int_not_equal(got.fd, -1);
	assert_true(fcntl(got.fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(got.fd, F_GETFD) & FD_CLOEXEC);
	assert_true(got.entries[0].won && got.entries[0].tried);
	assert_true(got.entries[0].ms >= 0);
	end(&got);
	close(server);
}

/* N1 */
static void tells_a_refusal(void **state)
{
	struct address address;
	int closed = bound_socket("127.0.0.1", &address);
	struct got got;

	(void)state;
	run(&got, &address, 1, 5000);
	assert_int_equal(got.fd, -1);
	assert_int_equal(got.errnum, ECONNREFUSED);
	assert_true(got.entries[0].tried);
	assert_false(got.entries[0].won);
	end(&got);
	close(closed);
}

/* N2 */
static void ends_by_itself_at_its_time_out(void **state)
{
	struct black_hole hole;
	struct got got;

	(void)state;
	black_hole_open(&hole);
	run(&got, &hole.address, 1, 30);
	assert_int_equal(got.fd, -1);
	assert_int_equal(got.errnum, ETIMEDOUT);
	assert_int_equal(got.entries[0].errnum, ETIMEDOUT);
	end(&got);
	black_hole_close(&hole);
}

static void a_silent_address_does_not_hold_up_the_next(void **state)
{
	struct black_hole hole;
	struct address addresses[3];
	struct got got;
	int server;

	(void)state;
	black_hole_open(&hole);
	addresses[0] = hole.address;
	server = listener(&addresses[1]);
	addresses[2] = addresses[1];
	run(&got, addresses, 3, 0);
	assert_int_not_equal(got.fd, -1);
	assert_true(got.entries[0].tried && !got.entries[0].won);
	assert_int_equal(got.entries[0].errnum, 0);
	assert_true(got.entries[1].won);
	assert_false(got.entries[2].tried);
	end(&got);
	close(server);
	black_hole_close(&hole);
}

/* N21: nobody listens on ::1, or there is no IPv6 at all */
static void a_broken_ipv6_address_does_not_hold_up_ipv4(void **state)
{
	struct address addresses[2];
	int server = listener(&addresses[1]);
	struct got got;

	(void)state;
	addresses[0] = address_of("::1", ntohs(((struct sockaddr_in *)&addresses[1].sa)->sin_port));
	run(&got, addresses, 2, 5000);
	assert_int_not_equal(got.fd, -1);
	assert_int_not_equal(got.entries[0].errnum, 0);
	assert_true(got.entries[1].won);
	end(&got);
	close(server);
}

static void tells_a_refusal_rather_than_a_time_out(void **state)
{
	struct black_hole hole;
	struct address addresses[2];
	struct got got;
	int closed;

	(void)state;
	black_hole_open(&hole);
	addresses[0] = hole.address;
	closed = bound_socket("127.0.0.1", &addresses[1]);
	run(&got, addresses, 2, 600);
	assert_int_equal(got.fd, -1);
	assert_int_equal(got.errnum, ECONNREFUSED);
	assert_int_equal(got.entries[0].errnum, ETIMEDOUT);
	end(&got);
	close(closed);
	black_hole_close(&hole);
}

static void the_losers_are_closed(void **state)
{
	struct black_hole hole;
	struct address addresses[2];
	int server, before;
	struct got got;

	(void)state;
	black_hole_open(&hole);
	addresses[0] = hole.address;
	server = listener(&addresses[1]);
	before = open_fds();
	run(&got, addresses, 2, 0);
	end(&got);
	assert_int_equal(open_fds(), before);
	close(server);
	black_hole_close(&hole);
}

/* N30 */
static void tells_that_descriptors_are_used_up(void **state)
{
	struct rlimit limit, none;
	struct address address;
	int server = listener(&address);
	struct got got;

	(void)state;
	begin(&got, &address, 1, NULL, 5000);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.errnum, EMFILE);
	end(&got);
	close(server);
}

static void comes_from_the_bind_address(void **state)
{
	struct address address, from = { .len = sizeof from.sa }, want;
	int server = listener(&address);
	struct got got;

	(void)state;
	want = address_of("127.0.0.2", 0);
	begin(&got, &address, 1, "127.0.0.2", 5000);
	loop_run(got.loop, NULL, NULL);
	assert_int_not_equal(got.fd, -1);
	assert_int_equal(getsockname(got.fd, (struct sockaddr *)&from.sa, &from.len), 0);
	assert_int_equal(((struct sockaddr_in *)&from.sa)->sin_addr.s_addr,
	    ((struct sockaddr_in *)&want.sa)->sin_addr.s_addr);
	end(&got);
	close(server);
}

static void a_bind_address_that_is_not_ours_is_told(void **state)
{
	static const char *const bad[] = { "192.0.2.1", "nonsense" };
	struct address address;
	int server = listener(&address);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct got got;

		begin(&got, &address, 1, bad[i], 5000);
		loop_run(got.loop, NULL, NULL);
		assert_int_equal(got.errnum, EADDRNOTAVAIL);
		end(&got);
	}
	close(server);
}

/* RFC 8305 section 4; the bind address keeps all from starting */
static void the_families_take_turns(void **state)
{
	static const char *const given[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1",
		"2001:db8::2" };
	static const char *const want[] = { "192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2",
		"192.0.2.3" };
	struct address addresses[ARRAY_LEN(given)];
	struct got got;
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		addresses[i] = address_of(given[i], 22);
	begin(&got, addresses, ARRAY_LEN(given), "nonsense", 5000);
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.count, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		address_text(&got.entries[i].address, text, sizeof text);
		assert_string_equal(text, want[i]);
	}
	end(&got);
}

static void nothing_is_told_after_cancel(void **state)
{
	struct black_hole hole;
	int before = open_fds();
	struct got got;

	(void)state;
	black_hole_open(&hole);
	begin(&got, &hole.address, 1, NULL, 5000);
	loop_turn(got.loop); /* starts it */
	race_cancel(got.race);
	got.race = NULL;
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 0);
	end(&got);
	black_hole_close(&hole);
	assert_int_equal(open_fds(), before);
}

static void may_be_cancelled_from_done(void **state)
{
	struct address address;
	int server = listener(&address);
	struct got got;

	(void)state;
	begin(&got, &address, 1, NULL, 5000);
	got.cancel_in_done = true;
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 1);
	assert_int_not_equal(got.fd, -1);
	end(&got);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connects_and_hands_over_a_ready_socket),
		cmocka_unit_test(tells_a_refusal),
		cmocka_unit_test(ends_by_itself_at_its_time_out),
		cmocka_unit_test(a_silent_address_does_not_hold_up_the_next),
		cmocka_unit_test(a_broken_ipv6_address_does_not_hold_up_ipv4),
		cmocka_unit_test(tells_a_refusal_rather_than_a_time_out),
		cmocka_unit_test(the_losers_are_closed),
		cmocka_unit_test(tells_that_descriptors_are_used_up),
		cmocka_unit_test(comes_from_the_bind_address),
		cmocka_unit_test(a_bind_address_that_is_not_ours_is_told),
		cmocka_unit_test(the_families_take_turns),
		cmocka_unit_test(nothing_is_told_after_cancel),
		cmocka_unit_test(may_be_cancelled_from_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
