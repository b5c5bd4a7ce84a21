/* SPDX-License-Identifier: Apache-2.0 */
/* Loading hosts.json: values, defaults, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "hosts_text.h"

/* ---- values ---- */

static void every_member_is_read(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"version\":1,\"hosts\":[{\"name\":\"ecs1\",\"hostname\":\"121.196.10.20\",\"port\":2222,"
	    "\"user\":\"root\",\"identity_file\":\"~/.ssh/ecs.pem\",\"identities_only\":true,"
	    "\"proxy_jump\":\"a,b@c:22\",\"local_forward\":[\"8080 localhost:80\",\"9 x:9\"],"
	    "\"server_alive_interval\":30,\"strict_host_key_checking\":\"ACCEPT-NEW\","
	    "\"set_env\":{\"A\":\"1\",\"B\":\"\"},\"group\":\"aliyun/hangzhou\",\"tags\":[\"web\"],"
	    "\"note\":\"front\\nend\",\"cloud\":{\"provider\":\"ecs\",\"security_groups\":[\"s1\",\"s2\"],"
	    "\"new\":{\"x\":1}}}]}");
	const struct host *host = hosts_find(&list, "ecs1");

	assert_non_null(host);
	assert_null(host->problem);
	assert_int_equal(list.warnings.len, 0);
	assert_string_equal(host->hostname, "121.196.10.20");
	assert_int_equal(host->port, 2222);
	assert_string_equal(host->user, "root");
	assert_int_equal(host->identity_file.len, 1);
	assert_string_equal(host->identity_file.items[0], "~/.ssh/ecs.pem");
	assert_true(host->identities_only);
	assert_string_equal(host->proxy_jump, "a,b@c:22");
	assert_int_equal(host->local_forward.len, 2);
	assert_int_equal(host->server_alive_interval, 30);
	assert_string_equal(host->strict_host_key_checking, "accept-new");
	assert_int_equal(host->set_env.len, 2);
	assert_string_equal(host->set_env.items[1], "B=");
	assert_string_equal(host->note, "front\nend");
	assert_int_equal(host->cloud.len, 2);
	assert_string_equal(host->cloud.items[1], "security_groups=s1,s2");
	assert_int_equal(host->line, 1);
	assert_string_equal(host->source, "hosts.json");
	hosts_done(&list);
}

static void what_is_not_given_is_built_in(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, "{\"hosts\":[{\"name\":\"box\"}]}");
	const struct host *host = hosts_find(&list, "box");

	assert_null(host->problem);
	assert_string_equal(host->hostname, "box");
	assert_int_equal(host->port, 22);
	assert_string_equal(host->user, list.local_user);
	assert_string_equal(host->strict_host_key_checking, "ask");
	assert_string_equal(host->address_family, "any");
	assert_int_equal(host->server_alive_count_max, 3);
	assert_int_equal(host->identity_file.len, 0);
	assert_int_equal(host_origin(host, host_field_find("port")), ORIGIN_BUILTIN);
	assert_int_equal(host_origin(host, host_field_find("name")), ORIGIN_HOST);
	hosts_done(&list);
}

static void defaults_fill_in_and_a_host_wins(void **state)
{
	(void)state;
	struct host_list list;

	/* "defaults" behind "hosts" counts as well */
	load(&list,
	    "{\"hosts\":[{\"name\":\"a\"},{\"name\":\"b\",\"user\":\"root\",\"tags\":[]}],"
	    "\"defaults\":{\"user\":\"ecs-user\",\"port\":2200,\"tags\":[\"x\",\"y\"],\"forward_agent\":true}}");
	const struct host *a = hosts_find(&list, "a"), *b = hosts_find(&list, "b");

	assert_string_equal(a->user, "ecs-user");
	assert_string_equal(b->user, "root");
	assert_int_equal(a->port, 2200);
	assert_int_equal(b->port, 2200);
	assert_int_equal(a->tags.len, 2);
	assert_int_equal(b->tags.len, 0);
	assert_true(b->forward_agent);
	assert_int_equal(host_origin(a, host_field_find("user")), ORIGIN_DEFAULTS);
	assert_int_equal(host_origin(b, host_field_find("user")), ORIGIN_HOST);
	hosts_done(&list);
}

static void host_name_tokens_are_expanded(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"defaults\":{\"hostname\":\"%h.example.org\"},\"hosts\":[{\"name\":\"web\"},"
	    "{\"name\":\"six\",\"hostname\":\"fe80::1%eth0\"},{\"name\":\"six2\",\"hostname\":\"fe80::1%%eth0\"},"
	    "{\"name\":\"bad\",\"hostname\":\"a%n\"}]}");
	assert_string_equal(hosts_find(&list, "web")->hostname, "web.example.org");
	assert_string_equal(hosts_find(&list, "six")->hostname, "fe80::1%eth0");
	assert_string_equal(hosts_find(&list, "six2")->hostname, "fe80::1%eth0");
	assert_problem(problem_of(&list, "bad"), "hosts.json:1:", "hostname");
	hosts_done(&list);
}

static void an_empty_object_is_an_empty_list(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, "{}");
	assert_int_equal(list.len, 0);
	assert_false(list.missing);
	assert_null(hosts_find(&list, "x"));
	assert_null(hosts_by_id(&list, 1));
	hosts_done(&list);
}

static void hosts_are_found_by_name_and_id(void **state)
{
	(void)state;
	struct host_list list;
	static const char *const names[] = { "m", "a", "z", "b", "aa" };

	load(&list,
	    "{\"hosts\":[{\"name\":\"m\"},{\"name\":\"a\"},{\"name\":\"z\"},{\"name\":\"b\"},{\"name\":\"aa\"}]}");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct host *host = hosts_find(&list, names[i]);

		assert_ptr_equal(host, list.items[i]); /* file order is kept */
		assert_ptr_equal(hosts_by_id(&list, host->id), host);
	}
	assert_null(hosts_find(&list, "ab"));
	assert_null(hosts_find(&list, ""));
	assert_null(hosts_by_id(&list, 0));
	assert_null(hosts_by_id(&list, 6));
	hosts_done(&list);
}

/* ---- defaults ---- */

static void a_wrong_default_is_a_problem_of_who_takes_it(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list,
	    "{\"defaults\":{\"port\":\"22\"},\"hosts\":[{\"name\":\"a\"},{\"name\":\"b\",\"port\":22}]}");
	assert_problem(problem_of(&list, "a"), "hosts.json:1:21: defaults: port:", "whole number");
	assert_null(problem_of(&list, "b"));
	assert_null(hosts_resolve(&list, "literal.example.org", &err));
	assert_non_null(strstr(err.text, "defaults: port"));
	hosts_done(&list);
}

static void defaults_cannot_name_hosts(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, "{\"defaults\":{\"name\":\"x\"},\"hosts\":[{\"name\":\"a\"}]}");
	assert_problem(list.defaults->problem, "hosts.json:1:21: defaults: name:", "same");
	assert_null(problem_of(&list, "a"));
	hosts_done(&list);
}

static void a_default_that_is_there_twice_is_no_default(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, "{\"defaults\":{\"user\":\"a\",\"user\":\"b\"},\"hosts\":[{\"name\":\"a\"}]}");
	assert_problem(problem_of(&list, "a"), "hosts.json:1:", "defaults: user: is there twice");
	hosts_done(&list);
}

/* ---- files ---- */

static char *make_dir(void)
{
	char *dir = mem_strdup("/tmp/sallyport-test-XXXXXX");

	assert_non_null(mkdtemp(dir));
	return dir;
}

static char *write_file(const char *dir, const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void a_missing_file_is_an_empty_list(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	assert_true(hosts_load(&list, "/nonexistent/dir/hosts.json", &err));
	assert_true(list.missing);
	assert_int_equal(list.len, 0);
	assert_string_equal(list.path, "/nonexistent/dir/hosts.json");
	struct host *host =
	    hosts_resolve(&list, "box", &err); /* literal hosts work without a file */

	assert_non_null(host);
	assert_string_equal(host->user, list.local_user);
	host_free(host);
	hosts_done(&list);
}

static void a_file_is_read_and_a_wide_mode_warned_of(void **state)
{
	(void)state;
	char *dir = make_dir(),
	     *path = write_file(dir, "h o.json", "{\"hosts\":[{\"name\":\"a\"}]}");
	struct host_list list;

	chmod(path, 0600);
	assert_true(hosts_load(&list, path, NULL));
	assert_int_equal(list.len, 1);
	assert_int_equal(list.warnings.len, 0);
	assert_string_equal(list.items[0]->source, "h o.json");
	hosts_done(&list);
	chmod(path, 0666);
	assert_true(hosts_load(&list, path, NULL));
	assert_int_equal(list.warnings.len, 1);
	assert_non_null(strstr(list.warnings.items[0], "0666"));
	hosts_done(&list);
	unlink(path);
	rmdir(dir);
	free(path);
	free(dir);
}

/* H27: none of these may hang, or be read */
static void what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	char *dir = make_dir();
	char *fifo = mem_printf("%s/fifo", dir), *sock = mem_printf("%s/sock", dir);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(strlen(sock) < sizeof addr.sun_path);
	strcpy(addr.sun_path, sock);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	const char *const paths[] = { dir, fifo, sock, "/dev/zero", "/dev/null" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		assert_false(hosts_load(&list, paths[i], &err));
		assert_int_equal(err.code, ERR_IO);
		assert_non_null(strstr(err.text, "not a file"));
		hosts_done(&list);
	}
	close(fd);
	unlink(fifo);
	unlink(sock);
	rmdir(dir);
	free(fifo);
	free(sock);
	free(dir);
}

/* H5 */
static void a_huge_file_is_refused(void **state)
{
	(void)state;
	char *dir = make_dir(), *path = write_file(dir, "hosts.json", " ");
	struct host_list list;
	struct err err = ERR_INIT;

	assert_int_equal(truncate(path, (off_t)500 * 1024 * 1024), 0);
	assert_false(hosts_load(&list, path, &err));
	assert_int_equal(err.code, ERR_IO);
	assert_non_null(strstr(err.text, "524288000"));
	hosts_done(&list);
	unlink(path);
	rmdir(dir);
	free(path);
	free(dir);
}

/* H28 */
static void the_path_follows_the_environment(void **state)
{
	(void)state;
	static const struct {
		const char *given, *env, *xdg, *home, *path;
	} cases[] = {
		{ "x.json", "/e/h.json", "/c", "/h", "x.json" },
		{ NULL, "/e/h.json", "/c", "/h", "/e/h.json" },
		{ NULL, "", "/c", "/h", "/c/sallyport/hosts.json" },
		{ NULL, NULL, "/c", "/h", "/c/sallyport/hosts.json" },
		{ NULL, NULL, NULL, "/h", "/h/.config/sallyport/hosts.json" },
		{ NULL, NULL, "", "/h", "/h/.config/sallyport/hosts.json" },
		{ NULL, NULL, "relative", "/h", "/h/.config/sallyport/hosts.json" },
		{ NULL, NULL, NULL, "/with space\nand line",
		    "/with space\nand line/.config/sallyport/hosts.json" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const names[] = { "SALLYPORT_HOSTS", "XDG_CONFIG_HOME", "HOME" };
		const char *const values[] = { cases[i].env, cases[i].xdg, cases[i].home };

		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			if (values[k])
				setenv(names[k], values[k], 1);
			else
				unsetenv(names[k]);
		}
		char *path = hosts_path(cases[i].given, NULL);

		assert_string_equal(path, cases[i].path);
		free(path);
	}
}

/* H28: without $HOME the password database knows */
static void without_home_there_is_still_a_path(void **state)
{
	(void)state;
	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("SALLYPORT_HOSTS");
	char *path = hosts_path(NULL, NULL);

	assert_non_null(path);
	assert_true(path[0] == '/' && str_ends(path, "/.config/sallyport/hosts.json"));
	free(path);
}

/* A list of very many hosts loads without any step that grows with its square; a slow one would not end. */
static void many_hosts_load(void **state)
{
	(void)state;
	struct str text = STR_INIT;
	struct host_list list;
	int count = 20000;

	str_add(&text, "{\"hosts\":[");
	for (int i = 0; i < count; i++)
		str_addf(&text, "%s\n{\"name\":\"host%d\",\"port\":\"x\",\"port\":1}", i ? "," : "",
		    i / 2);
	str_add(&text, "]}");
	load(&list, text.data);
	assert_int_equal(list.len, count);
	assert_int_equal(hosts_find(&list, "host9999")->line, count);
	str_done(&text);
	hosts_done(&list);
}

static char *file_of(const char *text)
{
	char *path = mem_strdup("/tmp/test_hosts.XXXXXX");
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

/* The first are there before the rest; what concerns them all is known at the end. */
static void the_first_hosts_come_before_the_rest(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct host_list list;
	char *path = file_of("{\"hosts\":[{\"name\":\"a\"},{\"name\":\"b\"},\n{\"name\":\"a\"}],"
			     "\"defaults\":{\"port\":2200}}");

	assert_true(hosts_load_first(&list, path, 2, &err));
	assert_int_equal(list.len, 2);
	assert_non_null(list.loader);
	assert_int_equal(list.items[1]->port, 2200);
	hosts_load_rest(&list);
	assert_null(list.loader);
	assert_int_equal(list.len, 3);
	assert_non_null(list.items[0]->problem);
	assert_int_equal(list.items[2]->line, 2);
	assert_ptr_equal(hosts_find(&list, "b"), list.items[1]);
	hosts_load_rest(&list);
	assert_int_equal(list.len, 3);
	hosts_done(&list);

	/* as many as there are, and fewer */
	assert_true(hosts_load_first(&list, path, 4, &err));
	assert_null(list.loader);
	assert_int_equal(list.len, 3);
	hosts_done(&list);
	assert_true(hosts_load_first(&list, path, 1, &err));
	hosts_done(&list);
	unlink(path);
	free(path);
}

static void a_fault_behind_the_first_hosts_is_told_at_once(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct host_list list;
	char *path = file_of("{\"hosts\":[{\"name\":\"a\"},{\"name\":\"b\"},\n x ]}");

	assert_false(hosts_load_first(&list, path, 1, &err));
	assert_non_null(strstr(err.text, ":2:2"));
	assert_int_equal(list.len, 0);
	assert_null(list.loader);
	hosts_done(&list);
	unlink(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(what_is_not_given_is_built_in),
		cmocka_unit_test(defaults_fill_in_and_a_host_wins),
		cmocka_unit_test(host_name_tokens_are_expanded),
		cmocka_unit_test(an_empty_object_is_an_empty_list),
		cmocka_unit_test(hosts_are_found_by_name_and_id),
		cmocka_unit_test(a_wrong_default_is_a_problem_of_who_takes_it),
		cmocka_unit_test(defaults_cannot_name_hosts),
		cmocka_unit_test(a_default_that_is_there_twice_is_no_default),
		cmocka_unit_test(a_missing_file_is_an_empty_list),
		cmocka_unit_test(a_file_is_read_and_a_wide_mode_warned_of),
		cmocka_unit_test(what_is_no_regular_file_is_refused),
		cmocka_unit_test(a_huge_file_is_refused),
		cmocka_unit_test(the_path_follows_the_environment),
		cmocka_unit_test(without_home_there_is_still_a_path),
		cmocka_unit_test(many_hosts_load),
		cmocka_unit_test(the_first_hosts_come_before_the_rest),
		cmocka_unit_test(a_fault_behind_the_first_hosts_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
