/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and variables in a host's members, and what must not get into a command (threat 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hosts_text.h"

static struct host *host_of(const char *name, const char *member, const char *value)
{
	struct host *host = host_new();
	const char *const members[][2] = { { "name", name }, { "hostname", "Box.example.ORG" },
		{ "port", "2222" }, { "user", "bob" }, { member, value } };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		assert_true(host_set(
		    host, host_field_find(members[i][0]), members[i][1], false, ORIGIN_HOST, NULL));
	return host;
}

/* What a value becomes; NULL: it is refused, with the member in the reason.  Caller frees. */
static char *expanded(const char *name, const char *member, const char *value)
{
	struct host *host = host_of(name, member, value);
	struct err err = ERR_INIT;
	char *text = NULL;

	if (host_expand(host, &err))
		text = host_get_text(host, host_field_find(member));
	else
		assert_true(str_starts(err.text, member));
	host_free(host);
	return text;
}

static void tokens_stand_for_what_ssh_says(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "/k/%h", "/k/box.example.org" },
		{ "/k/%n_%r_%p", "/k/box_bob_2222" },
		{ "/k/%k", "/k/box" },
		{ "%%h %%", "%h %" },
		{ "~/%r", "~/bob" },
		{ "%d/x", "/home/of/test/x" },
		{ "${EXPAND_TEST}/%r", "/from/environment/bob" },
		{ "$EXPAND_TEST ${EXPAND_TEST}", "$EXPAND_TEST /from/environment" },
		{ "plain", "plain" },
	};
	static const char *const members[] = { "identity_file", "certificate_file",
		"user_known_hosts_file", "identity_agent" };

	(void)state;
	setenv("EXPAND_TEST", "/from/environment", 1);
	setenv("HOME", "/home/of/test", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t j = 0; j < ARRAY_LEN(members); j++) {
			char *text = expanded("box", members[j], rows[i].text);
			assert_string_equal(text, rows[i].wanted);
			free(text);
		}
}

static void what_is_no_token_is_refused(void **state)
{
	static const char *const wrong[] = { "%Z", "x%", "%C", "${", "${NO_SUCH_VARIABLE_HERE}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_null(expanded("box", "identity_file", wrong[i]));
	assert_null(expanded("box", "remote_command", "date +%s"));
}

static void a_value_is_not_expanded_again(void **state)
{
	char *text;

	(void)state;
	text = expanded("%h${HOME}", "identity_file", "/k/%n");
	assert_string_equal(text, "/k/%h${HOME}");
	free(text);
}

static void commands_take_tokens_but_no_variables(void **state)
{
	char *text = expanded("box", "remote_command", "echo ${HOME} %h %p %r %% $(date)");

	(void)state;
	assert_string_equal(text, "echo ${HOME} box.example.org 2222 bob % $(date)");
	free(text);
}

static void nothing_that_a_shell_obeys_gets_into_a_command(void **state)
{
	static const char *const names[] = { "a;b", "a b", "$(x)", "`x`", "a\nb", "a|b", "a&b",
		"a>b", "a*b", "a'b", "a\"b", "a\\b", "a!b", "~a", "a#b", "a{b}", "a?b", "a[b]" };
	char *text;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct host *host = host_of("box", "remote_command", "echo %n");
		struct err err = ERR_INIT;

		free(host->name);
		host->name = mem_strdup(names[i]);
		assert_false(host_expand(host, &err));
		assert_non_null(strstr(err.text, "remote_command: %n stands for"));
		host_free(host);
		/* A file may be called so. */
		host = host_of("box", "identity_file", "/k/%n");
		free(host->name);
		host->name = mem_strdup(names[i]);
		assert_true(host_expand(host, &err));
		host_free(host);
	}
	assert_null(expanded("a$b", "remote_command", "%n"));
	text = expanded("größe-1.x_y@z:%", "remote_command", "%n");
	assert_string_equal(text, "größe-1.x_y@z:%");
	free(text);
}

static void every_item_of_a_list_is_expanded(void **state)
{
	struct host *host = host_of("box", "identity_file", "%n");

	(void)state;
	assert_true(
	    host_set(host, host_field_find("identity_file"), "%r", true, ORIGIN_HOST, NULL));
	assert_true(host_expand(host, NULL));
	assert_string_equal(host->identity_file.items[0], "box");
	assert_string_equal(host->identity_file.items[1], "bob");
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_stand_for_what_ssh_says),
		cmocka_unit_test(what_is_no_token_is_refused),
		cmocka_unit_test(a_value_is_not_expanded_again),
		cmocka_unit_test(commands_take_tokens_but_no_variables),
		cmocka_unit_test(nothing_that_a_shell_obeys_gets_into_a_command),
		cmocka_unit_test(every_item_of_a_list_is_expanded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
