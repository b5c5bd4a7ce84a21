/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/harden.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "sallyport/cli.h"
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

/* assert has said on standard error what was wrong.  Nothing but write(2) is safe here (signal-safety(7)). */
static void on_abort(int signum)
{
	static const char text[] =
	    "sallyport: an inner check (the line above) ended this connection: a packet was damaged on its way, or the "
	    "server or sallyport has a fault\n"
	    "hint: Connect again.  If it ends so again, report that line to the developers of sallyport.\n";
	ssize_t put = write(STDERR_FILENO, text, sizeof text - 1);

	(void)signum;
	(void)put;
	_exit(EXIT_SSH);
}

void cli_harden_abort(void)
{
	struct sigaction action = { .sa_handler = on_abort };

	sigemptyset(&action.sa_mask);
	sigaction(SIGABRT, &action, NULL);
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
