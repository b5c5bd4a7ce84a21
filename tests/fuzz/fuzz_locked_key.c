/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes in the container of an OpenSSH key, opened with a passphrase. */
#include "fuzz.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "keys/internal.h"

enum { SIZE_MAX_HERE = 16384, ROUNDS_MAX_HERE = 2 };

static struct secret *passphrase(void)
{
	struct secret *secret = secret_new();

	for (const char *p = "portcullis"; *p; p++)
		secret_add(secret, *p);
	return secret;
}

/* A key may ask for more work than there is time for here. */
static bool is_quick(const struct openssh_key *key)
{
	struct wire options = key->kdf_options;
	size_t n;

	wire_string(&options, &n);
	return wire_u32(&options) <= ROUNDS_MAX_HERE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char text[SIZE_MAX_HERE * 4 / 3 + 8];
	struct armour armour = { .body = (const char *)text };
	struct openssh_key key = { 0 };
	struct secret *secret;

	if (size > SIZE_MAX_HERE)
		return 0;
	armour.body_len = (size_t)EVP_EncodeBlock(text, data, (int)size);
	if (openssh_read(&key, &armour) && openssh_locked_known(&key) && is_quick(&key)) {
		secret = passphrase();
		if (openssh_unlock(&key, secret))
			EVP_PKEY_free(openssh_to_evp(&key));
		secret_free(secret);
	}
	openssh_done(&key);
	return 0;
}
