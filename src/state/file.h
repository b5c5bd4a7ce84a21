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
	char *temporary; /* that takes its place; NULL: none is being written */
	int out; /* its descriptor */
	size_t written;
	int errnum; /* of what failed in writing; 0: nothing */
};

/* Where it is; state_file_done() is due in any case. */
bool state_file_init(struct state_file *file, struct err *err);
/* Gives the lock back, and leaves nothing of a new file that has not taken its place. */
void state_file_done(struct state_file *file);
/* True and empty when there is none. */
bool state_file_read(const struct state_file *file, struct str *text, struct err *err);
/* Waits for other writers, but not for long. */
bool state_file_lock(struct state_file *file, struct err *err);
/* With the lock.  A new file: begun, added to, and put in its place, all of it or nothing.  What fails on the way is told at the end. */
void state_file_begin(struct state_file *file);
void state_file_add(struct state_file *file, const char *data, size_t len);
bool state_file_replace(struct state_file *file, struct err *err);
/* Renames it to state.json.bad. */
void state_file_set_aside(const struct state_file *file);

#endif
