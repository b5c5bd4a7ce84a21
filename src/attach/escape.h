/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escape sequences at the start of a line, as ssh(1) has them (process_escapes() in
 * OpenSSH's clientloop.c).  A pure state machine: bytes in, bytes and actions out.
 */
#ifndef ATTACH_ESCAPE_H
#define ATTACH_ESCAPE_H

#include "sallyport/util.h"

enum escape_action {
	ESCAPE_NONE, /* everything was passed on */
	ESCAPE_END, /* ~. */
	ESCAPE_SUSPEND, /* ~^Z */
	ESCAPE_LIST, /* ~# */
	ESCAPE_COMMAND, /* ~C */
	ESCAPE_HELP, /* ~? */
};

struct escape {
	int key; /* '~', or -1: none, every byte passes */
	bool idle; /* nobody takes the keys any more: ^C is the end, too */
	bool line_start;
	bool pending; /* the key came at the start of a line */
};

void escape_init(struct escape *escape, int key);
/*
 * Takes bytes up to the first action and appends what is to be sent to out.  Returns how many
 * were taken: fewer than len only with an action.
 */
size_t escape_feed(
    struct escape *escape, const char *in, size_t len, struct str *out, enum escape_action *action);
/* What ~? says; lines end in \r\n, for a terminal in raw mode. */
void escape_help(const struct escape *escape, struct str *out);
/* The escape key for people: "~", or "^A" for a control character. */
void escape_key_name(const struct escape *escape, struct str *out);

#endif
