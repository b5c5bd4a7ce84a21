/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void str_reserve(struct str *s, size_t more)
{
	size_t need = s->len + more + 1;
	size_t cap = s->cap > 0 ? s->cap : 32;

	if (need <= s->cap)
		return;
	while (cap < need)
		cap *= 2;
	s->data = mem_realloc(s->data, cap, 1);
	s->cap = cap;
}

void str_done(struct str *s)
{
	free(s->data);
	*s = (struct str)STR_INIT;
}

void str_reset(struct str *s)
{
	s->len = 0;
	if (s->data != NULL)
		s->data[0] = '\0';
}

void str_add_mem(struct str *s, const void *data, size_t len)
{
	str_reserve(s, len);
	if (len > 0)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void str_add_char(struct str *s, char c)
{
	str_add_mem(s, &c, 1);
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	char small[256]; /* most texts fit, and are not made twice to measure them */
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(small, sizeof small, fmt, again);
	va_end(again);
	if (len < 0)
		return;
	if ((size_t)len < sizeof small) {
		str_add_mem(s, small, (size_t)len);
		return;
	}
	str_reserve(s, (size_t)len);
	vsnprintf(s->data + s->len, (size_t)len + 1, fmt, ap);
	s->len += (size_t)len;
}

void str_consume(struct str *s, size_t len)
{
	if (len == 0)
		return;
	if (len >= s->len) {
		str_reset(s);
		return;
	}
	memmove(s->data, s->data + len, s->len - len + 1);
	s->len -= len;
}

const char *str_text(const struct str *s)
{
	return s->data != NULL ? s->data : "";
}

char *str_take(struct str *s)
{
	char *text = s->data != NULL ? s->data : mem_strdup("");

	*s = (struct str)STR_INIT;
	return text;
}

char *str_lower(const char *text)
{
	char *copy = mem_strdup(text);

	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

unsigned str_hash(const char *text)
{
	unsigned hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}
