/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "sallyport/util.h"

void fd_close_from(int first)
{
#ifdef HAVE_CLOSEFROM
	closefrom(first);
#else
	long count = sysconf(_SC_OPEN_MAX);

	for (int fd = first; fd < (count > 0 ? count : 1024); fd++)
		close(fd);
#endif
}

void fd_close_except(int first, const int *keep, size_t count)
{
	int next = first;

	/* The lowest that is kept, and on behind it. */
	for (size_t i = 0; i < count; i++)
		if (keep[i] >= first && (next == first || keep[i] < next - 1))
			next = keep[i] + 1;
	if (next == first) {
		fd_close_from(first);
		return;
	}
	while (first < next - 1)
		close(first++);
	fd_close_except(next, keep, count);
}
