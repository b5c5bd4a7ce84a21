/* SPDX-License-Identifier: Apache-2.0 */
#include "edit.h"

#include <string.h>
#include <wchar.h>

enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, CTRL_W = 23, ESC = 27, DEL = 127 };

void edit_init(struct edit *edit, bool echo)
{
	*edit = (struct edit){ .text = secret_new(), .echo = echo, .state = EDIT_PLAIN };
}

void edit_done(struct edit *edit)
{
	secret_free(edit->text);
	edit->text = NULL;
}

/* Columns that the last character takes; 1 where the locale cannot say. */
static int last_width(const struct secret *text)
{
	size_t at = text->len;
	mbstate_t state = { 0 };
	wchar_t wide;
	int width = 1;

	do
		at--;
	while (at > 0 && ((unsigned char)text->data[at] & 0xc0) == 0x80);
	if (mbrtowc(&wide, text->data + at, text->len - at, &state) < (size_t)-2)
		width = wcwidth(wide);
	secret_wipe(&wide, sizeof wide);
	return width < 0 ? 1 : width;
}

static void chop(struct edit *edit, struct str *shown)
{
	if (edit->text->len == 0)
		return;
	if (edit->echo)
		for (int i = last_width(edit->text); i > 0; i--)
			str_add(shown, "\b \b");
	secret_chop(edit->text);
}

static bool ends_in_space(const struct edit *edit)
{
	return edit->text->len > 0 && edit->text->data[edit->text->len - 1] == ' ';
}

static void chop_word(struct edit *edit, struct str *shown)
{
	while (ends_in_space(edit))
		chop(edit, shown);
	while (edit->text->len > 0 && !ends_in_space(edit))
		chop(edit, shown);
}

static void add(struct edit *edit, unsigned char byte, struct str *shown)
{
	if (secret_add(edit->text, (char)byte) && edit->echo)
		str_add_char(shown, (char)byte);
}

static enum edit_end feed_plain(struct edit *edit, unsigned char byte, struct str *shown)
{
	if (byte == ESC)
		edit->state = EDIT_ESC;
	else if (byte >= ' ' && byte != DEL)
		add(edit, byte, shown);
	else if (edit->pasting)
		return EDIT_MORE; /* controls in a paste are not keys */
	else if (byte == '\r' || byte == '\n')
		return EDIT_LINE;
	else if (byte == CTRL_C)
		return EDIT_CANCEL;
	else if (byte == CTRL_D && edit->text->len == 0)
		return EDIT_EOF;
	else if (byte == DEL || byte == BACKSPACE)
		chop(edit, shown);
	else if (byte == CTRL_W)
		chop_word(edit, shown);
	else if (byte == CTRL_U)
		while (edit->text->len > 0)
			chop(edit, shown);
	return EDIT_MORE;
}

static void end_sequence(struct edit *edit)
{
	if (edit->sequence_len == 4 && memcmp(edit->sequence, "200~", 4) == 0)
		edit->pasting = true;
	if (edit->sequence_len == 4 && memcmp(edit->sequence, "201~", 4) == 0)
		edit->pasting = false;
	edit->state = EDIT_PLAIN;
}

static void feed_csi(struct edit *edit, unsigned char byte)
{
	if (edit->sequence_len < sizeof edit->sequence)
		edit->sequence[edit->sequence_len++] = (char)byte;
	if (byte >= 0x40 && byte <= 0x7e) /* ECMA-48 5.4: the final byte */
		end_sequence(edit);
}

enum edit_end edit_feed(struct edit *edit, unsigned char byte, struct str *shown)
{
	switch (edit->state) {
	case EDIT_PLAIN:
		return feed_plain(edit, byte, shown);
	case EDIT_ESC:
		edit->state = byte == '[' ? EDIT_CSI : byte == 'O' ? EDIT_SS3 : EDIT_PLAIN;
		edit->sequence_len = 0;
		/* Esc and then a control that means something: both were keys. */
		if (byte < ' ' && !edit->pasting)
			return byte == ESC ? EDIT_CANCEL : feed_plain(edit, byte, shown);
		return EDIT_MORE;
	case EDIT_CSI:
		if (byte < ' ') { /* cut off */
			edit->state = EDIT_PLAIN;
			return feed_plain(edit, byte, shown);
		}
		feed_csi(edit, byte);
		return EDIT_MORE;
	case EDIT_SS3:
		edit->state = EDIT_PLAIN;
		return EDIT_MORE;
	}
	return EDIT_MORE;
}

bool edit_is_waiting(const struct edit *edit)
{
	return edit->state == EDIT_ESC && !edit->pasting;
}
