/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of a file that others may replace while we wait for it. */
#ifndef SALLYPORT_UTIL_FILE_LOCK_H
#define SALLYPORT_UTIL_FILE_LOCK_H

#include "sallyport/util.h"

/*
 * Opens a regular file with these flags (made 0600 with O_CREAT) and locks it (flock), waiting a while; what is locked
 * is the file that path means now, though somebody may have put another one there meanwhile.  -1 with err.
 */
int file_open_locked(const char *path, int flags, struct err *err);

#endif
