/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void out_of_memory(void)
{
	static const char text[] = "sallyport: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		abort();
	abort();
}

void *mem_alloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *mem_zalloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *mem_realloc(void *old, size_t n, size_t size)
{
	void *p;

	if (size == 0 || n > SIZE_MAX / size)
		out_of_memory();
	p = realloc(old, n > 0 ? n * size : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

char *mem_strdup(const char *text)
{
	return mem_dup(text, strlen(text) + 1);
}

char *mem_strndup(const char *text, size_t len)
{
	size_t have = strnlen(text, len);
	char *copy = mem_alloc(have + 1);

	memcpy(copy, text, have);
	copy[have] = '\0';
	return copy;
}

void *mem_dup(const void *data, size_t len)
{
	void *copy = mem_alloc(len);

	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = mem_vprintf(fmt, ap);
	va_end(ap);
	return text;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char small[256]; /* most texts fit, and are not made twice to measure them */
	va_list again;

	if (strcmp(fmt, "%s") == 0)
		return mem_strdup(va_arg(ap, const char *));
	va_copy(again, ap);
	int len = vsnprintf(small, sizeof small, fmt, again);
	va_end(again);
	if (len < (int)sizeof small)
		return mem_strndup(small, len < 0 ? 0 : (size_t)len);
	char *text = mem_alloc((size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	return text;
}
