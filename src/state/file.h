/* SPDX-License-Identifier: Apache-2.0 */
/* The file as bytes: read, locked, replaced, set aside.  Private to state. */
#ifndef SALLYPORT_STATE_FILE_H
#define SALLYPORT_STATE_FILE_H

#include "sallyport/util.h"

/* A larger file is not ours. */
enum { STATE_FILE_MAX = 64 * 1024 * 1024 };

struct state_file {
	char *path;
	int lock; /* descriptor; -1: not locked */
};

/* Where it is; state_file_done() is due in any case. */
bool state_file_init(struct state_file *file, struct err *err);
/* Gives the lock back. */
void state_file_done(struct state_file *file);
/* True and empty when there is none. */
bool state_file_read(const struct state_file *file, struct str *text, struct err *err);
/* Waits for other writers, but not for long. */
bool state_file_lock(struct state_file *file, struct err *err);
/* All of it or nothing. */
bool state_file_replace(const struct state_file *file, const struct str *text, struct err *err);
/* Renames it to state.json.bad. */
void state_file_set_aside(const struct state_file *file);

#endif
