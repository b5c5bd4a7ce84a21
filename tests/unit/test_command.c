/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "attach/command.h"

static const struct {
	const char *line;
	enum command_verb verb;
	enum forward_kind kind;
	const char *forward; /* as ssh -G shows it */
} lines[] = {
	{ "", COMMAND_NOTHING, FORWARD_LOCAL, NULL },
	{ "  -", COMMAND_NOTHING, FORWARD_LOCAL, NULL },
	{ "-h", COMMAND_HELP, FORWARD_LOCAL, NULL },
	{ "help", COMMAND_HELP, FORWARD_LOCAL, NULL },
	{ "?", COMMAND_HELP, FORWARD_LOCAL, NULL },
	{ "-L8080:db:5432", COMMAND_FORWARD, FORWARD_LOCAL, "8080 [db]:5432" },
	{ " L *:8080:db:5432", COMMAND_FORWARD, FORWARD_LOCAL, "[*]:8080 [db]:5432" },
	{ "-R 0:localhost:22", COMMAND_FORWARD, FORWARD_REMOTE, "0 [localhost]:22" },
	{ "-R 1080", COMMAND_FORWARD, FORWARD_REMOTE, "1080 [socks]:0" },
	{ "-D [::1]:1080", COMMAND_FORWARD, FORWARD_DYNAMIC, "[::1]:1080" },
	{ "-KL8080", COMMAND_CANCEL, FORWARD_LOCAL, "8080 [socks]:0" },
	{ "-KD *:1080", COMMAND_CANCEL, FORWARD_DYNAMIC, "[*]:1080" },
	{ "-KR 0", COMMAND_CANCEL, FORWARD_REMOTE, "0 [socks]:0" },
};

static void lines_mean_what_they_mean_to_ssh(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct command command;
		struct str text = STR_INIT;
		struct err err = ERR_INIT;

		if (!command_parse(lines[i].line, &command, &err))
			fail_msg("\"%s\": %s", lines[i].line, err.text);
		assert_int_equal(command.verb, lines[i].verb);
		if (lines[i].forward) {
			assert_int_equal(command.forward.kind, lines[i].kind);
			forward_text(&command.forward, &text);
			assert_string_equal(str_text(&text), lines[i].forward);
		}
		command_done(&command);
		str_done(&text);
	}
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *line, *word;
	} cases[] = {
		{ "ls", "no such command" },
		{ "!ls", "no such command" },
		{ "-K", "no such command" },
		{ "-L", "-L \"\": is empty" },
		{ "-L 8080", "is not [address:]port:host:hostport" },
		{ "-KL 8080:db:5432", "is not [address:]port" },
		{ "-KR 8080:db:5432", "is not [address:]port" },
		{ "-D 0", "is not a port" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command command;
		struct err err = ERR_INIT;

		assert_false(command_parse(cases[i].line, &command, &err));
		if (!strstr(err.text, cases[i].word))
			fail_msg("\"%s\": %s", cases[i].line, err.text);
		command_done(&command);
	}
}

static void help_names_them_all(void **state)
{
	static const char *const options[] = { "-L", "-R", "-D", "-KL", "-KR", "-KD", "-h" };
	struct str out = STR_INIT;

	(void)state;
	command_help(&out);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		assert_non_null(strstr(str_text(&out), options[i]));
	for (const char *c = strchr(str_text(&out), '\n'); c; c = strchr(c + 1, '\n'))
		assert_int_equal(c[-1], '\r');
	str_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_mean_what_they_mean_to_ssh),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(help_names_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
