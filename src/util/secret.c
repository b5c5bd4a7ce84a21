/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/util.h"

#include <stdlib.h>
#include <string.h>

/* Enough for any passphrase; a fixed size means that no copy is left behind by growing. */
#define SECRET_MAX 4096

struct secret *secret_new(void)
{
	struct secret *secret = mem_zalloc(1, sizeof *secret);

	secret->cap = SECRET_MAX + 1;
	secret->data = mem_zalloc(secret->cap, 1);
	return secret;
}

void secret_free(struct secret *secret)
{
	if (secret == NULL)
		return;
	secret_wipe(secret->data, secret->cap);
	free(secret->data);
	free(secret);
}

bool secret_add(struct secret *secret, char c)
{
	if (secret->len + 1 >= secret->cap)
		return false;
	secret->data[secret->len++] = c;
	secret->data[secret->len] = '\0';
	return true;
}

void secret_chop(struct secret *secret)
{
	while (secret->len > 0) {
		unsigned char last = (unsigned char)secret->data[--secret->len];

		secret->data[secret->len] = '\0';
		if ((last & 0xc0) != 0x80) /* not a continuation byte */
			return;
	}
}

void secret_clear(struct secret *secret)
{
	secret_wipe(secret->data, secret->cap);
	secret->len = 0;
}

struct secret *secret_dup(const struct secret *secret)
{
	struct secret *copy = mem_zalloc(1, sizeof *copy);

	copy->cap = secret->cap;
	copy->len = secret->len;
	copy->data = mem_dup(secret->data, secret->cap);
	return copy;
}

void secret_wipe(void *data, size_t len)
{
	explicit_bzero(data, len);
}
