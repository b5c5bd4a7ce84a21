/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

void put_bytes(struct packet *p, const void *bytes, size_t n)
{
	if (p->len + n > p->room) {
		p->room = 2 * (p->len + n);
		p->data = realloc(p->data, p->room);
		if (!p->data)
			abort();
	}
	if (n > 0)
		memcpy(p->data + p->len, bytes, n);
	p->len += n;
}

void put_u8(struct packet *p, unsigned value)
{
	unsigned char byte = (unsigned char)value;

	put_bytes(p, &byte, 1);
}

void put_u32(struct packet *p, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		put_u8(p, (value >> shift) & 0xff);
}

void put_string(struct packet *p, const void *bytes, size_t n)
{
	put_u32(p, (uint32_t)n);
	put_bytes(p, bytes, n);
}

void put_text(struct packet *p, const char *text)
{
	put_string(p, text, strlen(text));
}

void put_mpint(struct packet *p, const unsigned char *bytes, size_t n)
{
	for (; n > 0 && *bytes == 0; bytes++)
		n--;
	bool is_padded = n > 0 && (*bytes & 0x80);
	put_u32(p, (uint32_t)(n + is_padded));
	if (is_padded)
		put_u8(p, 0);
	put_bytes(p, bytes, n);
}

unsigned get_u8(struct packet *p)
{
	if (p->pos >= p->len) {
		p->bad = true;
		return 0;
	}
	return p->data[p->pos++];
}

uint32_t get_u32(struct packet *p)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | get_u8(p);
	return value;
}

const unsigned char *get_string(struct packet *p, size_t *n)
{
	const unsigned char *start;

	*n = get_u32(p);
	if (p->bad || *n > p->len - p->pos) {
		p->bad = true;
		*n = 0;
	}
	start = p->data + p->pos;
	p->pos += *n;
	return start;
}

char *get_text(struct packet *p)
{
	size_t n;
	const unsigned char *bytes = get_string(p, &n);
	char *text = malloc(n + 1);

	if (!text)
		abort();
	if (n > 0)
		memcpy(text, bytes, n);
	text[n] = '\0';
	return text;
}

void packet_begin(struct packet *p, unsigned message)
{
	p->len = p->pos = 0;
	p->bad = false;
	put_u8(p, message);
}

void packet_drop(struct packet *p, size_t n)
{
	if (n == 0)
		return;
	p->len -= n;
	memmove(p->data, p->data + n, p->len);
}

void packet_done(struct packet *p)
{
	free(p->data);
	*p = (struct packet){ 0 };
}
