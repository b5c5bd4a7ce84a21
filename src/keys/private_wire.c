/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>
#include <string.h>

#include "keys/internal.h"

/* Of an RSA key of 16,384 bits, the longest that ssh-keygen makes, twice: nothing is ever moved, and left behind. */
enum { ROOM = 20 * 1024, NUMBER_MAX = 2048 + 1 };

static bool add_number(struct str *out, const EVP_PKEY *pkey, const char *param)
{
	unsigned char bytes[NUMBER_MAX];
	BIGNUM *number = NULL;
	bool ok =
	    EVP_PKEY_get_bn_param(pkey, param, &number) == 1 && BN_num_bytes(number) < NUMBER_MAX;

	if (ok)
		str_add_mpint(out, bytes, (size_t)BN_bn2bin(number, bytes));
	secret_wipe(bytes, sizeof bytes);
	BN_clear_free(number);
	return ok;
}

static bool add_rsa(struct str *out, const struct private_key *key)
{
	static const char *const params[] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2 };
	bool ok = true;

	str_add_wire(out, "ssh-rsa", strlen("ssh-rsa"));
	for (size_t i = 0; ok && i < ARRAY_LEN(params); i++)
		ok = add_number(out, key->pkey, params[i]);
	return ok;
}

/* Behind the public fields: the seed and the public half again. */
static bool add_ed25519(struct str *out, const struct private_key *key)
{
	unsigned char pair[64];
	size_t seed = 32, public = 32;
	bool ok = EVP_PKEY_get_raw_private_key(key->pkey, pair, &seed) == 1 &&
	    EVP_PKEY_get_raw_public_key(key->pkey, pair + 32, &public) == 1;

	str_add_mem(out, key->pub.blob, key->pub.len);
	str_add_wire(out, pair, sizeof pair);
	secret_wipe(pair, sizeof pair);
	return ok;
}

static bool add_ecdsa(struct str *out, const struct private_key *key)
{
	str_add_mem(out, key->pub.blob, key->pub.len);
	return add_number(out, key->pkey, OSSL_PKEY_PARAM_PRIV_KEY);
}

static bool add_any(struct str *out, const struct private_key *key)
{
	switch (EVP_PKEY_get_base_id(key->pkey)) {
	case EVP_PKEY_RSA:
		return add_rsa(out, key);
	case EVP_PKEY_EC:
		return add_ecdsa(out, key);
	case EVP_PKEY_ED25519:
		return add_ed25519(out, key);
	}
	return false;
}

struct secret *private_key_wire(const struct private_key *key)
{
	struct str out = { mem_zalloc(1, ROOM), 0, ROOM };
	struct secret *wire = mem_zalloc(1, sizeof *wire);
	bool ok = add_any(&out, key);

	*wire = (struct secret){ out.data, out.len, out.cap };
	if (ok)
		return wire;
	secret_free(wire);
	return NULL;
}
