/* SPDX-License-Identifier: Apache-2.0 */
/* What a child that checks has found, where its parent finds it even when the child has died.  Private to cli. */
#ifndef SALLYPORT_CLI_CHECK_TOLD_H
#define SALLYPORT_CLI_CHECK_TOLD_H

#include "sallyport/report.h"

/* A file for it, which children inherit; -1: the system has none to give. */
int check_told_new(void);
/* A host, by its place in the selection, whose checks are over. */
void check_told_host(int fd, size_t place, const struct host_report *report);
/* As in struct checks_owner. */
void check_told_called(int fd, const char *server, double unfinished);

struct check_told_reader {
	/* May take the report's members and leave it empty; it has no name, and was not checked at any time. */
	void (*host)(void *ctx, size_t place, struct host_report *report);
	void (*called)(void *ctx, const char *server, double unfinished); /* NULL: not wanted */
};
/* All that was told from this position on; where the next one begins. */
size_t check_told_read(int fd, size_t from, const struct check_told_reader *reader, void *ctx);

#endif
