/* SPDX-License-Identifier: Apache-2.0 */
/* Forwards as people write them; ssh -G is asked what it makes of each. */
#include "shell.h"

#include "sallyport/hosts.h"

static const struct {
	enum forward_kind kind;
	const char *flag, *keyword;
} kinds[] = {
	{ FORWARD_LOCAL, "-L", "localforward" },
	{ FORWARD_REMOTE, "-R", "remoteforward" },
	{ FORWARD_DYNAMIC, "-D", "dynamicforward" },
};

/* What ssh shows for it after its keyword; "" when it does not take it.  Caller frees. */
static char *ssh_says(size_t kind, const char *text)
{
	return shell_line("ssh -F none -G %s '%s' x 2>/dev/null | sed -n 's/^%s //p'",
	    kinds[kind].flag, text, kinds[kind].keyword);
}

static char *we_say(size_t kind, const char *text)
{
	struct str out = STR_INIT;
	struct forward forward;

	if (forward_parse(kinds[kind].kind, text, &forward, NULL)) {
		forward_text(&forward, &out);
		forward_done(&forward);
	}
	return str_take(&out);
}

static void they_mean_what_they_mean_to_ssh(void **state)
{
	static const char *const texts[] = { "8080", "8080:h:22", "8080:h:22:", "h:8080",
		"[::1]:8080", "*:8080:h:22", ":8080:h:22", ":8080", "[]:8080:h:22",
		"[::1]:8080:[::2]:22", "0", "0:h:22", "8080:h:0", " 8080:h:22", "http:h:ssh",
		"8080:h", "a:8080:h:22:x", "8080:h:22x", "[x:8080:h:22", "[::1]x:8080:h:22",
		"8080:h\\:x:22", "8080:h:22\\", "08080:h:22", "65536", "65535", "-1", "",
		"99999999999999999999", "no-such-service", "::1:8080", "1:2:3:4", ":::" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
			char *theirs = ssh_says(kind, texts[i]), *ours = we_say(kind, texts[i]);

			if (!str_eq(theirs, ours))
				fail_msg("%s \"%s\": ssh: \"%s\", we: \"%s\"", kinds[kind].flag,
				    texts[i], theirs, ours);
			free(theirs);
			free(ours);
		}
	}
}

static void the_words_of_a_configuration_file_are_taken(void **state)
{
	static const struct {
		enum forward_kind kind;
		const char *text, *same;
	} cases[] = {
		{ FORWARD_LOCAL, "8080 db:5432", "8080:db:5432" },
		{ FORWARD_LOCAL, " [::1]:8080   [::2]:22 ", "[::1]:8080:[::2]:22" },
		{ FORWARD_REMOTE, "*:0 localhost:22", "*:0:localhost:22" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forward a, b;

		assert_true(forward_parse(cases[i].kind, cases[i].text, &a, NULL));
		assert_true(forward_parse(cases[i].kind, cases[i].same, &b, NULL));
		assert_true(forward_equal(&a, &b));
		forward_done(&a);
		forward_copy(&a, &b);
		assert_true(forward_equal(&a, &b));
		forward_done(&a);
		forward_done(&b);
	}
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		enum forward_kind kind;
		const char *text, *word;
	} cases[] = {
		{ FORWARD_LOCAL, "/run/x.sock:db:22", "Unix socket" },
		{ FORWARD_LOCAL, "8080:/run/x.sock", "Unix socket" },
		{ FORWARD_REMOTE, "[/run/x]:8080", "Unix socket" },
		{ FORWARD_LOCAL, "8080:db", "is not [address:]port:host:hostport" },
		{ FORWARD_DYNAMIC, "8080:db:22", "is not [address:]port" },
		{ FORWARD_LOCAL, "0:db:22", "a number from 1 to 65535" },
		{ FORWARD_LOCAL, "8080::22", "which host" },
		{ FORWARD_LOCAL, "8080 a:1 b:2", "is not [address:]port:host:hostport" },
		{ FORWARD_LOCAL, "${PORT}:db:22", "environment" },
		{ FORWARD_LOCAL, "80\n80:db:22", "control character" },
		{ FORWARD_LOCAL, "", "empty" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forward forward;
		struct err err = ERR_INIT;

		assert_false(forward_parse(cases[i].kind, cases[i].text, &forward, &err));
		if (!strstr(err.text, cases[i].word))
			fail_msg("\"%s\": %s", cases[i].text, err.text);
	}
}

static void fields_of_a_host_take_nothing_else(void **state)
{
	struct host *host = host_new();
	struct err err = ERR_INIT;

	(void)state;
	assert_true(host_set(
	    host, host_field_find("local_forward"), "8080:db:22", false, ORIGIN_HOST, &err));
	assert_false(
	    host_set(host, host_field_find("local_forward"), "1080", true, ORIGIN_HOST, &err));
	assert_true(
	    host_set(host, host_field_find("remote_forward"), "1080", false, ORIGIN_HOST, &err));
	assert_true(
	    host_set(host, host_field_find("dynamic_forward"), "*:1080", false, ORIGIN_HOST, &err));
	assert_int_equal(host->local_forward.len, 1);
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_mean_what_they_mean_to_ssh),
		cmocka_unit_test(the_words_of_a_configuration_file_are_taken),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(fields_of_a_host_take_nothing_else),
	};

	return cmocka_run_group_tests(tests, shell_setup, shell_teardown);
}
