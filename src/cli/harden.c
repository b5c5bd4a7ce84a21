/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/harden.h"

#include <sys/resource.h>
#include <unistd.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "sallyport/util.h"

void cli_harden(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifdef HAVE_SYS_PRCTL_H
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
}

void cli_drop_descriptors(const int *keep, size_t count)
{
	fd_close_except(STDERR_FILENO + 1, keep, count);
}

enum { DESCRIPTORS_MAX = 65536 };

long cli_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256;
	rlim_t wanted = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
			return 256;
	}
	return limit.rlim_cur < DESCRIPTORS_MAX ? (long)limit.rlim_cur : DESCRIPTORS_MAX;
}
