/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/connect_args.h"
#include "cli/ssh_option.h"

enum { WORDS_MAX = 16 };

/* Splits a command line at blanks and parses it; the words stay in line. */
static int parse(struct connect_args *args, char *line)
{
	struct cli cli = { .cmd = &cmd_connect };
	char *argv[WORDS_MAX] = { NULL };
	int argc = 0;

	for (char *word = strtok(line, " "); word && argc < WORDS_MAX - 1; word = strtok(NULL, " "))
		argv[argc++] = word;
	return connect_args_parse(&cli, args, argc, argv);
}

static const struct {
	const char *line;
	const char *dest;
	const char *command; /* NULL: none */
} lines[] = {
	{ "connect host", "host", NULL },
	{ "connect host ls -l", "host", "ls -l" },
	{ "connect -p 22 host ls", "host", "ls" },
	{ "connect -p22 host", "host", NULL },
	{ "connect host -p 22 ls -p 23", "host", "ls -p 23" },
	{ "connect host -l user cmd", "host", "cmd" },
	{ "connect -vp22 host", "host", NULL },
	{ "connect -- host -l user", "host", "-l user" },
	{ "connect host -- -l user", "host", "-l user" },
	{ "connect -x -a -oPermitLocalCommand=no -l user -s -- host sftp", "host", "sftp" },
	{ "connect -4 -F none host", "host", NULL },
};

static void destination_and_command_are_found_as_ssh_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct connect_args args;
		char *line = mem_strdup(lines[i].line);
		assert_int_equal(parse(&args, line), CLI_GO_ON);
		assert_string_equal(args.dest, lines[i].dest);
		if (lines[i].command)
			assert_string_equal(args.command, lines[i].command);
		else
			assert_null(args.command);
		connect_args_done(&args);
		free(line);
	}
}

static void flags_may_be_joined(void **state)
{
	struct connect_args args;
	char line[] = "connect -ttvvNnq host";

	(void)state;
	assert_int_equal(parse(&args, line), CLI_GO_ON);
	assert_int_equal(args.ttys, 2);
	assert_int_equal(args.verbosity, 2);
	assert_true(args.no_command);
	connect_args_done(&args);
}

static void own_options_are_read_too(void **state)
{
	struct connect_args args;
	char line[] = "connect --stages --report-fd 3 host --report-fd=7 cmd --stages";

	(void)state;
	assert_int_equal(parse(&args, line), CLI_GO_ON);
	assert_true(args.stages);
	assert_int_equal(args.report_fd, 7);
	assert_string_equal(args.command, "cmd --stages");
	connect_args_done(&args);
}

static void wrong_lines_end_with_255(void **state)
{
	static const char *const wrong[] = { "connect", "connect -p", "connect -Z host",
		"connect --", "connect --nonsense host", "connect --report-fd x host",
		"connect -s host", "connect -w 0 host", "connect -W a host", "connect -W a:0 host",
		"connect -W :22 host", "connect -W [::1]:x host", "connect -D",
		"connect -F /etc/x host", "connect -s -N host sftp", "connect -Q cipher" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct connect_args args;
		char *line = mem_strdup(wrong[i]);
		assert_int_equal(parse(&args, line), 255);
		connect_args_done(&args);
		free(line);
	}
}

/* ---- settings ---- */

static bool set(struct ssh_options *options, const char *option, struct err *err)
{
	const struct setting setting = { NULL, option, false };
	return ssh_option_apply(options, &setting, err);
}

static void begin(struct ssh_options *options)
{
	ssh_options_init(options, host_new());
}

static void end(struct ssh_options *options)
{
	host_free(options->host);
	ssh_options_done(options);
}

static void options_are_spelled_as_in_ssh_config(void **state)
{
	static const char *const spellings[] = { "Port=2222", "port 2222", "PORT = 2222",
		" Port=\"2222\" ", "Port\t2222", "Port='2222'", "Port 2222 # the other one" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
		struct ssh_options options;
		begin(&options);
		assert_true(set(&options, spellings[i], NULL));
		assert_int_equal(options.host->port, 2222);
		end(&options);
	}
}

static void the_first_of_several_wins(void **state)
{
	struct ssh_options options;

	(void)state;
	begin(&options);
	assert_true(set(&options, "Port=1", NULL) && set(&options, "Port=2", NULL));
	assert_true(set(&options, "BatchMode=yes", NULL) && set(&options, "BatchMode=no", NULL));
	assert_int_equal(options.host->port, 1);
	assert_true(options.batch);
	end(&options);
}

static void a_flag_wins_over_what_came_before(void **state)
{
	const struct setting flags[] = { { "Ciphers", "flag", true },
		{ NULL, "StdinNull=yes", true }, { "Port", "7", false } };
	struct ssh_options options;

	(void)state;
	begin(&options);
	assert_true(set(&options, "Ciphers=first", NULL) && set(&options, "StdinNull=no", NULL) &&
	    set(&options, "Port=1", NULL));
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		assert_true(ssh_option_apply(&options, &flags[i], NULL));
	assert_true(set(&options, "Ciphers=late", NULL) && set(&options, "StdinNull=no", NULL));
	assert_string_equal(options.host->ciphers, "flag");
	assert_true(options.stdin_null);
	assert_int_equal(options.host->port, 1);
	end(&options);
}

static void variables_to_send_add_up_and_are_taken_back(void **state)
{
	struct ssh_options options;
	char *all;

	(void)state;
	begin(&options);
	assert_true(set(&options, "SendEnv=FOO* BAR", NULL) &&
	    set(&options, "SendEnv -LC_* -F* BAR", NULL));
	assert_false(set(&options, "SendEnv=A=b", NULL));
	all = strlist_join(&options.send_env, ",");
	assert_string_equal(all, "LANG,BAR");
	free(all);
	end(&options);
}

static void the_destination_wins_over_what_comes_behind_it(void **state)
{
	struct ssh_options options;

	(void)state;
	begin(&options);
	assert_true(host_set(
	    options.host, host_field_find("user"), "dest", false, ORIGIN_COMMAND_LINE, NULL));
	options.dest_done = true;
	assert_true(set(&options, "User=late", NULL));
	assert_string_equal(options.host->user, "dest");
	options.dest_done = false;
	options.fields_given = 0;
	assert_true(set(&options, "User=early", NULL));
	assert_string_equal(options.host->user, "early");
	end(&options);
}

static void key_files_add_up_before_the_hosts_own(void **state)
{
	struct ssh_options options;
	char *all;

	(void)state;
	begin(&options);
	assert_true(host_set(
	    options.host, host_field_find("identity_file"), "own", false, ORIGIN_HOST, NULL));
	assert_true(set(&options, "IdentityFile=a", NULL) && set(&options, "IdentityFile=b", NULL));
	all = strlist_join(&options.host->identity_file, ",");
	assert_string_equal(all, "a,b,own");
	free(all);
	end(&options);
}

static void values_are_understood_as_ssh_does(void **state)
{
	struct ssh_options options;

	(void)state;
	begin(&options);
	assert_true(set(&options, "ConnectTimeout=1m30s", NULL));
	assert_int_equal(options.host->connect_timeout, 90);
	assert_true(set(&options, "StrictHostKeyChecking=no", NULL));
	assert_string_equal(options.host->strict_host_key_checking, "accept-new");
	assert_true(set(&options, "UserKnownHostsFile=/a '/b c'", NULL));
	assert_int_equal(options.host->user_known_hosts_file.len, 2);
	assert_string_equal(options.host->user_known_hosts_file.items[1], "/b c");
	assert_true(set(&options, "SetEnv=A=\"b c\" D=e", NULL));
	assert_string_equal(options.host->set_env.items[0], "A=b c");
	assert_true(set(&options, "Port=ssh", NULL));
	assert_int_equal(options.host->port, 22);
	assert_true(set(&options, "ConnectionAttempts=3", NULL));
	assert_int_equal(options.attempts, 3);
	assert_true(set(&options, "IgnoreUnknown=Use*", NULL));
	assert_true(set(&options, "UseKeychain yes", NULL));
	assert_true(set(&options, "", NULL) && set(&options, "# nothing", NULL));
	assert_true(set(&options, "RemoteCommand=none", NULL));
	assert_string_equal(options.host->remote_command, "");
	assert_true(set(&options, "EscapeChar=^A", NULL));
	assert_int_equal(options.escape, 1);
	assert_true(set(&options, "SessionType=none", NULL));
	assert_true(options.no_command);
	end(&options);
}

static void known_options_without_effect_are_noted(void **state)
{
	static const char *const options_of_others[] = { "ControlMaster=auto", "Compression=yes",
		"controlpersist=60s", "PermitLocalCommand=yes", "ProxyCommand=none",
		"PermitLocalCommand=no", "TCPKeepAlive=yes" };
	struct ssh_options options;

	(void)state;
	begin(&options);
	for (size_t i = 0; i < ARRAY_LEN(options_of_others); i++)
		assert_true(set(&options, options_of_others[i], NULL));
	assert_int_equal(options.ignored.len, ARRAY_LEN(options_of_others) - 3);
	end(&options);
}

static void what_must_not_be_ignored_is_refused(void **state)
{
	static const char *const bad[] = { "ProxyCommand=nc %h %p", "LocalForward=1 b",
		"PermitRemoteOpen=none", "GatewayPorts=maybe", "Port=0", "Port=x", "EscapeChar=ab",
		"BatchMode=maybe", "ConnectTimeout=soon", "AddressFamily=ipx", "Port=1 2",
		"User=\"x", "Port", "ForkAfterAuthentication=maybe", "Include=/x", "Match=all",
		"ConnectionAttempts=0", "SetEnv=A" };
	struct ssh_options options;

	(void)state;
	begin(&options);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		options.fields_given = 0;
		assert_false(set(&options, bad[i], &err));
		assert_true(err.text[0]);
	}
	end(&options);
}

static void an_unknown_option_is_named(void **state)
{
	struct ssh_options options;
	struct err err = ERR_INIT;

	(void)state;
	begin(&options);
	assert_false(set(&options, "Nonsense=yes", &err));
	assert_string_equal(err.text, "Bad configuration option: Nonsense");
	assert_false(set(&options, "Port=", &err));
	end(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(destination_and_command_are_found_as_ssh_does),
		cmocka_unit_test(flags_may_be_joined),
		cmocka_unit_test(own_options_are_read_too),
		cmocka_unit_test(wrong_lines_end_with_255),
		cmocka_unit_test(options_are_spelled_as_in_ssh_config),
		cmocka_unit_test(the_first_of_several_wins),
		cmocka_unit_test(a_flag_wins_over_what_came_before),
		cmocka_unit_test(variables_to_send_add_up_and_are_taken_back),
		cmocka_unit_test(the_destination_wins_over_what_comes_behind_it),
		cmocka_unit_test(key_files_add_up_before_the_hosts_own),
		cmocka_unit_test(values_are_understood_as_ssh_does),
		cmocka_unit_test(known_options_without_effect_are_noted),
		cmocka_unit_test(what_must_not_be_ignored_is_refused),
		cmocka_unit_test(an_unknown_option_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
