/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of a fingerprint that ssh-keygen -lv draws (OpenSSH sshkey.c, "the drunken bishop"). */
#include "sallyport/keys.h"

#include <stdlib.h>
#include <string.h>

#include "keys/internal.h"

enum { COLS = 17, ROWS = 9 };

/* By how often a square was visited; the last two mark where the walk began and ended. */
static const char marks[] = " .o+=*BOX@%&#/^SE";
enum { MARK_END = sizeof marks - 2, MARK_START = MARK_END - 1, MARK_MOST = MARK_START - 1 };

/* Each two bits of the digest, lowest first, are a step to one of the four diagonals; walls stop it. */
static void walk(const unsigned char *digest, size_t len, unsigned char visits[ROWS][COLS])
{
	int row = ROWS / 2, col = COLS / 2;

	for (size_t i = 0; i < len * 4; i++) {
		unsigned step = digest[i / 4] >> i % 4 * 2;

		col += step & 1 ? col < COLS - 1 : -(col > 0);
		row += step & 2 ? row < ROWS - 1 : -(row > 0);
		if (visits[row][col] < MARK_MOST)
			visits[row][col]++;
	}
	visits[ROWS / 2][COLS / 2] = MARK_START;
	visits[row][col] = MARK_END;
}

static void add_edge(struct str *out, const char *title)
{
	size_t len = strlen(title), left = (COLS - len) / 2;

	str_add_char(out, '+');
	for (size_t i = 0; i < COLS; i++)
		str_add_char(out, i < left || i >= left + len ? '-' : title[i - left]);
	str_add_char(out, '+');
}

/* "[ED25519 256]"; without the size where there is no room for it. */
static char *title_of(const unsigned char *blob, size_t len)
{
	char *type = pubkey_type(blob, len), *name = pubkey_type_show(type);
	char *title = mem_printf("[%s %u]", name, pubkey_bits(blob, len));

	if (strlen(title) >= COLS) {
		free(title);
		title = mem_printf("[%.*s]", COLS - 3, name);
	}
	free(type);
	free(name);
	return title;
}

char *pubkey_randomart(const unsigned char *blob, size_t len)
{
	unsigned char digest[PUBKEY_DIGEST_LEN], visits[ROWS][COLS] = { { 0 } };
	struct str out = STR_INIT;
	char *title;

	if (!pubkey_valid(blob, len) || !pubkey_digest(blob, len, digest))
		return NULL;
	walk(digest, sizeof digest, visits);
	title = title_of(blob, len);
	add_edge(&out, title);
	for (int row = 0; row < ROWS; row++) {
		str_add(&out, "\n|");
		for (int col = 0; col < COLS; col++)
			str_add_char(&out, marks[visits[row][col]]);
		str_add_char(&out, '|');
	}
	str_add_char(&out, '\n');
	add_edge(&out, "[SHA256]");
	free(title);
	return str_take(&out);
}
