/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sallyport/state.h"
#include "state/document.h"

/* ---- a home of its own ---- */

static char *home, *path;

static int set_up(void **unused)
{
	char template[] = "/tmp/sallyport-state.XXXXXX";

	(void)unused;
	if (!mkdtemp(template))
		return -1;
	home = mem_strdup(template);
	path = mem_printf("%s/sallyport/state.json", home);
	return setenv("XDG_STATE_HOME", home, 1);
}

static int tear_down(void **unused)
{
	char *command = mem_printf("chmod -R u+w %s; rm -rf %s", home, home);
	int status = system(command);

	(void)unused;
	free(command);
	free(home);
	free(path);
	return status;
}

static void write_file(const char *text)
{
	char *folder = mem_printf("%s/sallyport", home);
	mkdir(folder, 0700);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(folder);
}

static char *read_file(void)
{
	struct str text = STR_INIT;

	assert_true(file_read(path, 1 << 20, &text, NULL));
	return str_take(&text);
}

/* ---- hosts and what was found ---- */

static struct host host_named(const char *name)
{
	static char hostname[] = "192.0.2.1", user[] = "root";
	struct host host = { .hostname = hostname, .user = user, .port = 22 };

	host.name = mem_strdup(name);
	return host;
}

struct found {
	const char *id;
	enum verdict verdict;
	const char *summary;
	bool postponed;
};

static void news_add(struct state_news *news, const char *name, const char *depth,
    const struct found *found, size_t count, bool interrupted)
{
	struct host host = host_named(name);
	struct host_report report = { .depth = mem_strdup(depth) };

	for (size_t i = 0; i < count; i++) {
		struct result *result = result_new(found[i].id, found[i].verdict);
		result_summary(result, "%s", found[i].summary);
		if (found[i].postponed)
			result_detail(result, "postponed", "yes");
		host_report_add(&report, result);
	}
	state_news_checked(news, &host, &report, interrupted);
	host_report_done(&report);
	free(host.name);
}

static void check(
    const char *name, const char *depth, const struct found *found, size_t count, bool interrupted)
{
	struct state_news *news = state_news_new();
	struct err err = ERR_INIT;

	news_add(news, name, depth, found, count, interrupted);
	if (!state_write(news, NULL, &err))
		fail_msg("%s", err.text);
	state_news_free(news);
}

/* Results as text: "net.connect=pass:summary ..." */
static void gather(void *ctx, struct state_host *host)
{
	struct str *out = ctx;

	str_addf(out, "[%s %s", host->name, verdict_name(host->verdict));
	for (size_t i = 0; i < host->count; i++)
		str_addf(out, " %s=%s:%s", host->results[i].result->id,
		    verdict_name(host->results[i].result->verdict),
		    host->results[i].result->summary);
	str_add(out, "]");
}

static void assert_known(const char *want)
{
	struct err err = ERR_INIT;
	struct state *state = state_read(&err);
	struct str out = STR_INIT;

	assert_string_equal(err.text, "");
	state_each_host(state, NULL, gather, &out);
	assert_string_equal(str_text(&out), want);
	str_done(&out);
	state_free(state);
}

/* ---- the tests ---- */

static void what_was_found_is_read_again(void **unused)
{
	static const struct found found[] = {
		{ "host.settings", VERDICT_PASS, "complete", false },
		{ "key.mode", VERDICT_WARN, "a \"key\"\n\xff", false },
		{ "net.connect", VERDICT_PASS, "3 ms", false },
	};
	struct stat st;
	char *folder = mem_printf("%s/sallyport", home);

	(void)unused;
	check("web", "reach", found, ARRAY_LEN(found), false);
	/* What this machine says of itself is not kept where it is well. */
	assert_known("[web warn key.mode=warn:a \"key\"\n\xef\xbf\xbd net.connect=pass:3 ms]");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(folder);
}

static void what_was_found_further_on_stays(void **unused)
{
	static const struct found deep[] = {
		{ "net.connect", VERDICT_PASS, "first", false },
		{ "ssh.banner", VERDICT_PASS, "first", false },
		{ "auth.publickey", VERDICT_PASS, "first", false },
	};
	static const struct found near[] = { { "net.connect", VERDICT_FAIL, "second", false } };

	(void)unused;
	check("web", "auth", deep, ARRAY_LEN(deep), false);
	check("web", "reach", near, ARRAY_LEN(near), false);
	/* The banner was looked for and not found. */
	assert_known("[web fail net.connect=fail:second auth.publickey=pass:first]");
}

static void what_could_not_be_had_this_time_is_kept(void **unused)
{
	static const struct found first[] = {
		{ "net.connect", VERDICT_PASS, "first", false },
		{ "ssh.banner", VERDICT_FAIL, "first", false },
	};
	static const struct found held[] = {
		{ "net.connect", VERDICT_SKIP, "called 12 s ago", true },
		{ "ssh.banner", VERDICT_SKIP, "called 12 s ago", true },
	};
	static const struct found stopped[] = {
		{ "net.connect", VERDICT_SKIP, "interrupted", false },
	};

	(void)unused;
	check("web", "reach", first, 2, false);
	check("web", "reach", held, 2, false);
	assert_known("[web skip net.connect=pass:first ssh.banner=fail:first]");
	check("web", "reach", stopped, 1, true);
	check("new", "reach", held, 1, false);
	char *text = read_file();
	assert_non_null(strstr(text, "first"));
	assert_null(strstr(text, "interrupted"));
	free(text);
}

static void unknown_members_survive(void **unused)
{
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "new", false } };

	(void)unused;
	write_file("{\"version\":1,\"theme\":[1,2],\"hosts\":{\"web\":{\"colour\":\"red\","
		   "\"uses\":3,\"used_at\":7},\"other\":{\"x\":1}}}");
	check("web", "reach", found, 1, false);
	char *text = read_file();
	assert_non_null(strstr(text, "\"theme\":[1,2]"));
	assert_non_null(strstr(text, "\"colour\":\"red\""));
	assert_non_null(strstr(text, "\"uses\":3"));
	assert_non_null(strstr(text, "\"other\":{\"x\":1}"));
	free(text);
}

static void count_uses(void *ctx, struct state_host *host)
{
	*(long *)ctx += host->uses;
}

static void uses_are_counted(void **unused)
{
	struct host host = host_named("web");
	long uses = 0;

	(void)unused;
	for (int i = 0; i < 3; i++) {
		struct state_news *news = state_news_new();
		state_news_used(news, &host, 1790000000 + i);
		assert_true(state_write(news, NULL, NULL));
		state_news_free(news);
	}
	struct state *state = state_read(NULL);
	state_each_host(state, NULL, count_uses, &uses);
	assert_int_equal(uses, 3);
	state_free(state);
	free(host.name);
}

static void look_at_web(void *ctx, struct state_host *host)
{
	int *count = ctx;

	++*count;
	assert_string_equal(host->name, "web");
	assert_string_equal(host->depth, "auth");
	assert_true(host->verdict == VERDICT_FAIL);
	assert_int_equal(host->count, 1);
	assert_int_equal(host->uses, 2);
	assert_true(host->used_at == 1790000001);
}

static void several_news_of_a_host_are_one(void **unused)
{
	static const struct found pass[] = { { "net.connect", VERDICT_PASS, "x", false } };
	static const struct found fail[] = { { "net.connect", VERDICT_FAIL, "y", false } };
	struct state_news *news = state_news_new();
	struct host host = host_named("web");
	int count = 0;

	(void)unused;
	unlink(path);
	state_news_used(news, &host, 1790000001);
	news_add(news, "web", "reach", pass, 1, false);
	news_add(news, "web", "auth", fail, 1, false);
	state_news_used(news, &host, 1790000000);
	assert_true(state_write(news, NULL, NULL));
	state_news_free(news);
	struct state *state = state_read(NULL);
	state_each_host(state, NULL, look_at_web, &count);
	assert_int_equal(count, 1);
	state_free(state);
	free(host.name);
}

static void add_many(const char *prefix, int count)
{
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };

	for (int i = 0; i < count; i++) {
		char *name = mem_printf("%s%d", prefix, i);
		check(name, "reach", found, 1, false);
		free(name);
	}
}

static void count_hosts(void *ctx, struct state_host *host)
{
	(void)host;
	++*(size_t *)ctx;
}

static void writers_at_the_same_time_lose_nothing(void **unused)
{
	enum { WRITERS = 4, EACH = 25 };
	size_t count = 0;
	int status;

	(void)unused;
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			char prefix[] = { (char)('a' + i), '\0' };
			add_many(prefix, EACH);
			_exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	struct state *state = state_read(NULL);
	state_each_host(state, NULL, count_hosts, &count);
	assert_int_equal(count, WRITERS * EACH);
	state_free(state);
}

static void a_damaged_file_is_set_aside(void **unused)
{
	static const char *const damaged[] = { "{\"hosts\":{", "nonsense", "[]", "{} {}" };
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };
	char *bad = mem_printf("%s.bad", path);

	(void)unused;
	for (size_t i = 0; i < ARRAY_LEN(damaged); i++) {
		struct err err = ERR_INIT;
		struct str text = STR_INIT;
		write_file(damaged[i]);
		struct state *state = state_read(&err);
		assert_string_not_equal(err.text, "");
		state_free(state);
		check("web", "reach", found, 1, false);
		assert_known("[web pass net.connect=pass:x]");
		assert_true(file_read(bad, 100, &text, NULL));
		assert_string_equal(str_text(&text), damaged[i]);
		str_done(&text);
	}
	free(bad);
}

static bool writes(struct err *err)
{
	struct state_news *news = state_news_new();
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };

	news_add(news, "web", "reach", found, 1, false);
	bool ok = state_write(news, NULL, err);
	state_news_free(news);
	return ok;
}

static void the_file_of_a_later_version_is_left_alone(void **unused)
{
	static const char later[] = "{\"version\":2,\"hosts\":[]}";
	struct err err = ERR_INIT;
	double ago;

	(void)unused;
	write_file(later);
	assert_false(writes(&err));
	assert_non_null(strstr(err.text, "later version"));
	assert_int_equal(state_call("192.0.2.1 22", &ago, NULL), STATE_CALL_UNKNOWN);
	char *text = read_file();
	assert_string_equal(text, later);
	free(text);
}

static void a_folder_in_its_place_stops_nothing(void **unused)
{
	struct err err = ERR_INIT;

	(void)unused;
	write_file("");
	unlink(path);
	mkdir(path, 0700);
	state_free(state_read(&err));
	assert_string_not_equal(err.text, "");
	err.text[0] = '\0';
	assert_false(writes(&err));
	assert_string_not_equal(err.text, "");
}

/* faults C4: a file system that takes no more. */
static void on_a_full_disk_the_old_file_stays(void **unused)
{
	struct rlimit was, none = { 10, RLIM_INFINITY };
	struct err err = ERR_INIT;

	(void)unused;
	add_many("old", 3);
	char *before = read_file();
	getrlimit(RLIMIT_FSIZE, &was);
	none.rlim_max = was.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	bool ok = writes(&err);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_false(ok);
	char *after = read_file(),
	     *command = mem_printf("test $(ls %s/sallyport | wc -l) = 2", home);
	assert_string_equal(before, after);
	assert_int_equal(system(command), 0); /* it and its lock: nothing half-written is left */
	free(before);
	free(after);
	free(command);
}

/* ---- calls ---- */

static void a_server_is_left_alone_for_a_while(void **unused)
{
	double ago = -1;

	(void)unused;
	assert_int_equal(state_call("192.0.2.1 22", &ago, NULL), STATE_CALL_NOW);
	assert_int_equal(state_call("192.0.2.1 22", &ago, NULL), STATE_CALL_LATER);
	assert_true(ago >= 0 && ago < 10);
	assert_int_equal(state_call("192.0.2.1 23", &ago, NULL), STATE_CALL_NOW);
}

static void write_call(double ago, double until)
{
	double now = state_now();
	char *text = mem_printf(
	    "{\"servers\":{\"a 22\":{\"called\":%.3f,\"until\":%.3f}}}", now - ago, now + until);

	write_file(text);
	free(text);
}

static void a_time_to_come_counts_as_now(void **unused)
{
	double ago = -1;

	(void)unused;
	write_call(-1000, 0);
	assert_int_equal(state_call("a 22", &ago, NULL), STATE_CALL_LATER);
	assert_true(ago == 0);
	write_call(31, -31);
	assert_int_equal(state_call("a 22", &ago, NULL), STATE_CALL_NOW);
	assert_true(state_age(200, 100) == 0);
}

static void what_a_server_holds_against_us_passes(void **unused)
{
	struct known_server server = { 0, 0 };

	(void)unused;
	server_called(&server, 1000, 5);
	assert_true(server_unfinished(&server, 1000) == 5);
	server_called(&server, 1002, 3);
	assert_true(server_unfinished(&server, 1002) == 6);
	assert_true(server_unfinished(&server, 1007) == 1);
	assert_true(server_unfinished(&server, 1100) == 0);
	/* The clock was set back by a day. */
	assert_true(server_unfinished(&server, 1002 - 86400) <= 6);
}

static void old_calls_are_forgotten(void **unused)
{
	(void)unused;
	write_call(5000, -4999);
	assert_true(writes(NULL));
	char *text = read_file();
	assert_null(strstr(text, "a 22"));
	free(text);
}

/* More than is kept in memory: it waits in a temporary file. */
static void much_news_is_written(void **unused)
{
	enum { HOSTS = 400 };
	char summary[300] = "", name[32];
	const struct found found[] = { { "net.connect", VERDICT_PASS, summary, false } };
	struct state_news *news = state_news_new();

	(void)unused;
	unlink(path);
	memset(summary, 'x', sizeof summary - 1);
	for (int i = 0; i < HOSTS; i++) {
		snprintf(name, sizeof name, "host-%03d", i);
		memcpy(summary, name, strlen(name));
		news_add(news, name, "reach", found, 1, false);
		state_news_called(news, name, state_now(), 0);
	}
	assert_true(state_write(news, NULL, NULL));
	state_news_free(news);
	char *text = read_file();
	for (int i = 0; i < HOSTS; i++) {
		snprintf(name, sizeof name, "\"host-%03d\":", i);
		assert_non_null(strstr(text, name));
		snprintf(name, sizeof name, "\"host-%03dxxx", i);
		assert_non_null(strstr(text, name));
	}
	free(text);
}

/* ---- hosts that are gone ---- */

static void hosts_that_are_gone_are_forgotten_in_time(void **unused)
{
	struct host_list list = { 0 };
	struct state_news *news = state_news_new();
	char *text =
	    mem_printf("{\"hosts\":{\"here\":{\"checked_at\":1},\"gone\":{\"checked_at\":1},"
		       "\"elsewhere\":{\"checked_at\":%.3f}}}",
		state_now());
	static const char hosts[] = "{\"hosts\":[{\"name\":\"here\",\"hostname\":\"192.0.2.1\"}]}";

	(void)unused;
	write_file(text);
	free(text);
	assert_true(hosts_parse(&list, hosts, strlen(hosts), "hosts.json", NULL));
	assert_true(state_write(news, &list, NULL));
	text = read_file();
	assert_non_null(strstr(text, "here"));
	assert_non_null(strstr(text, "elsewhere"));
	assert_null(strstr(text, "gone"));
	free(text);
	state_news_free(news);
	hosts_done(&list);
}

static void results_of_another_address_are_not_told(void **unused)
{
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };
	static const char hosts[] = "{\"hosts\":[{\"name\":\"web\",\"hostname\":\"192.0.2.9\"}]}";
	struct host_list list = { 0 };
	struct str out = STR_INIT;

	(void)unused;
	check("web", "reach", found, 1, false);
	assert_true(hosts_parse(&list, hosts, strlen(hosts), "hosts.json", NULL));
	struct state *state = state_read(NULL);
	state_each_host(state, &list, gather, &out);
	assert_string_equal(str_text(&out), "[web skip]");
	str_done(&out);
	state_free(state);
	hosts_done(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Whatever their order in the file, and whichever begins like another one. */
static void each_server_is_found(void **unused)
{
	static const char text[] =
	    "{\"version\":1,\"servers\":{\"b 22\":{\"called\":30},\"a 2222\":{\"called\":20},"
	    "\"a 22\":{\"called\":10},\"a 2\":7,\"\":{\"called\":40}}}";
	struct state *state = state_parse(text, strlen(text), NULL);

	(void)unused;
	assert_true(state_called_ago(state, "a 22", 100) == 90);
	assert_true(state_called_ago(state, "a 2222", 100) == 80);
	assert_true(state_called_ago(state, "b 22", 100) == 70);
	assert_true(state_called_ago(state, "", 100) == 60);
	assert_true(state_called_ago(state, "a 2", 100) < 0);
	assert_true(state_called_ago(state, "a 222", 100) < 0);
	assert_true(state_called_ago(state, "c", 100) < 0);
	state_free(state);
	state = state_parse("{\"servers\":[]}", 14, NULL);
	assert_true(state_called_ago(state, "a 22", 100) < 0);
	state_free(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_found_is_read_again),
		TEST(what_was_found_further_on_stays),
		TEST(what_could_not_be_had_this_time_is_kept),
		TEST(unknown_members_survive),
		TEST(uses_are_counted),
		TEST(several_news_of_a_host_are_one),
		TEST(writers_at_the_same_time_lose_nothing),
		TEST(a_damaged_file_is_set_aside),
		TEST(the_file_of_a_later_version_is_left_alone),
		TEST(a_folder_in_its_place_stops_nothing),
		TEST(on_a_full_disk_the_old_file_stays),
		TEST(a_server_is_left_alone_for_a_while),
		TEST(a_time_to_come_counts_as_now),
		TEST(what_a_server_holds_against_us_passes),
		TEST(each_server_is_found),
		TEST(old_calls_are_forgotten),
		TEST(much_news_is_written),
		TEST(hosts_that_are_gone_are_forgotten_in_time),
		TEST(results_of_another_address_are_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
