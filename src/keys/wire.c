/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

static const unsigned char *take(struct wire *wire, size_t len)
{
	const unsigned char *at = wire->data;

	if (wire->bad || wire->len < len) {
		wire->bad = true;
		wire->len = 0;
		return NULL;
	}
	wire->data += len;
	wire->len -= len;
	return at;
}

uint32_t wire_u32(struct wire *wire)
{
	const unsigned char *p = take(wire, 4);

	if (!p)
		return 0;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

unsigned char wire_u8(struct wire *wire)
{
	const unsigned char *p = take(wire, 1);

	return p ? *p : 0;
}

const unsigned char *wire_string(struct wire *wire, size_t *len)
{
	size_t want = wire_u32(wire);
	const unsigned char *p = take(wire, want);

	*len = p ? want : 0;
	return p ? p : (const unsigned char *)"";
}

void str_add_u32(struct str *out, uint32_t value)
{
	const unsigned char bytes[4] = { (unsigned char)(value >> 24), (unsigned char)(value >> 16),
		(unsigned char)(value >> 8), (unsigned char)value };

	str_add_mem(out, bytes, sizeof bytes);
}

void str_add_wire(struct str *out, const void *data, size_t len)
{
	str_add_u32(out, (uint32_t)len);
	str_add_mem(out, data, len);
}
