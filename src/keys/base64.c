/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/base64.h"

#include <openssl/evp.h>
#include <stdlib.h>

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

unsigned char *base64_decode(const char *text, size_t len, size_t *out_len)
{
	unsigned char *out = mem_alloc(len / 4 * 3 + 4);
	size_t n = 0, chars = 0, padding = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r' || text[i] == ' ' || text[i] == '\t')
			continue;
		int value = value_of(text[i]);
		if (text[i] == '=')
			padding++;
		else if (value < 0 || padding)
			goto bad;
		bits = bits << 6 | (uint32_t)(value < 0 ? 0 : value);
		if (++chars % 4)
			continue;
		out[n++] = (unsigned char)(bits >> 16);
		out[n++] = (unsigned char)(bits >> 8);
		out[n++] = (unsigned char)bits;
	}
	if (chars % 4 || padding > 2)
		goto bad;
	*out_len = n - padding;
	return out;
bad:
	secret_wipe(out, n);
	free(out);
	return NULL;
}

void base64_encode(struct str *out, const unsigned char *data, size_t len)
{
	unsigned char *text = mem_alloc(len / 3 * 4 + 5);
	int n = EVP_EncodeBlock(text, data, (int)len);

	str_add_mem(out, text, (size_t)n);
	free(text);
}
