/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uint32_t first, last;
};

/*
 * Code points that show nothing, or change how their neighbours are shown: C1 controls, soft
 * hyphen, bidirectional and zero-width controls, fillers, line separators, variation selectors'
 * cousins, tags, private use, noncharacters (Unicode 15, categories Cc, Cf, Zl, Zp, Co, Cn in
 * part).  Sorted.  U+FE0F and U+200D inside emoji are shown escaped too: a host's name can do
 * without them.
 */
static const struct range hidden[] = {
	{ 0x0080, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x0600, 0x0605 },
	{ 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },
	{ 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 },
	{ 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xd800, 0xf8ff },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd },
	{ 0x13430, 0x1345f },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0x1fffe, 0x1ffff },
	{ 0x2fffe, 0x2ffff },
	{ 0x3fffe, 0x10ffff },
};

static bool is_hidden(uint32_t cp)
{
	size_t low = 0, high = ARRAY_LEN(hidden);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp < hidden[mid].first)
			high = mid;
		else if (cp > hidden[mid].last)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *cp)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t need = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;

	if (need == 0 || need > len || s[0] > 0xf4)
		return 0;
	*cp = need == 1 ? s[0] : s[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3fu);
	}
	if (*cp < smallest[need] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return need;
}

static bool is_plain(uint32_t cp, unsigned flags)
{
	if (cp == '\n' || cp == '\t')
		return (flags & CLEAN_LINES) != 0;
	if (cp < 0x20 || cp == 0x7f)
		return false;
	if (cp < 0x80)
		return true;
	return (flags & CLEAN_ASCII) == 0 && !is_hidden(cp);
}

void clean_text(struct str *out, const char *text, size_t len, unsigned flags)
{
	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_decode(text, len, &cp);

		if (n == 0 || (cp < 0x80 && !is_plain(cp, flags))) {
			str_addf(out, "\\x%02x", (unsigned char)text[0]);
			n = 1;
		} else if (is_plain(cp, flags)) {
			str_add_mem(out, text, n);
		} else {
			str_addf(out, "\\u{%x}", (unsigned)cp);
		}
		text += n;
		len -= n;
	}
}

char *clean_dup(const char *text)
{
	struct str out = STR_INIT;

	if (text != NULL)
		clean_text(&out, text, strlen(text), clean_locale_flags());
	return str_take(&out);
}

unsigned clean_locale_flags(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? 0 : CLEAN_ASCII;
}
