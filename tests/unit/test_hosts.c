/* SPDX-License-Identifier: Apache-2.0 */
/* Loading hosts.json: values, defaults, and everything that can be wrong with it. */
#include <errno.h>
#include <fcntl.h>
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

#include "sallyport/hosts.h"

/* ---- tools ---- */

static bool parse(struct host_list *list, const char *text, struct err *err)
{
	return hosts_parse(list, text, strlen(text), "hosts.json", err);
}

/* Loads a text that is a document. */
static void load(struct host_list *list, const char *text)
{
	struct err err = ERR_INIT;

	if (!parse(list, text, &err))
		fail_msg("%s: %s", text, err.text);
}

static const char *problem_of(const struct host_list *list, const char *name)
{
	const struct host *host = hosts_find(list, name);

	assert_non_null(host);
	return host->problem;
}

/* The problem must be there and begin with a place and say all the words. */
static void assert_problem(const char *problem, const char *place, const char *word)
{
	if (!problem)
		fail_msg("no problem, expected %s", word);
	if (!str_starts(problem, place) || !strstr(problem, word))
		fail_msg("%s: expected %s ... %s", problem, place, word);
}

/* The text of a host "bad" whose member is wrong, and of a good one beside it. */
static void with_member(struct host_list *list, const char *member)
{
	char *text = mem_printf(
	    "{\"hosts\":[\n  {\"name\":\"bad\",\n   %s},\n  {\"name\":\"good\"}\n]}", member);

	load(list, text);
	assert_int_equal(list->len, 2);
	assert_null(problem_of(list, "good"));
	free(text);
}

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

/* ---- wrong documents ---- */

static const char sample[] =
    "\xef\xbb\xbf{\n  \"version\": 1,\n  \"defaults\": { \"user\": \"\xe4\xb8\xad\" },\n"
    "  \"hosts\": [\n    { \"name\": \"a\\u00e9\", \"port\": 22, \"tags\": [\"x\", true] }\n  ]\n}";

/* H1 */
static void a_document_cut_anywhere_is_refused_with_its_place(void **state)
{
	(void)state;
	struct host_list list;

	load(&list, sample);
	hosts_done(&list);
	for (size_t len = 0; len < sizeof sample - 1; len++) {
		struct err err = ERR_INIT;
		char *text = mem_dup(sample, len + !len);
		int line = 0, col = 0;

		if (hosts_parse(&list, text, len, "f", &err))
			fail_msg("accepted after %zu bytes", len);
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_int_equal(sscanf(err.text, "f:%d:%d: ", &line, &col), 2);
		assert_true(line >= 1 && line <= 7 && col >= 1);
		assert_true(err.hint[0]);
		assert_int_equal(list.len, 0);
		assert_non_null(list.defaults);
		hosts_done(&list);
		free(text);
	}
}

/* H2, H3, H4 */
static void what_is_no_object_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = { "", " \n\t\r\n ", "null", "[]", "\"x\"", "17", "true",
		"[{\"name\":\"a\"}]" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		assert_false(parse(&list, texts[i], &err));
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_true(str_starts(err.text, "hosts.json:"));
		hosts_done(&list);
	}
}

static void wrong_members_of_the_document_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *place, *member;
	} texts[] = {
		{ "{\"hosts\":{}}", "hosts.json:1:10", "hosts" },
		{ "{\n\"hosts\":null}", "hosts.json:2:9", "hosts" },
		{ "{\"defaults\":[]}", "hosts.json:1:13", "defaults" },
		{ "{\"version\":\"1\"}", "hosts.json:1:12", "version" },
		{ "{\"sources\":1}", "hosts.json:1:12", "sources" },
		{ "{\"hosts\":[],\n\"hosts\":[]}", "hosts.json:2:9", "hosts" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct host_list list;
		struct err err = ERR_INIT;

		assert_false(parse(&list, texts[i].text, &err));
		assert_int_equal(err.code, ERR_INVALID);
		if (!str_starts(err.text, texts[i].place) || !strstr(err.text, texts[i].member))
			fail_msg("%s", err.text);
		hosts_done(&list);
	}
}

/* H7 */
static void a_deep_document_is_refused(void **state)
{
	(void)state;
	static const size_t depths[] = { 1001, 1000000 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		struct host_list list;
		struct err err = ERR_INIT;
		struct str text = STR_INIT;

		str_add(&text, "{\"x\":");
		for (size_t k = 0; k < depths[i]; k++)
			str_add_char(&text, '[');
		assert_false(hosts_parse(&list, text.data, text.len, "f", &err));
		assert_non_null(strstr(err.text, "deeper"));
		hosts_done(&list);
		str_done(&text);
	}
}

/* H8 */
static void broken_text_is_refused_or_a_problem_of_its_host(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	assert_false(parse(&list, "{\"hosts\":[{\"name\":\"a\xff\"}]}", &err));
	hosts_done(&list);
	assert_false(parse(&list, "{\"hosts\":[{\"name\":\"a\x1b\"}]}", &err));
	hosts_done(&list);
	with_member(&list, "\"note\":\"x\\u0000y\"");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:11: bad: note:", "\\u0000");
	hosts_done(&list);
	with_member(&list, "\"tags\":[\"ok\",\"\\ud800\"]");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:11: bad: tags:", "surrogate");
	hosts_done(&list);
	with_member(&list, "\"unknown\":\"\\ud800\\u0000\"");
	assert_null(problem_of(&list, "bad"));
	hosts_done(&list);
	with_member(&list, "\"port\\u0000\":7, \"\\ud800\":7");
	assert_null(problem_of(&list, "bad"));
	assert_int_equal(hosts_find(&list, "bad")->port, 22);
	hosts_done(&list);
	with_member(&list, "\"p\\u006frt\":7");
	assert_int_equal(hosts_find(&list, "bad")->port, 7);
	hosts_done(&list);
}

/* H9 */
static void a_byte_order_mark_is_accepted_and_utf_16_named(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list, "\xef\xbb\xbf{\"hosts\":[{\"name\":\"a\"}]}");
	assert_int_equal(hosts_find(&list, "a")->col, 11);
	hosts_done(&list);
	assert_false(hosts_parse(&list, "\xff\xfe{\0}\0", 6, "f", &err));
	assert_non_null(strstr(err.text, "UTF-16"));
	hosts_done(&list);
}

/* H10 */
static void hosts_with_one_name_are_listed_and_not_usable(void **state)
{
	(void)state;
	struct host_list list;
	struct err err = ERR_INIT;

	load(&list,
	    "{\"hosts\":[\n{\"name\":\"a\"},\n{\"name\":\"b\"},\n{\"name\":\"a\"},\n{\"name\":\"a\"}]}");
	assert_int_equal(list.len, 4);
	assert_problem(list.items[0]->problem, "hosts.json:2:1: a: name:", "line 4");
	assert_problem(list.items[2]->problem, "hosts.json:4:1: a: name:", "line 2");
	assert_problem(list.items[3]->problem, "hosts.json:5:1: a: name:", "line 4");
	assert_null(problem_of(&list, "b"));
	assert_null(hosts_resolve(&list, "a", &err));
	assert_int_equal(err.code, ERR_INVALID);
	hosts_done(&list);
}

static void a_member_that_is_there_twice_is_a_problem(void **state)
{
	(void)state;
	static const char *const members[] = {
		"\"port\":1,\n \"port\":2",
		"\"port\":1,\n \"\\u0070ort\":1",
		"\"zzz\":1,\n \"zzz\":1",
		"\"user\":\"u\",\n \"name\":\"bad\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct host_list list;

		with_member(&list, members[i]);
		assert_problem(problem_of(&list, "bad"), "hosts.json:4:3: bad:", "twice");
		hosts_done(&list);
	}
}

/* H11 */
static void unknown_members_are_warned_of_and_left_alone(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"schema\":{\"a\":[1]},\"hosts\":[{\"name\":\"a\",\"prot\":22,\"x\":{\"y\":null}}]}");
	assert_null(problem_of(&list, "a"));
	assert_int_equal(list.warnings.len, 3);
	assert_string_equal(list.warnings.items[0], "hosts.json:1:3: unknown member \"schema\"");
	assert_non_null(strstr(list.warnings.items[1], "a: unknown member \"prot\""));
	hosts_done(&list);
}

static void warnings_do_not_pile_up(void **state)
{
	(void)state;
	struct host_list list;
	struct str text = STR_INIT;

	str_add(&text, "{\"hosts\":[{\"name\":\"a\"");
	for (int i = 0; i < 5000; i++)
		str_addf(&text, ",\"m%d\":0", i);
	str_add(&text, "}]}");
	load(&list, text.data);
	assert_true(list.warnings.len > 5 && list.warnings.len < 100);
	str_done(&text);
	hosts_done(&list);
}

/* H12, H13 */
static void a_port_is_a_whole_number_in_its_range(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"0", "65536", "-1", "\"22\"", "22.5", "1e9", "1e400", "-1e400",
		"99999999999999999999999999", "true", "null", "[22]", "{}", "-0", "\"\"",
		"2200000000000000000000000000000000000000000000000000000000000000000000000000000e-60"
	};
	static const struct {
		const char *text;
		long port;
	} right[] = { { "1", 1 }, { "65535", 65535 }, { "22.0", 22 }, { "2.2e1", 22 },
		{ "220e-1", 22 } };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;
		char *member = mem_printf("\"port\": %s", wrong[i]);

		with_member(&list, member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:3:12: bad: port:", "65535");
		hosts_done(&list);
		free(member);
	}
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct host_list list;
		char *member = mem_printf("\"port\":%s", right[i].text);

		with_member(&list, member);
		assert_null(problem_of(&list, "bad"));
		assert_int_equal(hosts_find(&list, "bad")->port, right[i].port);
		hosts_done(&list);
		free(member);
	}
}

static void wrong_types_and_values_name_their_member(void **state)
{
	(void)state;
	static const struct {
		const char *member, *name;
	} wrong[] = {
		{ "\"hostname\":7", "hostname" },
		{ "\"user\":[]", "user" },
		{ "\"user\":\"\"", "user" },
		{ "\"user\":\"a;b\"", "user" },
		{ "\"identity_file\":1", "identity_file" },
		{ "\"identity_file\":[\"a\",1]", "identity_file" },
		{ "\"identity_file\":[[]]", "identity_file" },
		{ "\"identity_file\":\"\"", "identity_file" },
		{ "\"identities_only\":\"yes\"", "identities_only" },
		{ "\"identities_only\":1", "identities_only" },
		{ "\"strict_host_key_checking\":\"no\"", "ask, accept-new, yes" },
		{ "\"strict_host_key_checking\":false", "strict_host_key_checking" },
		{ "\"request_tty\":\"maybe\"", "force" },
		{ "\"address_family\":\"ipv4\"", "inet6" },
		{ "\"add_keys_to_agent\":\"sometimes\"", "confirm" },
		{ "\"set_env\":[\"A=1\"]", "set_env" },
		{ "\"set_env\":{\"A\":1}", "set_env" },
		{ "\"set_env\":{\"\":\"x\"}", "set_env" },
		{ "\"cloud\":\"ecs\"", "cloud" },
		{ "\"tags\":\"\"", "tags" },
		{ "\"tags\":{}", "tags" },
		{ "\"proxy_jump\":\"-oProxyCommand=x\"", "proxy_jump" },
		{ "\"proxy_jump\":\"a,,b\"", "proxy_jump" },
		{ "\"proxy_jump\":\"a,\"", "proxy_jump" },
		{ "\"ciphers\":\"\\u001b\"", "ciphers" },
		{ "\"group\":\"a\\nb\"", "group" },
		{ "\"server_alive_interval\":-1", "server_alive_interval" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;

		with_member(&list, wrong[i].member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:3:", wrong[i].name);
		hosts_done(&list);
	}
}

/* H14, for the host name: OpenSSH's rule */
static void dangerous_host_names_are_problems(void **state)
{
	(void)state;
	static const char *const wrong[] = { "-oProxyCommand=x", "a\\nb", "a\\u001b[2J", "a;b",
		"a b", "$(id)", "`id`", "a|b", "a&b", "a\\\"b", "a'b", "a\\\\b", "a<b", "{a}",
		"(a)", "", "a\\u007f", "a%zb" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct host_list list;
		char *member = mem_printf("\"hostname\":\"%s\"", wrong[i]);

		with_member(&list, member);
		assert_problem(problem_of(&list, "bad"), "hosts.json:", "hostname");
		hosts_done(&list);
		free(member);
	}
}

/* H14, for the name of the entry */
static void an_entry_without_a_good_name_is_still_listed(void **state)
{
	(void)state;
	static const char *const entries[] = { "{}", "{\"name\":\"\"}", "{\"name\":7}",
		"{\"name\":\"-x\"}", "{\"name\":\"a\\nb\"}", "{\"name\":\"\\u001b\"}", "7", "null",
		"[]", "\"web\"", "{\"name\":null}", "{\"name\":\"a\\u0000\"}" };

	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		struct host_list list;
		char *text = mem_printf("{\"hosts\":[{\"name\":\"good\"},%s]}", entries[i]);

		load(&list, text);
		assert_int_equal(list.len, 2);
		assert_string_equal(list.items[1]->name, "#2");
		assert_problem(list.items[1]->problem, "hosts.json:1:", "#2");
		assert_null(list.items[0]->problem);
		hosts_done(&list);
		free(text);
	}
}

static void a_name_of_300_characters_is_a_problem(void **state)
{
	(void)state;
	char name[301];
	struct host_list list;

	memset(name, 'x', 300);
	name[300] = '\0';
	char *text = mem_printf(
	    "{\"hosts\":[{\"name\":\"%s\"},{\"name\":\"b\",\"hostname\":\"%s\"}]}", name, name);

	load(&list, text);
	assert_problem(list.items[0]->problem, "hosts.json:1:", "longer than 255");
	assert_problem(list.items[1]->problem, "hosts.json:1:", "longer than 253");
	free(text);
	hosts_done(&list);
}

/* A name may be a sentence when a host name is given; it cannot stand for one. */
static void a_name_with_spaces_needs_a_host_name(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"hosts\":[{\"name\":\"web 1; 100%\",\"hostname\":\"w1\"},{\"name\":\"web 2\"}]}");
	assert_null(problem_of(&list, "web 1; 100%"));
	assert_problem(problem_of(&list, "web 2"), "hosts.json:1:", "hostname");
	hosts_done(&list);
}

static void the_first_problem_is_kept(void **state)
{
	(void)state;
	struct host_list list;

	with_member(&list, "\"port\":0, \"user\":7");
	assert_problem(problem_of(&list, "bad"), "hosts.json:3:", "port");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(what_is_not_given_is_built_in),
		cmocka_unit_test(defaults_fill_in_and_a_host_wins),
		cmocka_unit_test(host_name_tokens_are_expanded),
		cmocka_unit_test(an_empty_object_is_an_empty_list),
		cmocka_unit_test(hosts_are_found_by_name_and_id),
		cmocka_unit_test(a_document_cut_anywhere_is_refused_with_its_place),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(wrong_members_of_the_document_are_named),
		cmocka_unit_test(a_deep_document_is_refused),
		cmocka_unit_test(broken_text_is_refused_or_a_problem_of_its_host),
		cmocka_unit_test(a_byte_order_mark_is_accepted_and_utf_16_named),
		cmocka_unit_test(hosts_with_one_name_are_listed_and_not_usable),
		cmocka_unit_test(a_member_that_is_there_twice_is_a_problem),
		cmocka_unit_test(unknown_members_are_warned_of_and_left_alone),
		cmocka_unit_test(warnings_do_not_pile_up),
		cmocka_unit_test(a_port_is_a_whole_number_in_its_range),
		cmocka_unit_test(wrong_types_and_values_name_their_member),
		cmocka_unit_test(dangerous_host_names_are_problems),
		cmocka_unit_test(an_entry_without_a_good_name_is_still_listed),
		cmocka_unit_test(a_name_of_300_characters_is_a_problem),
		cmocka_unit_test(a_name_with_spaces_needs_a_host_name),
		cmocka_unit_test(the_first_problem_is_kept),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
