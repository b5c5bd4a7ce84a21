/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "sallyport/util.h"

static void users_are_guessed_from_banner_and_cloud(void **state)
{
	static const struct {
		const char *software, *provider, *refused, *guess;
	} rows[] = {
		{ "OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", NULL, "root", "ubuntu" },
		{ "OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", "ecs", "ubuntu", "root, ecs-user" },
		{ "OpenSSH_9.2p1 Debian-2+deb12u3", NULL, "me", "debian, admin, root" },
		{ "OpenSSH_9.2p1 Debian-2+deb12u3", "AWS", "admin",
		    "debian, root, ec2-user, ubuntu" },
		{ "OpenSSH_8.0", "aliyun", "me", "root, ecs-user" },
		{ "OpenSSH_8.0", "ecs", "root", "ecs-user" },
		{ "OpenSSH_8.7", "amazon", "root", "ec2-user, ubuntu, admin" },
		{ "dropbear_2022.83", NULL, "me", "root, admin" },
		{ "OpenSSH_for_Windows_9.5", NULL, "me", "Administrator" },
		/* Nothing is known: what clouds commonly have. */
		{ "OpenSSH_9.9", NULL, "me", "root, ecs-user, ubuntu, ec2-user" },
		{ "OpenSSH_9.9", "", "root", "ecs-user, ubuntu, ec2-user, admin" },
		{ NULL, NULL, "ubuntu", "root, ecs-user, ec2-user, admin" },
		/* The one user that there is was refused. */
		{ "OpenSSH_8.0", "huawei", "root", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *guess = users_guess(rows[i].software, rows[i].provider, rows[i].refused);
		assert_string_equal(guess, rows[i].guess);
		free(guess);
	}
}

static void the_question_has_no_empty_list(void **state)
{
	char *question = users_question("OpenSSH_9.6p1 Ubuntu-3", NULL, "me");

	(void)state;
	assert_string_equal(question, "Is me the right user, or one of: ubuntu, root?");
	free(question);
	question = users_question("OpenSSH_8.0", "huawei", "root");
	assert_string_equal(question, "Is root the right user?");
	free(question);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_are_guessed_from_banner_and_cloud),
		cmocka_unit_test(the_question_has_no_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
