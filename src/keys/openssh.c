/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"

static const char magic[] = "openssh-key-v1"; /* with its NUL */

static char *wire_text(struct wire *wire)
{
	size_t n;
	const unsigned char *text = wire_string(wire, &n);

	return mem_strndup((const char *)text, n);
}

/*
 * Steps over the private fields of a key, whose number depends on its type, up to the
 * comment: false for types whose fields we do not know.
 */
static bool skip_private(struct wire *wire, const char *type)
{
	static const struct {
		const char *type;
		unsigned fields;
	} table[] = { { "ssh-rsa", 6 }, { "ssh-dss", 5 }, { "ssh-ed25519", 2 },
		{ "ecdsa-sha2-", 3 } };
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!str_starts(type, table[i].type))
			continue;
		for (unsigned k = 0; k < table[i].fields; k++)
			wire_string(wire, &n);
		return !wire->bad;
	}
	return false;
}

/* The private section of an unencrypted key: both check words, then its type. */
static bool open_secret(struct wire *wire, char **type)
{
	uint32_t check = wire_u32(wire);

	if (check != wire_u32(wire) || wire->bad)
		return false;
	*type = wire_text(wire);
	return !wire->bad;
}

static void read_comment(struct openssh_key *key)
{
	struct wire wire = key->secret;
	char *type = NULL;

	if (str_eq(key->cipher, "none") && open_secret(&wire, &type) && skip_private(&wire, type)) {
		key->comment = wire_text(&wire);
		if (wire.bad) {
			free(key->comment);
			key->comment = NULL;
		}
	}
	free(type);
}

bool openssh_read(struct openssh_key *key, const struct armour *armour)
{
	struct wire wire;
	const unsigned char *pub, *secret, *options;
	size_t n, pub_len, options_len;

	memset(key, 0, sizeof *key);
	key->bytes = base64_decode(armour->body, armour->body_len, &key->len);
	if (!armour->closed || !key->bytes || key->len < sizeof magic ||
	    memcmp(key->bytes, magic, sizeof magic) != 0)
		return false;
	wire = (struct wire){ key->bytes + sizeof magic, key->len - sizeof magic, false };
	key->cipher = wire_text(&wire);
	key->kdf = wire_text(&wire);
	options = wire_string(&wire, &options_len);
	key->kdf_options = (struct wire){ options, options_len, false };
	if (wire_u32(&wire) != 1)
		return false;
	pub = wire_string(&wire, &pub_len);
	secret = wire_string(&wire, &n);
	if (wire.bad || !pubkey_valid(pub, pub_len))
		return false;
	pubkey_copy(&key->pub, pub, pub_len);
	key->secret = (struct wire){ secret, n, false };
	key->tag = wire.data;
	key->tag_len = wire.len;
	read_comment(key);
	return true;
}

void openssh_done(struct openssh_key *key)
{
	if (key->bytes)
		secret_wipe(key->bytes, key->len);
	free(key->bytes);
	free(key->cipher);
	free(key->kdf);
	free(key->comment);
	pubkey_done(&key->pub);
	memset(key, 0, sizeof *key);
}

/* ---- to OpenSSL ---- */

static BIGNUM *wire_bn(struct wire *wire)
{
	size_t n;
	const unsigned char *data = wire_string(wire, &n);
	BIGNUM *number = BN_secure_new();

	return BN_bin2bn(data, (int)n, number);
}

static EVP_PKEY *evp_from(const char *kind, OSSL_PARAM_BLD *build)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* PROTOCOL.key holds n, e, d, iqmp, p, q; OpenSSL wants d mod (p - 1) and d mod (q - 1) as well. */
static EVP_PKEY *rsa_from(struct wire *wire)
{
	static const char *const names[] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2 };
	enum { D = 2, P = 4, READ = 6, ALL = 8 };
	BIGNUM *number[ALL], *less = BN_secure_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BN_CTX *ctx = BN_CTX_secure_new();
	EVP_PKEY *pkey = NULL;
	bool ok = build && ctx && less;

	for (int i = 0; i < ALL; i++)
		number[i] = i < READ ? wire_bn(wire) : BN_secure_new();
	for (int i = 0; i < ALL; i++)
		ok = ok && number[i];
	ok = ok && !wire->bad;
	for (int i = 0; ok && i < 2; i++)
		ok = BN_sub(less, number[P + i], BN_value_one()) == 1 && !BN_is_zero(less) &&
		    BN_mod(number[READ + i], number[D], less, ctx) == 1;
	for (int i = 0; ok && i < ALL; i++)
		ok = OSSL_PARAM_BLD_push_BN(build, names[i], number[i]) == 1;
	if (ok)
		pkey = evp_from("RSA", build);
	for (int i = 0; i < ALL; i++)
		BN_clear_free(number[i]);
	BN_clear_free(less);
	BN_CTX_free(ctx);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static EVP_PKEY *ecdsa_from(struct wire *wire)
{
	char *curve = wire_text(wire);
	size_t n;
	const unsigned char *point = wire_string(wire, &n);
	BIGNUM *number = wire_bn(wire);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;
	/* OpenSSL knows "P-256" for "nistp256". */
	char *group = str_starts(curve, "nistp") ? mem_printf("P-%s", curve + 5) : mem_strdup("");

	if (!wire->bad && build && number &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1)
		pkey = evp_from("EC", build);
	BN_clear_free(number);
	OSSL_PARAM_BLD_free(build);
	free(group);
	free(curve);
	return pkey;
}

static EVP_PKEY *ed25519_from(struct wire *wire)
{
	size_t n;
	const unsigned char *pair;

	wire_string(wire, &n); /* the public half; again after the seed */
	pair = wire_string(wire, &n);
	return n == 64 ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, pair, 32) : NULL;
}

EVP_PKEY *openssh_to_evp(const struct openssh_key *key)
{
	struct wire wire = key->secret;
	char *type = NULL;
	EVP_PKEY *pkey = NULL;

	if (!open_secret(&wire, &type))
		goto out;
	if (str_eq(type, "ssh-rsa"))
		pkey = rsa_from(&wire);
	else if (str_eq(type, "ssh-ed25519"))
		pkey = ed25519_from(&wire);
	else if (str_starts(type, "ecdsa-sha2-"))
		pkey = ecdsa_from(&wire);
out:
	free(type);
	return pkey;
}
