/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with --wrap=getaddrinfo: what needs no name server is asked of the real one. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sallyport/loop.h"
#include "sallyport/ssh.h"
#include "sallyport/util.h"
#include "ssh/resolve.h"

/* The name server of these tests. */
static struct {
	int code;
	int errnum;
	const char *const *addresses; /* up to a NULL */
	int wait_fd; /* -1, or a byte from here is waited for before the answer */
} server;

/* The linker's --wrap gives these two their names. */
int __real_getaddrinfo(
    const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found);
int __wrap_getaddrinfo(
    const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found);

int __wrap_getaddrinfo(
    const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	struct addrinfo numeric = *hints;
	char byte;

	if (hints->ai_flags & AI_NUMERICHOST)
		return __real_getaddrinfo(node, service, hints, found);
	if (server.wait_fd != -1 && read(server.wait_fd, &byte, 1) != 1)
		return EAI_FAIL;
	errno = server.errnum;
	if (server.code != 0)
		return server.code;
	numeric.ai_flags |= AI_NUMERICHOST;
	for (const char *const *text = server.addresses; *text != NULL; text++) {
		int code = __real_getaddrinfo(*text, service, &numeric, found);

		if (code != 0)
			return code;
		found = &(*found)->ai_next;
	}
	return 0;
}

struct got {
	struct loop *loop;
	struct resolve *resolve;
	bool cancel_in_done;
	int calls;
	struct strlist texts;
	struct address first;
	struct err why;
};

static void on_done(void *ctx, const struct address *addresses, size_t count, const struct err *why)
{
	struct got *got = ctx;
	char text[64];

	got->calls++;
	for (size_t i = 0; i < count; i++) {
		address_text(&addresses[i], text, sizeof text);
		strlist_add(&got->texts, text);
	}
	if (count > 0)
		got->first = addresses[0];
	assert_true((count == 0) == (why != NULL));
	if (why != NULL)
		got->why = *why;
	if (got->cancel_in_done) {
		resolve_cancel(got->resolve);
		got->resolve = NULL;
	}
}

static void begin(struct got *got, const char *name, int family)
{
	*got = (struct got){ .loop = loop_new() };
	got->resolve = resolve_start(got->loop, name, 2222, family, on_done, got);
	assert_int_equal(got->calls, 0);
}

static void end(struct got *got)
{
	resolve_cancel(got->resolve);
	loop_free(got->loop);
	strlist_done(&got->texts);
}

static void resolve(struct got *got, const char *name, int family)
{
	begin(got, name, family);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static int reset_server(void **state)
{
	static const char *const one[] = { "192.0.2.1", NULL };

	(void)state;
	server.code = server.errnum = 0;
	server.addresses = one;
	server.wait_fd = -1;
	return 0;
}

static void assert_addresses(const struct got *got, const char *want)
{
	char *joined = strlist_join(&got->texts, " ");

	assert_string_equal(joined, want);
	free(joined);
}

static void an_ipv4_address_needs_no_server(void **state)
{
	struct got got;

	(void)state;
	server.code = EAI_FAIL;
	resolve(&got, "127.0.0.1", AF_UNSPEC);
	assert_addresses(&got, "127.0.0.1");
	assert_int_equal(ntohs(((struct sockaddr_in *)&got.first.sa)->sin_port), 2222);
	end(&got);
}

static void an_ipv6_address_needs_no_server(void **state)
{
	struct got got;

	(void)state;
	server.code = EAI_FAIL;
	resolve(&got, "2001:db8::1", AF_UNSPEC);
	assert_addresses(&got, "2001:db8::1");
	end(&got);
}

/* N21 */
static void a_zone_becomes_the_interface(void **state)
{
	struct got got;

	(void)state;
	resolve(&got, "fe80::1%lo", AF_UNSPEC);
	assert_addresses(&got, "fe80::1%lo");
	assert_int_equal(
	    ((struct sockaddr_in6 *)&got.first.sa)->sin6_scope_id, if_nametoindex("lo"));
	end(&got);
}

static void assert_why(const struct got *got, enum err_code code, const char *says)
{
	assert_int_equal(got->texts.len, 0);
	assert_int_equal(got->why.code, code);
	if (strstr(got->why.text, says) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", says, got->why.text);
	assert_string_not_equal(got->why.hint, "");
}

static void an_unknown_zone_is_named(void **state)
{
	struct got got;

	(void)state;
	resolve(&got, "fe80::1%nosuch0", AF_UNSPEC);
	assert_why(&got, ERR_RESOLVE, "no network interface \"nosuch0\"");
	end(&got);
}

static void an_address_of_the_other_family_is_said(void **state)
{
	struct got got;

	(void)state;
	resolve(&got, "127.0.0.1", AF_INET6);
	assert_why(&got, ERR_RESOLVE, "127.0.0.1 is not an IPv6 address");
	end(&got);
	resolve(&got, "::1", AF_INET);
	assert_why(&got, ERR_RESOLVE, "::1 is not an IPv4 address");
	end(&got);
}

static void a_port_in_the_name_is_said(void **state)
{
	struct got got;

	(void)state;
	resolve(&got, "example.org:22", AF_UNSPEC);
	assert_why(&got, ERR_INVALID, "neither a name nor an address");
	assert_non_null(strstr(got.why.hint, "port"));
	end(&got);
}

static void a_name_gives_its_addresses_in_order_and_once(void **state)
{
	static const char *const many[] = { "2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.1",
		"2001:db8::1", NULL };
	struct got got;

	(void)state;
	server.addresses = many;
	resolve(&got, "example.org", AF_UNSPEC);
	assert_addresses(&got, "2001:db8::1 192.0.2.1 192.0.2.2");
	end(&got);
}

/* N22 */
static void failures_are_told_apart(void **state)
{
	static const struct {
		int code, errnum;
		enum err_code kind;
		const char *says;
	} cases[] = {
		{ EAI_NONAME, 0, ERR_RESOLVE, "example.org: no such host name" },
		{ EAI_AGAIN, 0, ERR_RESOLVE, "example.org: no name server could look it up" },
		{ EAI_FAIL, 0, ERR_RESOLVE, "the name server failed" },
		{ EAI_NODATA, 0, ERR_RESOLVE, "has no address" },
		{ EAI_ADDRFAMILY, 0, ERR_RESOLVE, "no address of the kind" },
		{ EAI_MEMORY, 0, ERR_LOCAL, "no memory" },
		{ EAI_SYSTEM, EMFILE, ERR_LOCAL, "Too many open files" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct got got;

		server.code = cases[i].code;
		server.errnum = cases[i].errnum;
		resolve(&got, "example.org", AF_UNSPEC);
		assert_why(&got, cases[i].kind, cases[i].says);
		end(&got);
	}
}

static void answer(void *ctx)
{
	assert_int_equal(write(*(int *)ctx, "x", 1), 1);
}

/* N22: the loop goes on while the name server is silent */
static void the_loop_lives_while_the_server_is_silent(void **state)
{
	struct loop_timer *timer;
	struct got got;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	server.wait_fd = fds[0];
	begin(&got, "example.org", AF_UNSPEC);
	timer = loop_timer_start(got.loop, 1, answer, &fds[1]);
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 1);
	assert_addresses(&got, "192.0.2.1");
	loop_timer_cancel(timer);
	end(&got);
	close(fds[0]);
	close(fds[1]);
}

static void nothing_is_told_after_cancel(void **state)
{
	struct got got;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	server.wait_fd = fds[0];
	begin(&got, "example.org", AF_UNSPEC);
	resolve_cancel(got.resolve);
	got.resolve = NULL;
	answer(&fds[1]);
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 0);
	end(&got);
	begin(&got, "127.0.0.1", AF_UNSPEC);
	resolve_cancel(got.resolve);
	got.resolve = NULL;
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 0);
	end(&got);
	close(fds[0]);
	close(fds[1]);
}

static void may_be_cancelled_from_done(void **state)
{
	static const char *const names[] = { "example.org", "127.0.0.1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct got got;

		begin(&got, names[i], AF_UNSPEC);
		got.cancel_in_done = true;
		loop_run(got.loop, NULL, NULL);
		assert_int_equal(got.calls, 1);
		end(&got);
	}
}

static void scopes_are_told_apart_at_their_borders(void **state)
{
	static const char *const cases[][2] = {
		{ "127.0.0.1", "loopback" },
		{ "127.255.255.255", "loopback" },
		{ "128.0.0.0", "" },
		{ "10.255.0.1", "private" },
		{ "11.0.0.0", "" },
		{ "172.15.255.255", "" },
		{ "172.16.0.0", "private" },
		{ "172.31.255.255", "private" },
		{ "172.32.0.0", "" },
		{ "192.168.1.1", "private" },
		{ "169.254.169.254", "link-local" },
		{ "100.63.255.255", "" },
		{ "100.64.0.0", "CGNAT" },
		{ "100.127.255.255", "CGNAT" },
		{ "100.128.0.0", "" },
		{ "0.0.0.0", "placeholder" },
		{ "192.0.2.7", "placeholder" },
		{ "198.51.100.7", "placeholder" },
		{ "203.0.113.10", "placeholder" },
		{ "203.0.114.10", "" },
		{ "224.0.0.1", "placeholder" },
		{ "255.255.255.255", "placeholder" },
		{ "121.196.10.20", "" },
		{ "::1", "loopback" },
		{ "::2", "" },
		{ "::", "placeholder" },
		{ "fe80::1", "link-local" },
		{ "fec0::1", "" },
		{ "fd00::1", "private" },
		{ "2001:db8::1", "placeholder" },
		{ "2001:db9::1", "" },
		{ "ff02::1", "placeholder" },
		{ "::ffff:10.0.0.1", "private" },
		{ "::ffff:8.8.8.8", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (strcmp(address_text_scope(cases[i][0]), cases[i][1]) != 0)
			fail_msg("%s is \"%s\"", cases[i][0], address_text_scope(cases[i][0]));
	assert_null(address_text_scope("localhost"));
}

static void keep_first(
    void *ctx, const struct address *addresses, size_t count, const struct err *why)
{
	(void)why;
	assert_int_equal(count, 1);
	*(struct address *)ctx = addresses[0];
}

/* Of two addresses of this machine one is called from the other only when that is asked for. */
static void the_address_that_we_come_from_is_known(void **state)
{
	struct loop *loop = loop_new();
	struct address to = { .len = 0 }, from;
	struct resolve *resolve = resolve_start(loop, "127.0.0.1", 22, AF_UNSPEC, keep_first, &to);
	char text[64];

	(void)state;
	while (!to.len)
		loop_turn(loop);
	resolve_cancel(resolve);
	loop_free(loop);
	assert_true(address_from(&to, NULL, &from));
	address_text(&from, text, sizeof text);
	assert_string_equal(text, "127.0.0.1");
	assert_true(address_from(&to, "192.0.2.4", &from));
	address_text(&from, text, sizeof text);
	assert_string_equal(text, "192.0.2.4");
	assert_false(address_from(&to, "nobody", &from));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_ipv4_address_needs_no_server, reset_server),
		cmocka_unit_test_setup(an_ipv6_address_needs_no_server, reset_server),
		cmocka_unit_test_setup(a_zone_becomes_the_interface, reset_server),
		cmocka_unit_test_setup(an_unknown_zone_is_named, reset_server),
		cmocka_unit_test_setup(an_address_of_the_other_family_is_said, reset_server),
		cmocka_unit_test_setup(a_port_in_the_name_is_said, reset_server),
		cmocka_unit_test_setup(a_name_gives_its_addresses_in_order_and_once, reset_server),
		cmocka_unit_test_setup(failures_are_told_apart, reset_server),
		cmocka_unit_test_setup(the_loop_lives_while_the_server_is_silent, reset_server),
		cmocka_unit_test_setup(nothing_is_told_after_cancel, reset_server),
		cmocka_unit_test_setup(may_be_cancelled_from_done, reset_server),
		cmocka_unit_test(scopes_are_told_apart_at_their_borders),
		cmocka_unit_test(the_address_that_we_come_from_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
