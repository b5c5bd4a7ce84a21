/* SPDX-License-Identifier: Apache-2.0 */
/* key.agent: its rules, and a run whose agent says nothing. */
#include "checks/internal.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "shell.h"

#include "hosts/host_list.h"
#include "sallyport/loop.h"

static int make_files(void **state)
{
	if (shell_setup(state) != 0)
		return -1;
	shell("ssh-keygen -q -t ed25519 -N '' -f good");
	shell("ssh-keygen -q -t ed25519 -N harbour -f locked");
	shell(
	    "openssl genpkey -algorithm ed25519 -aes-128-cbc -pass pass:harbour -out p8 && chmod 600 p8");
	return 0;
}

/* ---- the rules ---- */

static void has(const char *text, const char *part, const char *row)
{
	if (!text || !strstr(text, part))
		fail_msg("%s: not in '%s': %s", row, text ? text : "(nothing)", part);
}

/* An agent with so many keys; the first one is that of the path, if one is given. */
static struct agent_view agent_with(struct key_cache *cache, const char *held, size_t count)
{
	struct agent_view view = { .keys = mem_zalloc(count + 1, sizeof *view.keys),
		.count = count };

	for (size_t i = 0; i < count; i++) {
		char blob[16];
		snprintf(blob, sizeof blob, "key %zu", i);
		if (i == 0 && held) {
			const struct check_key *key =
			    key_cache_get(cache, held, &(struct strlist){ 0 });
			pubkey_copy(&view.keys[i], key->file.pub.blob, key->file.pub.len);
		} else {
			pubkey_copy(&view.keys[i], (const unsigned char *)blob, strlen(blob));
		}
	}
	return view;
}

static void view_done(struct agent_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		pubkey_done(&view->keys[i]);
	free(view->keys);
}

static void try_agent(const char *paths, bool defaults, bool only, const char *held, size_t count,
    enum verdict verdict, const char *summary, const char *hint)
{
	struct host *host = host_new();
	struct key_cache cache = { 0 };
	struct check_job job = { .host = host };
	struct agent_view view = agent_with(&cache, held, count);
	struct result *result;

	host->identities_only = only;
	strlist_split(&host->identity_file, paths, " ");
	check_job_keys(&job, &cache);
	job.keys_default = defaults;
	result = key_agent_judge("key.agent", &job, &view);
	has(result->summary, summary, paths);
	assert_int_equal(result->verdict, verdict);
	if (hint)
		has(result->hint, hint, paths);
	else
		assert_null(result->hint);
	result_free(result);
	check_job_done(&job);
	view_done(&view);
	key_cache_done(&cache);
	host_free(host);
}

static void key_agent_tells_what_a_login_will_ask_for(void **state)
{
	(void)state;
	try_agent("good", false, false, "good", 1, VERDICT_PASS, "good is in the agent", NULL);
	try_agent("locked good", false, false, "good", 1, VERDICT_PASS, "good is in", NULL);
	try_agent("good", false, false, NULL, 1, VERDICT_PASS, "works without", NULL);
	try_agent("locked", false, false, NULL, 0, VERDICT_PASS, "asks for its passphrase",
	    "ssh-add locked");
	try_agent("p8", false, false, NULL, 1, VERDICT_SKIP, "nobody can tell", "ssh-keygen -y");
	try_agent("none", false, false, NULL, 2, VERDICT_PASS, "offers 2 keys", NULL);
	try_agent("none", false, false, NULL, 0, VERDICT_SKIP, "holds no key", "ssh-add FILE");
}

static void key_agent_counts_the_attempts(void **state)
{
	(void)state;
	try_agent("good", true, false, "good", 6, VERDICT_PASS, "good is in the agent", NULL);
	try_agent("good", true, false, NULL, 6, VERDICT_WARN, "7 keys would be offered",
	    "identities_only");
	try_agent("good", true, true, NULL, 6, VERDICT_PASS, "works without", NULL);
	/* What the host names is offered first by us, and by ssh if the agent has it. */
	try_agent("good", false, false, "good", 9, VERDICT_PASS, "in the agent", NULL);
	try_agent("good", false, false, NULL, 9, VERDICT_PASS, "works without", "ssh itself");
}

static void an_agent_that_does_not_answer_is_noticed(void **state)
{
	struct host *host = host_new();
	struct check_job job = { .host = host };
	struct agent_view view = { .none = false };
	struct result *result;

	(void)state;
	err_set(&view.why, ERR_TIMEOUT, "no answer");
	result = key_agent_judge("key.agent", &job, &view);
	assert_int_equal(result->verdict, VERDICT_WARN);
	assert_string_equal(result->summary, "no answer");
	result_free(result);
	host_free(host);
}

/* ---- an agent that takes the connection and then says nothing ---- */

struct told {
	struct loop *loop;
	struct str text; /* "a pass: key.agent=pass", a host a line */
};

static void on_host_done(void *ctx, const struct host *host, const struct host_report *report)
{
	struct told *told = ctx;

	str_addf(&told->text, "%s %s:", host->name, verdict_name(report->verdict));
	for (size_t i = 0; i < report->count; i++)
		if (str_eq(report->results[i]->id, "key.agent"))
			str_addf(&told->text, " %s", report->results[i]->summary);
	str_add(&told->text, "\n");
}

static void on_done(void *ctx)
{
	struct told *told = ctx;

	loop_stop(told->loop);
}

static const struct checks_owner owner = { .host_done = on_host_done, .done = on_done };
static struct host_list list;

static int silent_agent(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "agent" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&sun, sizeof sun), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static unsigned connections(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned count = 0;

	while (poll(&ready, 1, 0) == 1) {
		close(accept(fd, NULL, NULL));
		count++;
	}
	return count;
}

static void add_host(const char *name, const char *agent)
{
	struct host *host = host_new();

	host->name = mem_strdup(name);
	host->hostname = mem_strdup(name);
	host->port = 22;
	host->identity_agent = mem_strdup(agent);
	host_list_add(&list, host);
}

static struct checks *start(struct told *told, double timeout_ms)
{
	const struct checks_options options = { .depth = DEPTH_LOCAL,
		.connect_timeout_ms = timeout_ms,
		.host_timeout_ms = 10000,
		.jobs = 4 };

	return checks_start(told->loop, &list, list.items, list.len, &options, &owner, told);
}

/* It is asked once for all, and waited for no longer than a server is. */
static void an_agent_that_hangs_does_not_hang_the_run(void **state)
{
	int fd = silent_agent();
	struct told told = { .loop = loop_new() };
	struct checks *checks;

	(void)state;
	add_host("a", "agent");
	add_host("b", "agent");
	add_host("c", "none");
	checks = start(&told, 50);
	loop_run(told.loop, NULL, NULL);
	checks_cancel(checks);
	assert_int_equal(connections(fd), 1);
	assert_true(str_starts(told.text.data, "c pass: no SSH agent is used"));
	has(told.text.data, "\na warn: ", "a");
	has(told.text.data, "\nb warn: ", "b");
	str_done(&told.text);
	loop_free(told.loop);
	close(fd);
	unlink("agent");
}

static void a_check_that_waits_can_be_stopped_and_cancelled(void **state)
{
	int fd = silent_agent();
	struct told told = { .loop = loop_new() };
	struct checks *checks;

	(void)state;
	add_host("a", "agent");
	checks = start(&told, 3000);
	loop_turn(told.loop);
	assert_int_equal(told.text.len, 0);
	checks_stop(checks);
	loop_run(told.loop, NULL, NULL);
	assert_string_equal(told.text.data, "a pass: interrupted\n");
	checks_cancel(checks);
	str_reset(&told.text);
	checks = start(&told, 3000);
	loop_turn(told.loop);
	checks_cancel(checks);
	assert_int_equal(told.text.len, 0);
	str_done(&told.text);
	loop_free(told.loop);
	close(fd);
	unlink("agent");
}

static int start_list(void **state)
{
	(void)state;
	list.defaults = host_new();
	return 0;
}

static int drop_list(void **state)
{
	(void)state;
	hosts_done(&list);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_agent_tells_what_a_login_will_ask_for),
		cmocka_unit_test(key_agent_counts_the_attempts),
		cmocka_unit_test(an_agent_that_does_not_answer_is_noticed),
		cmocka_unit_test_setup_teardown(
		    an_agent_that_hangs_does_not_hang_the_run, start_list, drop_list),
		cmocka_unit_test_setup_teardown(
		    a_check_that_waits_can_be_stopped_and_cancelled, start_list, drop_list),
	};

	return cmocka_run_group_tests(tests, make_files, shell_teardown);
}
