/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"
#include "ssh/agent.h"
#include "ssh/agentmsg.h"

static char folder[] = "/tmp/sallyport-agent-XXXXXX";
static char *sock_path;

static struct sockaddr_un sun_of(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	assert_true(strlen(path) < sizeof sun.sun_path);
	memcpy(sun.sun_path, path, strlen(path));
	return sun;
}

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

/* ---- what was told ---- */

struct got {
	struct loop *loop;
	struct agent *agent;
	int calls;
	size_t count;
	struct strlist keys; /* "type comment" */
	struct pubkey first;
	struct str sig;
	struct err why;
	bool again, free_in_done;
};

static void told(struct got *got, const struct err *why)
{
	got->calls++;
	got->why = why != NULL ? *why : (struct err)ERR_INIT;
	if (got->free_in_done) {
		agent_free(got->agent);
		got->agent = NULL;
	}
	loop_stop(got->loop);
}

static void on_keys(void *ctx, const struct agent_key *keys, size_t count, const struct err *why)
{
	struct got *got = ctx;

	got->count = count;
	for (size_t i = 0; i < count; i++) {
		char *type = pubkey_type(keys[i].pub.blob, keys[i].pub.len);

		strlist_take(&got->keys, mem_printf("%s %s", type, keys[i].comment));
		free(type);
	}
	if (count > 0 && got->first.blob == NULL)
		pubkey_copy(&got->first, keys[0].pub.blob, keys[0].pub.len);
	if (got->again) {
		got->again = false;
		got->calls++;
		agent_list_start(got->agent, 5000, on_keys, got);
		return;
	}
	told(got, why);
}

static void on_sig(void *ctx, const unsigned char *sig, size_t len, const struct err *why)
{
	struct got *got = ctx;

	assert_true((sig == NULL) == (why != NULL));
	if (sig != NULL)
		str_add_mem(&got->sig, sig, len);
	told(got, why);
}

static void got_open(struct got *got)
{
	*got = (struct got){ .loop = loop_new() };
	got->agent = agent_new(got->loop, sock_path, NULL);
	assert_non_null(got->agent);
}

static void got_close(struct got *got)
{
	agent_free(got->agent);
	loop_free(got->loop);
	strlist_done(&got->keys);
	pubkey_done(&got->first);
	str_done(&got->sig);
}

static void list(struct got *got, double timeout_ms)
{
	agent_list_start(got->agent, timeout_ms, on_keys, got);
	assert_int_equal(got->calls, 0);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static void sign(struct got *got, const struct pubkey *key, const char *data, unsigned flags)
{
	agent_sign_start(got->agent, key, data, strlen(data), flags, on_sig, got);
	loop_run(got->loop, NULL, NULL);
	assert_int_equal(got->calls, 1);
}

static void assert_why(const struct got *got, enum err_code code, const char *says)
{
	assert_int_equal(got->count, 0);
	assert_int_equal(got->why.code, code);
	if (strstr(got->why.text, says) == NULL || strstr(got->why.text, sock_path) == NULL)
		fail_msg("\"%s\" or \"%s\" is not in \"%s\"", says, sock_path, got->why.text);
	assert_string_not_equal(got->why.hint, "");
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

static void an_agent_without_keys_is_no_error(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 0);
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_int_equal(s->got.count, 0);
	assert_int_equal(s->got.why.code, ERR_NONE);
}

static void keys_without_a_type_are_left_out(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 2);
	str_add_wire(&s->body, "\377\377\377\377", 4);
	str_add_wire(&s->body, "bad", 3);
	add_key(&s->body, "ssh-ed25519", "good");
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_int_equal(s->got.count, 1);
	assert_string_equal(s->got.keys.items[0], "ssh-ed25519 good");
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

static void more_keys_are_refused(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 2049);
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "2049 keys");
}

/* A7 */
static void an_answer_of_4_gib_is_refused(void **state)
{
	struct session *s = *state;

	str_add_u32(&s->fake.reply, 0xffffffffu);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "4294967295 bytes");
}

static void an_empty_answer_is_refused(void **state)
{
	struct session *s = *state;

	str_add_u32(&s->fake.reply, 0);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "0 bytes");
}

static void a_list_cut_short_is_refused(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 12);
	str_add_u32(&s->body, 2);
	add_key(&s->body, "ssh-ed25519", "only one");
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "cut short");
}

static void another_message_is_refused(void **state)
{
	struct session *s = *state;

	str_add_char(&s->body, 99);
	reply_frame(&s->fake, &s->body);
	list(&s->got, 5000);
	assert_why(&s->got, ERR_PROTOCOL, "message 99");
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

static void a_broken_signature_is_refused(void **state)
{
	struct session *s = *state;
	struct pubkey key = { 0 };

	pubkey_copy(&key, (const unsigned char *)"blob", 4);
	str_add_char(&s->body, 14);
	str_add_wire(&s->body, "\0\0\0\1", 4);
	reply_frame(&s->fake, &s->body);
	sign(&s->got, &key, "data", 0);
	assert_why(&s->got, ERR_PROTOCOL, "cut short or broken");
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

/* ---- OpenSSH's own ---- */

static int run(const char *const *argv)
{
	pid_t pid = fork();
	int status, null;

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t start_ssh_agent(void)
{
	const struct timespec pause = { 0, 5 * 1000 * 1000 };
	struct sockaddr_un sun = sun_of(sock_path);
	pid_t pid = fork();
	int fd = -1;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		execlp("ssh-agent", "ssh-agent", "-D", "-a", sock_path, (char *)NULL);
		_exit(127);
	}
	for (;;) { /* until it listens or is gone */
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&sun, sizeof sun) == 0)
			break;
		close(fd);
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		nanosleep(&pause, NULL);
	}
	close(fd);
	setenv("SSH_AUTH_SOCK", sock_path, 1);
	return pid;
}

static void add_generated_key(const char *type, const char *path)
{
	const char *const keygen[] = { "ssh-keygen", "-q", "-t", type, "-N", "", "-C", "unit test",
		"-f", path, NULL };
	const char *const add[] = { "ssh-add", "-q", path, NULL };
	char *pub = mem_printf("%s.pub", path);

	assert_int_equal(run(keygen), 0);
	assert_int_equal(run(add), 0);
	unlink(path);
	unlink(pub);
	free(pub);
}

static void assert_signed_ed25519(const struct pubkey *key, const struct str *sig, const char *data)
{
	struct wire k = { key->blob, key->len, false };
	struct wire s = { (const unsigned char *)sig->data, sig->len, false };
	size_t key_len, sig_len, name_len;
	const unsigned char *raw, *raw_sig, *name;
	EVP_PKEY *pkey;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	wire_string(&k, &key_len);
	raw = wire_string(&k, &key_len);
	name = wire_string(&s, &name_len);
	raw_sig = wire_string(&s, &sig_len);
	assert_int_equal(name_len, 11);
	assert_memory_equal(name, "ssh-ed25519", 11);
	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, key_len);
	assert_non_null(pkey);
	assert_int_equal(EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey), 1);
	assert_int_equal(
	    EVP_DigestVerify(md, raw_sig, sig_len, (const unsigned char *)data, strlen(data)), 1);
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(md);
}

static void assert_rsa_algorithm(struct got *got, unsigned flags, const char *want)
{
	struct wire wire;
	size_t len;
	const unsigned char *name;

	got->calls = 0;
	str_reset(&got->sig);
	sign(got, &got->first, "some data", flags);
	wire = (struct wire){ (const unsigned char *)got->sig.data, got->sig.len, false };
	name = wire_string(&wire, &len);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(name, want, len);
}

static void openssh_agent_lists_and_signs(void **state)
{
	char *path = mem_printf("%s/key", folder);
	pid_t pid = start_ssh_agent();
	struct got got;

	(void)state;
	add_generated_key("ed25519", path);
	got_open(&got);
	list(&got, 10000);
	assert_int_equal(got.count, 1);
	assert_string_equal(got.keys.items[0], "ssh-ed25519 unit test");
	got.calls = 0;
	sign(&got, &got.first, "some data", 0);
	assert_signed_ed25519(&got.first, &got.sig, "some data");
	got_close(&got);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	free(path);
	unsetenv("SSH_AUTH_SOCK");
	unlink(sock_path);
}

static void openssh_agent_signs_rsa_with_sha2_and_refuses_unknown_keys(void **state)
{
	const char *const drop[] = { "ssh-add", "-D", NULL };
	char *path = mem_printf("%s/key", folder);
	pid_t pid = start_ssh_agent();
	struct got got;

	(void)state;
	add_generated_key("rsa", path);
	got_open(&got);
	list(&got, 10000);
	assert_rsa_algorithm(&got, AGENT_RSA_SHA2_512, "rsa-sha2-512");
	assert_rsa_algorithm(&got, AGENT_RSA_SHA2_256, "rsa-sha2-256");
	assert_int_equal(run(drop), 0);
	got.calls = 0;
	got.count = 0;
	sign(&got, &got.first, "some data", AGENT_RSA_SHA2_512);
	assert_why(&got, ERR_REFUSED, "refused to sign");
	got_close(&got);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	free(path);
	unsetenv("SSH_AUTH_SOCK");
	unlink(sock_path);
}

static int folder_make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	sock_path = mem_printf("%s/sock", folder);
	return setenv("HOME", "/nonexistent", 1);
}

static int folder_remove(void **state)
{
	(void)state;
	free(sock_path);
	return rmdir(folder);
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
		WITH_FAKE(an_agent_without_keys_is_no_error),
		WITH_FAKE(keys_without_a_type_are_left_out),
		WITH_FAKE(many_keys_are_listed_up_to_2048),
		WITH_FAKE(more_keys_are_refused),
		WITH_FAKE(an_answer_of_4_gib_is_refused),
		WITH_FAKE(an_empty_answer_is_refused),
		WITH_FAKE(a_list_cut_short_is_refused),
		WITH_FAKE(another_message_is_refused),
		WITH_FAKE(a_failure_is_a_refusal),
		WITH_FAKE(a_silent_agent_is_given_up),
		WITH_FAKE(an_agent_that_hangs_up_is_told),
		WITH_FAKE(asks_to_sign_and_gives_the_whole_signature),
		WITH_FAKE(a_refused_signature_says_what_may_be_missing),
		WITH_FAKE(a_broken_signature_is_refused),
		WITH_FAKE(the_next_request_may_start_from_done),
		cmocka_unit_test(a_failed_request_may_be_followed_by_another_from_done),
		WITH_FAKE(may_be_freed_from_done),
		WITH_FAKE(nothing_is_told_after_cancel),
		cmocka_unit_test(openssh_agent_lists_and_signs),
		cmocka_unit_test(openssh_agent_signs_rsa_with_sha2_and_refuses_unknown_keys),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
