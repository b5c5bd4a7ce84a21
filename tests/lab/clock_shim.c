/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into our own program: a wall clock that somebody sets, a day ahead and a day back in turns, each time
 * that it is read.  The monotonic clock is left alone.
 */
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 24 * 60 * 60 };

static time_t jump(time_t now)
{
	static int readings;

	return now + (++readings % 2 ? DAY : -DAY);
}

static time_t now_real(long *ns)
{
	struct timespec now = { 0, 0 };

	syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	if (ns)
		*ns = now.tv_nsec;
	return jump(now.tv_sec);
}

time_t time(time_t *out)
{
	time_t now = now_real(NULL);

	if (out)
		*out = now;
	return now;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	long ns = 0;

	(void)zone;
	now->tv_sec = now_real(&ns);
	now->tv_usec = ns / 1000;
	return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, now);
	now->tv_sec = now_real(&now->tv_nsec);
	return 0;
}
