/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fixes of the checks share: each is one change, found and worded by the check it belongs to, and made only by
 * fix_apply().
 */
#ifndef SALLYPORT_CHECKS_FIX_H
#define SALLYPORT_CHECKS_FIX_H

#include <sys/stat.h>

#include "sallyport/checks.h"

struct fix {
	char *what; /* "chmod 400 ~/a.pem (its mode is 0644)" */
	char *about; /* what to think of before; NULL: nothing */
	char *word; /* to be typed to agree; NULL: "yes" */
	bool (*apply)(const struct fix *fix, struct err *err);
	char *path;
	/* Of a mode: what was seen, and what it becomes. */
	struct stat seen;
	mode_t mode;
	/* Of a host key: where it stands. */
	unsigned line;
	char *name, *fingerprint;
};

/* A new fix of the list, empty. */
struct fix *fixes_add(struct fixes *fixes);

/* The finders: members of the records. */
void fix_modes(struct fixes *fixes, const struct host *host, const struct result *result);
void fix_hostkey(struct fixes *fixes, const struct host *host, const struct result *result);

#endif
