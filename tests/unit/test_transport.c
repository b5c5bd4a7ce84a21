/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "ssh/transport.h"

#include "sallyport/loop.h"
#include "sallyport/util.h"

enum { MUCH = 8 * 1024 * 1024, PACKET = 32 * 1024 };

static void fill(struct transport *net, size_t len)
{
	queue_room(&net->in, len);
	queue_filled(&net->in, len);
}

/* As libssh2 does: as long as it gets something. */
static size_t take_all(struct transport *net)
{
	char buf[PACKET];
	size_t sum = 0;
	ssize_t got;

	while ((got = transport_recv(net, buf, sizeof buf)) > 0)
		sum += (size_t)got;
	assert_int_equal(got, -EAGAIN);
	return sum;
}

static void one_turn_takes_only_so_much(void **state)
{
	struct transport net;
	size_t first;

	(void)state;
	transport_init(&net, NULL);
	fill(&net, MUCH);
	first = take_all(&net);
	assert_in_range(first, PACKET, MUCH / 4);
	assert_true(transport_spent(&net));
	assert_int_equal(take_all(&net), 0);
	transport_turn(&net);
	assert_false(transport_spent(&net));
	assert_int_equal(take_all(&net), first);
	transport_done(&net);
}

static void turns_take_everything(void **state)
{
	struct transport net;
	size_t sum = 0;

	(void)state;
	transport_init(&net, NULL);
	fill(&net, MUCH);
	do {
		transport_turn(&net);
		sum += take_all(&net);
	} while (transport_spent(&net));
	assert_int_equal(sum, MUCH);
	transport_done(&net);
}

static void a_dead_one_says_so_even_when_spent(void **state)
{
	struct transport net;
	char buf[PACKET];

	(void)state;
	transport_init(&net, NULL);
	fill(&net, MUCH);
	take_all(&net);
	transport_kill(&net);
	assert_int_equal(transport_recv(&net, buf, sizeof buf), -ECONNRESET);
	transport_done(&net);
}

static void ignore(void *ctx)
{
	(void)ctx;
}

static int no_delay_of(bool little)
{
	struct loop *loop = loop_new();
	struct loop_task task;
	struct transport net;
	int on = -1;
	socklen_t len = sizeof on;

	loop_task_init(&task, loop, ignore, NULL);
	transport_init(&net, &task);
	if (little)
		transport_expect_little(&net);
	transport_open(&net, socket(AF_INET, SOCK_STREAM, 0), NULL, false);
	assert_int_equal(getsockopt(net.fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	transport_done(&net);
	loop_task_done(&task);
	loop_free(loop);
	return on;
}

/* A key is sent when it is typed (OpenSSH's set_nodelay()). */
static void sends_at_once(void **state)
{
	(void)state;
	assert_true(no_delay_of(false) > 0);
	assert_int_equal(no_delay_of(true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_turn_takes_only_so_much),
		cmocka_unit_test(turns_take_everything),
		cmocka_unit_test(sends_at_once),
		cmocka_unit_test(a_dead_one_says_so_even_when_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
