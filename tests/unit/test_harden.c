/* SPDX-License-Identifier: Apache-2.0 */
/* What a process gives up; each test in a child, which cannot take it back. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/harden.h"
#include "sallyport/util.h"

/* True when the child says so. */
static bool in_child(bool (*holds)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(holds() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool has_nothing_to_lose(void)
{
	struct rlimit core;

	cli_harden();
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && getrlimit(RLIMIT_CORE, &core) == 0 &&
	    core.rlim_cur == 0 && core.rlim_max == 0;
}

static void no_core_no_dump_no_privileges(void **state)
{
	(void)state;
	assert_true(in_child(has_nothing_to_lose));
}

enum { HIGHEST = 40 };

/* Opens 3 to HIGHEST, closes all but keep, and looks what is left. */
static bool leaves(const int *keep, size_t count)
{
	for (int fd = 3; fd <= HIGHEST; fd++)
		dup2(STDOUT_FILENO, fd);
	cli_drop_descriptors(keep, count);
	for (int fd = 0; fd <= HIGHEST; fd++) {
		bool kept = fd < 3;

		for (size_t i = 0; i < count; i++)
			kept = kept || keep[i] == fd;
		if (kept != (fcntl(fd, F_GETFD) != -1))
			return false;
	}
	return true;
}

static bool keeps_none(void)
{
	return leaves(NULL, 0) && leaves((const int[]){ -1, 2 }, 2);
}

static bool keeps_one(void)
{
	return leaves((const int[]){ 3 }, 1) && leaves((const int[]){ -1, HIGHEST }, 2) &&
	    leaves((const int[]){ 17, 0 }, 2);
}

static bool keeps_some(void)
{
	return leaves((const int[]){ 9, 4 }, 2) && leaves((const int[]){ 4, 9, 3, 9, 5 }, 5);
}

static void descriptors_that_nobody_needs_are_closed(void **state)
{
	(void)state;
	assert_true(in_child(keeps_none));
	assert_true(in_child(keeps_one));
	assert_true(in_child(keeps_some));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_core_no_dump_no_privileges),
		cmocka_unit_test(descriptors_that_nobody_needs_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
