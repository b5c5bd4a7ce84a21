/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line typed at a prompt, as a pure state machine: bytes in, the line out.  Keys:
 * Backspace, ^U, ^W, Enter, ^D on an empty line, ^C and Esc.  Other controls and
 * key sequences are dropped, and a bracketed paste cannot end the line.
 */
#ifndef ATTACH_EDIT_H
#define ATTACH_EDIT_H

#include "sallyport/util.h"

enum edit_end {
	EDIT_MORE, /* the line goes on */
	EDIT_LINE,
	EDIT_EOF, /* ^D on an empty line: no answer */
	EDIT_CANCEL, /* ^C, or Esc twice */
};

struct edit {
	struct secret *text;
	bool echo;
	enum { EDIT_PLAIN, EDIT_ESC, EDIT_CSI, EDIT_SS3 } state;
	char sequence[8]; /* of a control sequence, as far as it fits */
	size_t sequence_len;
	bool pasting;
};

void edit_init(struct edit *edit, bool echo);
void edit_done(struct edit *edit);
/* Takes one byte; with echo, appends to shown what the terminal is to draw. */
enum edit_end edit_feed(struct edit *edit, unsigned char byte, struct str *shown);
/* An Esc came and nothing after it so far: a key of its own, if nothing follows soon. */
bool edit_is_waiting(const struct edit *edit);

#endif
