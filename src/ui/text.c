/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "sallyport/util.h"

/* The character at text: its bytes (0 at the end) and its columns (-1: no known width). */
static size_t next_char(const char *text, int *cols)
{
	unsigned char first = (unsigned char)text[0];
	mbstate_t state;
	wchar_t wc;

	*cols = 1;
	if (first == '\0')
		return 0;
	if (first >= ' ' && first < 0x7f)
		return 1;
	memset(&state, 0, sizeof state);
	size_t len = mbrtowc(&wc, text, strlen(text), &state);
	if (len == 0 || len == (size_t)-1 || len == (size_t)-2) {
		*cols = -1;
		return 1;
	}
	*cols = wcwidth(wc);
	return len;
}

char *text_clean(const char *text)
{
	char *clean = clean_dup(text);
	struct str out = STR_INIT;
	size_t len;
	int cols;

	for (const char *at = clean; (len = next_char(at, &cols)) > 0; at += len)
		if (cols < 0)
			str_add_char(&out, '?');
		else
			str_add_mem(&out, at, len);
	free(clean);
	return str_take(&out);
}

int text_width(const char *text)
{
	int width = 0, cols;
	size_t len;

	for (; (len = next_char(text, &cols)) > 0; text += len)
		width += cols > 0 ? cols : 0;
	return width;
}

size_t text_fit(const char *text, int width)
{
	size_t at = 0, len;
	int used = 0, cols;

	for (; (len = next_char(text + at, &cols)) > 0; at += len) {
		used += cols > 0 ? cols : 0;
		if (used > width)
			break;
	}
	return at;
}

void text_clip(struct str *out, const char *text, int width)
{
	size_t fits = text_fit(text, width);

	if (text[fits] == '\0') {
		str_add(out, text);
		return;
	}
	if (width < 1)
		return;
	fits = text_fit(text, width - 1);
	str_add_mem(out, text, fits);
	str_add(out, text_is_utf8() ? "\xe2\x80\xa6" : "~");
}

/* Lines end at blanks and, so that paths break well, after slashes that are not too near the beginning. */
static bool may_break_after(char c)
{
	return c == ' ' || c == '/';
}

size_t text_wrap(const char *text, int width, size_t *next)
{
	size_t fits = text_fit(text, width), end;
	int cols;

	if (fits == 0)
		fits = next_char(text, &cols);
	end = fits;
	if (text[fits] != '\0' && text[fits] != ' ')
		while (end > 0 && !may_break_after(text[end - 1]))
			end--;
	bool early = end < fits / 2 && end > 0 && text[end - 1] == '/';
	if (end == 0 || early)
		end = fits;
	*next = end + strspn(text + end, " ");
	while (end > 0 && text[end - 1] == ' ')
		end--;
	return end;
}

void age_text(char buf[4], long minutes)
{
	static const struct {
		long minutes; /* in one of the unit */
		char unit;
	} units[] = { { 365L * 24 * 60, 'y' }, { 7L * 24 * 60, 'w' }, { 24L * 60, 'd' },
		{ 60, 'h' }, { 1, 'm' } };
	size_t i = 0;

	buf[0] = '\0';
	if (minutes == 0)
		snprintf(buf, 4, "now");
	if (minutes <= 0)
		return;
	/* The smallest unit that says it in two digits. */
	while (i + 1 < ARRAY_LEN(units) && minutes / units[i + 1].minutes < 100)
		i++;
	long number = minutes / units[i].minutes;
	snprintf(buf, 4, "%u%c", number < 100 ? (unsigned)number % 100 : 99, units[i].unit);
}

bool text_is_utf8(void)
{
	return clean_locale_flags() == 0;
}
