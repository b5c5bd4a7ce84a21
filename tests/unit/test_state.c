/* SPDX-License-Identifier: Apache-2.0 */
#include "state_home.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

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

static void look_at_left(void *ctx, struct state_host *host)
{
	int *left = ctx;

	for (size_t i = 0; i < host->count; i++)
		*left += result_is_left(host->results[i].result);
}

/* Else it would look as if all was done. */
static void what_was_left_undone_is_known_as_such(void **unused)
{
	static const struct found found[] = { { "auth.methods", VERDICT_PASS, "x", false },
		{ "auth.publickey", VERDICT_SKIP, "not asked", true } };
	struct state *state;
	int left = 0;

	(void)unused;
	unlink(path);
	check("web", "auth", found, 2, false);
	state = state_read(NULL);
	state_each_host(state, NULL, look_at_left, &left);
	assert_int_equal(left, 1);
	state_free(state);
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

/* Of a process that was killed as it wrote; and nobody else's file is written to by a link in its place. */
static void what_a_killed_writer_left_goes(void **unused)
{
	static const struct found found[] = { { "net.connect", VERDICT_PASS, "x", false } };
	char *left = mem_printf("%s.new", path);
	struct stat st;

	(void)unused;
	write_file("{}");
	assert_int_equal(symlink("elsewhere", left), 0);
	check("web", "reach", found, 1, false);
	assert_known("[web pass net.connect=pass:x]");
	assert_int_equal(lstat(left, &st), -1);
	free(left);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_found_is_read_again),
		TEST(what_was_found_further_on_stays),
		TEST(what_could_not_be_had_this_time_is_kept),
		TEST(unknown_members_survive),
		TEST(uses_are_counted),
		TEST(several_news_of_a_host_are_one),
		TEST(what_was_left_undone_is_known_as_such),
		TEST(writers_at_the_same_time_lose_nothing),
		TEST(a_damaged_file_is_set_aside),
		TEST(what_a_killed_writer_left_goes),
		TEST(the_file_of_a_later_version_is_left_alone),
		TEST(a_folder_in_its_place_stops_nothing),
		TEST(on_a_full_disk_the_old_file_stays),
		TEST(much_news_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
