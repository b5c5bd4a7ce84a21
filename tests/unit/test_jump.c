/* SPDX-License-Identifier: Apache-2.0 */
/* Jump hosts: what is wrong with them, and the ssh command that goes through them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hosts_text.h"

/* The problem of the first host when each "name jump" pair is an entry. */
static void assert_jump(const char *entries, const char *word)
{
	struct host_list list;

	load(&list, entries);
	char *problem = hosts_jump_problem(&list, list.items[0]);

	if (!word && problem)
		fail_msg("%s: %s", entries, problem);
	if (word && (!problem || !strstr(problem, word)))
		fail_msg("%s: %s, expected %s", entries, problem ? problem : "no problem", word);
	free(problem);
	hosts_done(&list);
}

static void hops_that_are_there_are_fine(void **state)
{
	(void)state;
	assert_jump("{\"hosts\":[{\"name\":\"a\"}]}", NULL);
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"none\"}]}", NULL);
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"\"}]}", NULL);
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b\"},{\"name\":\"b\"}]}", NULL);
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b,c\"},{\"name\":\"b\"},{\"name\":\"c\"}]}",
	    NULL);
}

static void addresses_may_be_hops(void **state)
{
	(void)state;
	static const char *const hops[] = { "10.0.0.1", "u@h", "h:22", "h.example.org", "localhost",
		"u@[::1]:22", "::1", "ssh://u@h", "u@h,h:22" };

	for (size_t i = 0; i < ARRAY_LEN(hops); i++) {
		char *text =
		    mem_printf("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"%s\"}]}", hops[i]);

		assert_jump(text, NULL);
		free(text);
	}
}

/* H30 */
static void an_unknown_name_is_a_problem(void **state)
{
	(void)state;
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"bastoin\"}]}", "bastoin:22");
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b,x\"},{\"name\":\"b\"}]}", "\"x\"");
}

static void a_hop_that_is_no_address_is_a_problem(void **state)
{
	(void)state;
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"u@h:0\"}]}", "65535");
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"u@h;id\"}]}", "character");
}

static void a_host_is_not_its_own_jump_host(void **state)
{
	(void)state;
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"a\"}]}", "its own");
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b,a\"},{\"name\":\"b\"}]}", "its own");
}

static void circles_are_found_however_long(void **state)
{
	(void)state;
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b\"},{\"name\":\"b\",\"proxy_jump\":\"a\"}]}",
	    "a > b > a");
	/* a circle that the host is not part of */
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b\"},{\"name\":\"b\",\"proxy_jump\":\"c\"},"
	    "{\"name\":\"c\",\"proxy_jump\":\"b\"}]}",
	    "circle");
}

static void the_second_hop_needs_no_way_of_its_own(void **state)
{
	(void)state;
	/* c is reached through b, so its own proxy_jump (back to a) is not used */
	assert_jump("{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b,c\"},{\"name\":\"b\"},"
		    "{\"name\":\"c\",\"proxy_jump\":\"a\"}]}",
	    NULL);
}

static void an_unusable_hop_is_a_problem(void **state)
{
	(void)state;
	assert_jump(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b\"},{\"name\":\"b\",\"port\":0}]}",
	    "b: port:");
}

/* The list h0 > h1 > ... with so many hops.  Caller frees. */
static char *chain_of(int hops)
{
	struct str text = STR_INIT;

	str_add(&text, "{\"hosts\":[");
	for (int i = 0; i < hops; i++)
		str_addf(&text, "{\"name\":\"h%d\",\"proxy_jump\":\"h%d\"},", i, i + 1);
	str_addf(&text, "{\"name\":\"h%d\"}]}", hops);
	return str_take(&text);
}

static void twenty_hops_are_walked_and_very_many_refused(void **state)
{
	(void)state;
	char *twenty = chain_of(20), *many = chain_of(5000);

	assert_jump(twenty, NULL);
	assert_jump(many, "more than");
	free(twenty);
	free(many);
}

/* ---- the command ---- */

static void assert_command(const char *entries, const char *command)
{
	struct host_list list;

	load(&list, entries);
	char *found = host_ssh_command(&list, list.items[0]);

	assert_string_equal(found, command);
	free(found);
	hosts_done(&list);
}

static void the_command_says_what_differs(void **state)
{
	(void)state;
	assert_command("{\"hosts\":[{\"name\":\"a\"}]}", "ssh a");
	assert_command(
	    "{\"hosts\":[{\"name\":\"a\",\"hostname\":\"10.0.0.1\",\"port\":22,\"user\":\"root\"}]}",
	    "ssh root@10.0.0.1");
	assert_command(
	    "{\"hosts\":[{\"name\":\"a\",\"port\":2222,\"identity_file\":[\"~/.ssh/a.pem\",\"/k 2\"],"
	    "\"forward_agent\":true,\"local_forward\":\"80 h:80\",\"connect_timeout\":5,"
	    "\"strict_host_key_checking\":\"yes\",\"tags\":[\"x\"],\"note\":\"n\"}]}",
	    "ssh -p 2222 -i ~/.ssh/a.pem -i '/k 2' -o ForwardAgent=yes -L 80:h:80 -o ConnectTimeout=5 "
	    "-o StrictHostKeyChecking=yes a");
	assert_command("{\"hosts\":[{\"name\":\"a\",\"set_env\":{\"A\":\"1\",\"B\":\"x y\"}}]}",
	    "ssh -o 'SetEnv=\"A=1\" \"B=x y\"' a");
}

static void the_shell_sees_each_word_as_it_is(void **state)
{
	(void)state;
	assert_command("{\"hosts\":[{\"name\":\"a\",\"identity_file\":\"/it's; rm -rf $HOME\"}]}",
	    "ssh -i '/it'\\''s; rm -rf $HOME' a");
	assert_command(
	    "{\"hosts\":[{\"name\":\"a\",\"identity_file\":\"~root/k\"}]}", "ssh -i '~root/k' a");
	assert_command("{\"hosts\":[{\"name\":\"a\",\"hostname\":\"fe80::1\",\"user\":\"u v\"}]}",
	    "ssh 'u v@fe80::1'");
}

static void our_names_become_addresses_in_the_command(void **state)
{
	(void)state;
	assert_command(
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b,x@y:1\"},{\"name\":\"b\",\"hostname\":"
	    "\"10.0.0.2\",\"user\":\"u\",\"port\":2200,\"proxy_jump\":\"c\"},{\"name\":\"c\",\"user\":\"v\","
	    "\"hostname\":\"10.0.0.3\"}]}",
	    "ssh -J v@10.0.0.3,u@10.0.0.2:2200,x@y:1 a");
}

static void a_circle_does_not_hang_the_command(void **state)
{
	(void)state;
	struct host_list list;

	load(&list,
	    "{\"hosts\":[{\"name\":\"a\",\"proxy_jump\":\"b\"},{\"name\":\"b\",\"proxy_jump\":\"a\"}]}");
	char *command = host_ssh_command(&list, list.items[0]);

	assert_true(str_starts(command, "ssh -J "));
	free(command);
	command = host_ssh_command(NULL, list.items[0]);
	assert_string_equal(command, "ssh -J b a");
	free(command);
	hosts_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hops_that_are_there_are_fine),
		cmocka_unit_test(addresses_may_be_hops),
		cmocka_unit_test(an_unknown_name_is_a_problem),
		cmocka_unit_test(a_hop_that_is_no_address_is_a_problem),
		cmocka_unit_test(a_host_is_not_its_own_jump_host),
		cmocka_unit_test(circles_are_found_however_long),
		cmocka_unit_test(the_second_hop_needs_no_way_of_its_own),
		cmocka_unit_test(an_unusable_hop_is_a_problem),
		cmocka_unit_test(twenty_hops_are_walked_and_very_many_refused),
		cmocka_unit_test(the_command_says_what_differs),
		cmocka_unit_test(the_shell_sees_each_word_as_it_is),
		cmocka_unit_test(our_names_become_addresses_in_the_command),
		cmocka_unit_test(a_circle_does_not_hang_the_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
