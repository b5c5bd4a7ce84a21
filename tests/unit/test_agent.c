/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent_told.h"
#include "ssh/agentmsg.h"

/* ---- an agent that says what the test tells it to ---- */

struct fake {
	struct loop *loop;
	int listener, fd;
	struct loop_watch *accepting, *reading;
	struct str request, reply;
	bool silent, hangs_up;
};

static void fake_hang_up(struct fake *fake)
{
	loop_watch_cancel(fake->reading);
	fake->reading = NULL;
	if (fake->fd != -1)
		close(fake->fd);
	fake->fd = -1;
}

static void fake_read(void *ctx, unsigned events)
{
	struct fake *fake = ctx;
	char buf[4096];
	ssize_t got = recv(fake->fd, buf, sizeof buf, 0);

	(void)events;
	if (got <= 0) {
		fake_hang_up(fake);
		return;
	}
	str_add_mem(&fake->request, buf, (size_t)got);
	if (!fake->silent && fake->reply.len > 0)
		assert_int_equal(send(fake->fd, fake->reply.data, fake->reply.len, MSG_NOSIGNAL),
		    fake->reply.len);
	if (fake->hangs_up)
		fake_hang_up(fake);
}

static void fake_accept(void *ctx, unsigned events)
{
	struct fake *fake = ctx;

	(void)events;
	fake_hang_up(fake);
	fake->fd = accept(fake->listener, NULL, NULL);
	assert_int_not_equal(fake->fd, -1);
	fake->reading = loop_watch_start(fake->loop, fake->fd, LOOP_READ, fake_read, fake);
}

static void fake_open(struct fake *fake, struct loop *loop)
{
	struct sockaddr_un sun = sun_of(sock_path);

	*fake = (struct fake){ .loop = loop, .fd = -1 };
	unlink(sock_path);
	fake->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fake->listener, (struct sockaddr *)&sun, sizeof sun), 0);
	assert_int_equal(listen(fake->listener, 4), 0);
	fake->accepting = loop_watch_start(loop, fake->listener, LOOP_READ, fake_accept, fake);
}

static void fake_close(struct fake *fake)
{
	fake_hang_up(fake);
	loop_watch_cancel(fake->accepting);
	close(fake->listener);
	unlink(sock_path);
	str_done(&fake->request);
	str_done(&fake->reply);
}

static void reply_frame(struct fake *fake, const struct str *body)
{
	str_add_u32(&fake->reply, (uint32_t)body->len);
	str_add_mem(&fake->reply, body->data, body->len);
}

static void add_key(struct str *body, const char *type, const char *comment)
{
	struct str blob = STR_INIT;

	str_add_wire(&blob, type, strlen(type));
	str_add_wire(&blob, "material", 8);
	str_add_wire(body, blob.data, blob.len);
	str_add_wire(body, comment, strlen(comment));
	str_done(&blob);
}

/* ---- which agent ---- */

static void without_an_agent_there_is_none_to_ask(void **state)
{
	struct loop *loop = loop_new();
	struct err err = ERR_INIT;

	(void)state;
	unsetenv("SSH_AUTH_SOCK");
	assert_null(agent_new(loop, NULL, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	assert_non_null(strstr(err.text, "SSH_AUTH_SOCK"));
	assert_null(agent_new(loop, "$NO_SUCH_VARIABLE", &err));
	assert_non_null(strstr(err.text, "NO_SUCH_VARIABLE"));
	assert_null(agent_new(loop, "none", &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	loop_free(loop);
}

static void the_variable_names_the_socket(void **state)
{
	static const char *const paths[] = { NULL, "SSH_AUTH_SOCK", "$SSH_AUTH_SOCK" };

	(void)state;
	setenv("SSH_AUTH_SOCK", sock_path, 1);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct got got = { .loop = loop_new() };

		got.agent = agent_new(got.loop, paths[i], NULL);
		list(&got, 5000);
		assert_why(&got, ERR_NOTFOUND, "no such socket");
		got_close(&got);
	}
	unsetenv("SSH_AUTH_SOCK");
}

/* ---- sockets that are none (A7) ---- */

static void a_missing_socket_is_told(void **state)
{
	struct got got;

	(void)state;
	got_open(&got);
	list(&got, 5000);
	assert_why(&got, ERR_NOTFOUND, "no such socket");
	got_close(&got);
}

static void a_dead_socket_is_told(void **state)
{
	struct got got;
	struct fake fake;

	(void)state;
	got_open(&got);
	fake_open(&fake, got.loop);
	loop_watch_cancel(fake.accepting);
	fake.accepting = NULL;
	close(fake.listener);
	list(&got, 5000);
	assert_why(&got, ERR_NOTFOUND, "nobody listens");
	fake.listener = -1;
	fake_close(&fake);
	got_close(&got);
}

static void a_file_is_no_socket(void **state)
{
	struct got got;
	int fd = open(sock_path, O_CREAT | O_WRONLY, 0600);

	(void)state;
	assert_int_not_equal(fd, -1);
	close(fd);
	got_open(&got);
	list(&got, 5000);
	assert_why(&got, ERR_INVALID, "it is no socket");
	got_close(&got);
	unlink(sock_path);
}

static void a_name_that_is_too_long_is_told(void **state)
{
	struct got got = { .loop = loop_new() };
	char path[200];

	(void)state;
	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	got.agent = agent_new(got.loop, path, NULL);
	list(&got, 5000);
	assert_int_equal(got.why.code, ERR_INVALID);
	assert_non_null(strstr(got.why.text, "too long"));
	got_close(&got);
}

/* ---- answers ---- */

struct session {
	struct got got;
	struct fake fake;
	struct str body;
};

static int session_open(void **state)
{
	struct session *s = mem_zalloc(1, sizeof *s);

	got_open(&s->got);
	fake_open(&s->fake, s->got.loop);
	*state = s;
	return 0;
}

static int session_close(void **state)
{
	struct session *s = *state;

	fake_close(&s->fake);
	got_close(&s->got);
	str_done(&s->body);
	free(s);
	return 0;
}

static void lists_keys_with_their_comments(void **state)
{
	struct session *s = *state;
	char *joined;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 2);
	add_key(&s->body, "ssh-ed25519", "me@here");
	add_key(&s->body, "ssh-rsa", "\033[2J");
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_int_equal(s->got.why.code, ERR_NONE);
	joined = strlist_join(&s->got.keys, ",");
	assert_string_equal(joined, "ssh-ed25519 me@here,ssh-rsa \033[2J");
	assert_memory_equal(s->fake.request.data, "\0\0\0\1\13", 5);
	free(joined);
}

/* A7 */
static void many_keys_are_listed_up_to_2048(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 2048);
	for (int i = 0; i < 2048; i++)
		add_key(&s->body, "ssh-ed25519", "k");
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_int_equal(s->got.count, 2048);
}

/* A7 */
static void an_answer_of_4_gib_is_refused(void **state)
{
	struct session *s = *state;

	str_add_u32(&s->fake.reply, 0xffffffffu);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "4294967295 bytes");
}

static void a_failure_is_a_refusal(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 5);
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_REFUSED, "does not list");
}

/* A7 */
static void a_silent_agent_is_given_up(void **state)
{
	struct session *s = *state;

	s->fake.silent = true;
	list(&s->got, 20);
	assert_why(&s->got, ERR_TIMEOUT, "no answer within 0.02 s");
}

/* A7 */
static void an_agent_that_hangs_up_is_told(void **state)
{
	struct session *s = *state;

	s->fake.hangs_up = true;
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "without an answer");
	s->got.calls = 0;
	str_add_u32(&s->fake.reply, 100);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "middle of its answer");
}

static void asks_to_sign_and_gives_the_whole_signature(void **state)
{
	struct session *s = *state;
	struct pubkey key = { 0 };
	struct str sig = STR_INIT, want = STR_INIT;

	pubkey_copy(&key, (const unsigned char *)"blob", 4);
	str_add_wire(&sig, "sk-ssh-ed25519@openssh.com", 26);
	str_add_wire(&sig, "0123", 4);
	str_add(&sig, "\1");
	str_add_u32(&sig, 7);
	str_add_char(&s->body, 14);
	str_add_wire(&s->body, sig.data, sig.len);
	reply_frame(&s->fake, &s->body);
	sign(&s->got, &key, "data", AGENT_RSA_SHA2_512);
	assert_int_equal(s->got.sig.len, sig.len);
	assert_memory_equal(s->got.sig.data, sig.data, sig.len);
	agentmsg_add_sign(&want, &key, "data", 4, 4);
	assert_int_equal(s->fake.request.len, want.len);
	assert_memory_equal(want.data, "\0\0\0\25\15\0\0\0\4blob\0\0\0\4data\0\0\0\4", 25);
	assert_memory_equal(s->fake.request.data, want.data, want.len);
	str_done(&sig);
	str_done(&want);
	pubkey_done(&key);
}

static void a_refused_signature_says_what_may_be_missing(void **state)
{
	struct session *s = *state;
	struct pubkey key = { 0 };

	pubkey_copy(&key, (const unsigned char *)"blob", 4);
	str_add_char(&s->body, 5);
	reply_frame(&s->fake, &s->body);
	sign(&s->got, &key, "data", 0);
	assert_why(&s->got, ERR_REFUSED, "refused to sign");
	assert_non_null(strstr(s->got.why.hint, "confirmation"));
	pubkey_done(&key);
}

static void the_next_request_may_start_from_done(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 0);
	reply_frame(&s->fake, &s->body);
	s->got.again = true;
	agent_list_start(s->got.agent, 5000, on_keys, &s->got);
	loop_run(s->got.loop, NULL, NULL);
	assert_int_equal(s->got.calls, 2);
}

static void a_failed_request_may_be_followed_by_another_from_done(void **state)
{
	struct got got;

	(void)state;
	got_open(&got);
	got.again = true;
	agent_list_start(got.agent, 5000, on_keys, &got);
	loop_run(got.loop, NULL, NULL);
	assert_int_equal(got.calls, 2);
	assert_why(&got, ERR_NOTFOUND, "no such socket");
	got_close(&got);
}

static void may_be_freed_from_done(void **state)
{
	struct session *s = *state;

	s->got.free_in_done = true;
	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 0);
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_null(s->got.agent);
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void nothing_is_told_after_cancel(void **state)
{
	struct session *s = *state;
	struct loop_timer *timer;

	s->fake.silent = true;
	agent_list_start(s->got.agent, 30, on_keys, &s->got);
	while (s->fake.request.len == 0)
		loop_turn(s->got.loop);
	agent_cancel(s->got.agent);
	timer = loop_timer_start(s->got.loop, 60, stop, s->got.loop);
	loop_run(s->got.loop, NULL, NULL);
	assert_int_equal(s->got.calls, 0);
	assert_int_equal(s->fake.fd, -1); /* it saw the connection end */
	loop_timer_cancel(timer);
}

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, session_open, session_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_an_agent_there_is_none_to_ask),
		cmocka_unit_test(the_variable_names_the_socket),
		cmocka_unit_test(a_missing_socket_is_told),
		cmocka_unit_test(a_dead_socket_is_told),
		cmocka_unit_test(a_file_is_no_socket),
		cmocka_unit_test(a_name_that_is_too_long_is_told),
		WITH_FAKE(lists_keys_with_their_comments),
		WITH_FAKE(many_keys_are_listed_up_to_2048),
		WITH_FAKE(an_answer_of_4_gib_is_refused),
		WITH_FAKE(a_failure_is_a_refusal),
		WITH_FAKE(a_silent_agent_is_given_up),
		WITH_FAKE(an_agent_that_hangs_up_is_told),
		WITH_FAKE(asks_to_sign_and_gives_the_whole_signature),
		WITH_FAKE(a_refused_signature_says_what_may_be_missing),
		WITH_FAKE(the_next_request_may_start_from_done),
		cmocka_unit_test(a_failed_request_may_be_followed_by_another_from_done),
		WITH_FAKE(may_be_freed_from_done),
		WITH_FAKE(nothing_is_told_after_cancel),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
