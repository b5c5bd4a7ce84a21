/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of connect, which are ssh(1)'s: a table of what each of them does. */
#ifndef SALLYPORT_CLI_CONNECT_FLAGS_H
#define SALLYPORT_CLI_CONNECT_FLAGS_H

#include <stdbool.h>

struct cli;
struct connect_args;

/* One use of a flag; argument is NULL when it takes none. */
struct flag_use {
	struct cli *cli;
	struct connect_args *args;
	const struct flag *flag;
	const char *argument;
};

/* Returns CLI_GO_ON, or the exit status after a message. */
typedef int flag_fn(struct flag_use *use);

struct flag {
	char letter;
	bool has_argument;
	flag_fn *take;
	const char *text; /* a keyword, a setting or N_() of a sentence: as take wants it */
};

/* NULL: there is none. */
const struct flag *flag_find(char letter);

#endif
