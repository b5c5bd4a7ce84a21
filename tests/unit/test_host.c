/* SPDX-License-Identifier: Apache-2.0 */
/* One host: its table of fields, values from text, copies, the address, the filter, its JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "hosts_text.h"
#include "sallyport/report.h"

static void the_table_is_whole(void **state)
{
	(void)state;
	size_t count;
	const struct host_field *fields = host_fields(&count);

	assert_true(count > 30 && count <= HOST_FIELDS_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_true(fields[i].json && fields[i].label[0] && fields[i].help[0]);
		assert_int_equal(
		    strspn(fields[i].json, "abcdefghijklmnopqrstuvwxyz_"), strlen(fields[i].json));
		assert_ptr_equal(host_field_find(fields[i].json), &fields[i]); /* no name twice */
		assert_int_equal(fields[i].kind == FIELD_CHOICE, fields[i].choices != NULL);
		assert_true(fields[i].kind != FIELD_NUMBER ||
		    (fields[i].min <= fields[i].dflt && fields[i].dflt <= fields[i].max));
		/* snake_case of ssh_config's keyword: the same letters */
		const char *keyword = fields[i].ssh_keyword ? fields[i].ssh_keyword : "";

		for (const char *p = fields[i].json; *p && *keyword; p++)
			if (*p != '_')
				assert_int_equal(*p, *keyword++ | 0x20);
		assert_string_equal(keyword, "");
	}
	assert_null(host_field_find("prot"));
}

/* The manual page beside the sources, whole.  Caller frees. */
static char *read_manual(void)
{
	const char *top = getenv("top_srcdir");
	char *path = mem_printf("%s/docs/sallyport-hosts.5", top ? top : "..");
	struct str page = STR_INIT;
	struct err err = ERR_INIT;

	if (!file_read(path, 1 << 20, &page, &err))
		fail_msg("%s", err.text);
	free(path);
	return str_take(&page);
}

static void the_manual_has_the_fields_of_the_table_in_its_order(void **state)
{
	(void)state;
	char *page = read_manual();
	const char *at = strstr(page, "\n.Sh HOSTS\n"), *end = strstr(page, "\n.Sh MISTAKES\n");
	static const char item[] = "\n.It Ic ";
	size_t count, n = 0;
	const struct host_field *fields = host_fields(&count);

	assert_true(at && end && at < end);
	for (; (at = strstr(at, item)) && at < end; n++) {
		at += strlen(item);
		char *name = mem_strndup(at, strcspn(at, "\n"));

		if (n == count || !str_eq(name, fields[n].json))
			fail_msg("%s in the manual is not %s", name,
			    n < count ? fields[n].json : "a field");
		free(name);
	}
	assert_int_equal(n, count);
	free(page);
}

/* Sets from text and returns it as text again; NULL when refused.  Caller frees. */
static char *set(const char *member, const char *value)
{
	struct host *host = host_new();
	const struct host_field *field = host_field_find(member);
	struct err err = ERR_INIT;
	char *text = NULL;

	if (host_set(host, field, value, false, ORIGIN_COMMAND_LINE, &err)) {
		assert_int_equal(host_origin(host, field), ORIGIN_COMMAND_LINE);
		text = host_get_text(host, field);
	} else {
		assert_true(str_starts(err.text, member));
		assert_int_equal(host_origin(host, field), ORIGIN_BUILTIN);
	}
	host_free(host);
	return text;
}

static void text_sets_every_kind(void **state)
{
	(void)state;
	static const struct {
		const char *member, *value, *text;
	} cases[] = {
		{ "user", "root", "root" },
		{ "user", "-root", NULL },
		{ "port", "22", "22" },
		{ "port", "0", NULL },
		{ "port", "22x", NULL },
		{ "port", "", NULL },
		{ "port", "99999999999999999999999", NULL },
		{ "forward_agent", "yes", "yes" },
		{ "forward_agent", "TRUE", "yes" },
		{ "forward_agent", "no", "no" },
		{ "forward_agent", "maybe", NULL },
		{ "request_tty", "Force", "force" },
		{ "request_tty", "sometimes", NULL },
		{ "tags", "web", "web" },
		{ "tags", "", NULL },
		{ "set_env", "A=b c", "A=b c" },
		{ "set_env", "A", NULL },
		{ "set_env", "=b", NULL },
		{ "add_keys_to_agent", "1h", "1h" },
		{ "add_keys_to_agent", "confirm 1h", "confirm 1h" },
		{ "add_keys_to_agent", "never", NULL },
		{ "add_keys_to_agent", "1x", NULL },
		{ "add_keys_to_agent", "confirm never", NULL },
		{ "add_keys_to_agent", "yes 1h", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *text = set(cases[i].member, cases[i].value);

		if (!str_eq(text, cases[i].text))
			fail_msg(
			    "%s=%s: %s", cases[i].member, cases[i].value, text ? text : "refused");
		free(text);
	}
}

static void tells_when_keys_go_to_the_agent(void **state)
{
	static const struct {
		const char *value;
		struct add_keys how;
	} cases[] = {
		{ NULL, { .add = false } },
		{ "no", { .add = false } },
		{ "yes", { .add = true } },
		{ "ask", { .add = true, .ask = true } },
		{ "confirm", { .add = true, .confirm = true } },
		{ "confirm 2m", { .add = true, .confirm = true, .seconds = 120 } },
		{ "1h30m", { .add = true, .seconds = 5400 } },
		{ "90", { .add = true, .seconds = 90 } },
	};
	struct add_keys how;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(add_keys_parse(cases[i].value, &how));
		assert_int_equal(how.add, cases[i].how.add);
		assert_int_equal(how.ask, cases[i].how.ask);
		assert_int_equal(how.confirm, cases[i].how.confirm);
		assert_int_equal(how.seconds, cases[i].how.seconds);
	}
	assert_false(add_keys_parse("", &how));
	assert_false(add_keys_parse("ask 1h", &how));
}

static void a_list_is_replaced_or_appended_to(void **state)
{
	(void)state;
	struct host *host = host_new();
	const struct host_field *keys = host_field_find("identity_file");

	host_set(host, keys, "a", true, ORIGIN_HOST, NULL);
	host_set(host, keys, "b", true, ORIGIN_HOST, NULL);
	assert_int_equal(host->identity_file.len, 2);
	assert_false(
	    host_set(host, keys, "", false, ORIGIN_HOST, NULL)); /* and keeps the old ones */
	assert_int_equal(host->identity_file.len, 2);
	host_set(host, keys, "c", false, ORIGIN_HOST, NULL);
	assert_int_equal(host->identity_file.len, 1);
	assert_string_equal(host->identity_file.items[0], "c");
	host_free(host);
}

static void a_value_may_be_set_to_itself(void **state)
{
	(void)state;
	struct host *host = host_new();
	const struct host_field *user = host_field_find("user");

	host_set(host, user, "root", false, ORIGIN_HOST, NULL);
	host_set(host, user, host->user, false, ORIGIN_HOST, NULL);
	assert_string_equal(host->user, "root");
	host_free(host);
}

static void a_copy_has_every_field(void **state)
{
	(void)state;
	struct host_list list;
	size_t count;
	const struct host_field *fields = host_fields(&count);

	load(&list,
	    "{\"hosts\":[{\"name\":\"a\",\"port\":0,\"user\":\"u\",\"tags\":[\"x\",\"y\"],"
	    "\"set_env\":{\"A\":\"1\"},\"forward_agent\":true,\"connect_timeout\":7,\"note\":\"n\"}]}");
	struct host *copy = host_dup(list.items[0]);

	for (size_t i = 0; i < count; i++) {
		char *one = host_get_text(list.items[0], &fields[i]),
		     *two = host_get_text(copy, &fields[i]);

		assert_string_equal(one, two);
		assert_int_equal(
		    host_origin(list.items[0], &fields[i]), host_origin(copy, &fields[i]));
		free(one);
		free(two);
	}
	assert_string_equal(copy->problem, list.items[0]->problem);
	assert_string_equal(copy->source, "hosts.json");
	assert_int_equal(copy->line, 1);
	hosts_done(&list); /* the copy lives on */
	assert_string_equal(copy->tags.items[1], "y");
	host_free(copy);
}

static void addresses_show_what_is_needed(void **state)
{
	(void)state;
	static const struct {
		const char *entry, *address;
	} cases[] = {
		{ "\"user\":\"u\",\"hostname\":\"h\"", "u@h" },
		{ "\"user\":\"u\",\"hostname\":\"h\",\"port\":2222", "u@h:2222" },
		{ "\"user\":\"u\",\"hostname\":\"fe80::1\"", "u@[fe80::1]" },
		{ "\"user\":\"u\",\"hostname\":\"fe80::1\",\"port\":23", "u@[fe80::1]:23" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct host_list list;
		char *text = mem_printf("{\"hosts\":[{\"name\":\"a\",%s}]}", cases[i].entry);

		load(&list, text);
		char *address = host_address(list.items[0]);

		assert_string_equal(address, cases[i].address);
		free(address);
		free(text);
		hosts_done(&list);
	}
}

static void the_filter_finds_what_it_should(void **state)
{
	(void)state;
	static const struct {
		const char *filter;
		bool found;
	} cases[] = {
		{ "", true },
		{ "   ", true },
		{ "ecs", true },
		{ "ECS1", true },
		{ "121.196", true },
		{ "hangzhou", true },
		{ "front", true },
		{ "web", true },
		{ "root", true },
		{ "root@121", true },
		{ ":2222", true },
		{ "ecs web", true },
		{ "ecs db", false },
		{ "21.196.1", true },
		{ "1.1.1", false },
		{ "gzhOU", true },
		{ "zhouu", false },
		{ "tag:web", true },
		{ "tag:ecs", false },
		{ "group:aliyun", true },
		{ "group:web", false },
		{ "user:ROOT", true },
		{ "user:ecs", false },
		{ "tag:web user:root front", true },
		{ "tag:", true },
		{ "nothing", false },
	};
	struct host_list list;

	load(&list,
	    "{\"hosts\":[{\"name\":\"ecs1\",\"hostname\":\"121.196.10.20\",\"port\":2222,\"user\":\"root\","
	    "\"group\":\"aliyun/hangzhou\",\"tags\":[\"web\",\"old\"],\"note\":\"front end\"}]}");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (host_matches(list.items[0], cases[i].filter) != cases[i].found)
			fail_msg("\"%s\"", cases[i].filter);
	hosts_done(&list);
}

static void the_list_document_has_effective_values(void **state)
{
	(void)state;
	struct host_list list;
	struct str out = STR_INIT;

	load(&list,
	    "{\"defaults\":{\"user\":\"u\"},\"hosts\":[{\"name\":\"a\",\"tags\":[\"x\"],"
	    "\"set_env\":{\"A\":\"1=2\"}},{\"name\":\"b\",\"user\":\"u\",\"port\":0}]}");
	hosts_write(list.items, list.len, &out);
	assert_true(json_valid(str_text(&out), out.len, NULL));
	assert_true(str_starts(str_text(&out),
	    "{\"version\":1,\"hosts\":[{\"name\":\"a\",\"hostname\":\"a\",\"port\":22,\"user\":\"u\","));
	assert_non_null(strstr(str_text(&out), "\"tags\":[\"x\"]"));
	assert_non_null(strstr(str_text(&out), "\"set_env\":{\"A\":\"1=2\"}"));
	assert_non_null(strstr(str_text(&out), "\"source\":\"hosts.json\""));
	assert_non_null(strstr(str_text(&out), "\"problem\":\"hosts.json:1:"));
	assert_null(strstr(str_text(&out), "origins"));
	str_done(&out);
	hosts_done(&list);
}

static void explain_says_where_values_come_from(void **state)
{
	(void)state;
	struct host_list list;
	struct str out = STR_INIT;

	load(&list, "{\"defaults\":{\"user\":\"u\"},\"hosts\":[{\"name\":\"a\",\"port\":23}]}");
	host_write(&list, list.items[0], true, &out);
	assert_true(json_valid(str_text(&out), out.len, NULL));
	assert_non_null(strstr(str_text(&out),
	    "\"origins\":{\"name\":\"host\",\"hostname\":\"built in\",\"port\":\"host\",\"user\":\"defaults\""));
	assert_non_null(strstr(str_text(&out), "\"ssh_command\":\"ssh -p 23 u@a\""));
	str_done(&out);
	hosts_done(&list);
}

static void the_log_has_a_name_of_its_own(void **state)
{
	static const struct {
		const char *pattern, *path; /* NULL: refused */
	} cases[] = {
		{ "/l/{name}-%Y%m%d-%H%M%S.log", "/l/db-20260304-050607.log" },
		{ "{user}@{hostname}:{port}", "root@10.0.0.1:2222" },
		{ "~/%j/100%%", "/home/me/063/100%" },
		{ "x~/{name}}", "x~/db}" },
		{ "{nam}", NULL },
		{ "x{", NULL },
		{ "%q", NULL },
		{ "x%", NULL },
		{ "", NULL },
		{ "/logs/", NULL },
		{ "a\nb", NULL },
	};
	/* Names of files that are none, and what becomes of them. */
	static const char *const names[][2] = { { "../../etc/x", "_._.._etc_x" }, { "..", "_." },
		{ ".ssh", "_ssh" }, { "-rf", "_rf" }, { "a\033b", "a_b" },
		{ "\xc3\xa4 b", "\xc3\xa4 b" } };
	const struct tm when = { .tm_year = 126,
		.tm_mon = 2,
		.tm_mday = 4,
		.tm_yday = 62,
		.tm_hour = 5,
		.tm_min = 6,
		.tm_sec = 7 };
	struct host host = { .name = (char[]){ "db" },
		.hostname = (char[]){ "10.0.0.1" },
		.user = (char[]){ "root" },
		.port = 2222 };
	struct err err = ERR_INIT;

	(void)state;
	setenv("HOME", "/home/me", 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		host.session_log = mem_strdup(cases[i].pattern);
		char *path = host_log_path(&host, &when, &err);

		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
		free(path);
		free(host.session_log);
	}
	host.session_log = (char[]){ "{name}" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		host.name = mem_strdup(names[i][0]);
		char *path = host_log_path(&host, &when, &err);

		assert_string_equal(path, names[i][1]);
		free(path);
		free(host.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(the_manual_has_the_fields_of_the_table_in_its_order),
		cmocka_unit_test(text_sets_every_kind),
		cmocka_unit_test(tells_when_keys_go_to_the_agent),
		cmocka_unit_test(a_list_is_replaced_or_appended_to),
		cmocka_unit_test(a_value_may_be_set_to_itself),
		cmocka_unit_test(a_copy_has_every_field),
		cmocka_unit_test(addresses_show_what_is_needed),
		cmocka_unit_test(the_log_has_a_name_of_its_own),
		cmocka_unit_test(the_filter_finds_what_it_should),
		cmocka_unit_test(the_list_document_has_effective_values),
		cmocka_unit_test(explain_says_where_values_come_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
