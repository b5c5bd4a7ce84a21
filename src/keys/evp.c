/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>
#include <string.h>

void str_add_mpint(struct str *out, const unsigned char *data, size_t len)
{
	while (len > 0 && *data == 0) {
		data++;
		len--;
	}
	bool pad = len > 0 && (*data & 0x80);
	str_add_u32(out, (uint32_t)(len + pad));
	if (pad)
		str_add_char(out, '\0');
	str_add_mem(out, data, len);
}

static bool add_number(struct str *out, const EVP_PKEY *pkey, const char *param)
{
	BIGNUM *number = NULL;
	unsigned char *bytes;
	int len;

	if (EVP_PKEY_get_bn_param(pkey, param, &number) != 1)
		return false;
	len = BN_num_bytes(number);
	bytes = mem_alloc((size_t)len + 1);
	BN_bn2bin(number, bytes);
	str_add_mpint(out, bytes, (size_t)len);
	free(bytes);
	BN_free(number);
	return true;
}

static void add_text(struct str *out, const char *text)
{
	str_add_wire(out, text, strlen(text));
}

static bool add_raw(struct str *out, const EVP_PKEY *pkey, const char *type)
{
	unsigned char raw[64];
	size_t len = sizeof raw;

	add_text(out, type);
	if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1)
		return false;
	str_add_wire(out, raw, len);
	return true;
}

/* OpenSSL's names of the curves of RFC 5656 section 10.1. */
static const struct {
	const char *group, *curve;
} curves[] = {
	{ "prime256v1", "nistp256" },
	{ "secp384r1", "nistp384" },
	{ "secp521r1", "nistp521" },
};

static bool add_ec(struct str *out, const EVP_PKEY *pkey)
{
	char group[64], *type;
	const char *curve = NULL;
	unsigned char point[256];
	size_t len = 0;
	BIGNUM *x = NULL, *y = NULL;
	bool ok = false;

	if (EVP_PKEY_get_utf8_string_param(
		pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (str_eq(curves[i].group, group))
			curve = curves[i].curve;
	/* From the coordinates: the file may hold a compressed point, SSH uses uncompressed ones. */
	if (curve && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1) {
		int size = (EVP_PKEY_get_bits(pkey) + 7) / 8;
		point[0] = 4;
		len = 1 + 2 * (size_t)size;
		ok = len <= sizeof point && BN_bn2binpad(x, point + 1, size) == size &&
		    BN_bn2binpad(y, point + 1 + size, size) == size;
	}
	if (ok) {
		type = mem_printf("ecdsa-sha2-%s", curve);
		add_text(out, type);
		add_text(out, curve);
		str_add_wire(out, point, len);
		free(type);
	}
	BN_free(x);
	BN_free(y);
	return ok;
}

static bool add_rsa(struct str *out, const EVP_PKEY *pkey)
{
	add_text(out, "ssh-rsa");
	return add_number(out, pkey, OSSL_PKEY_PARAM_RSA_E) &&
	    add_number(out, pkey, OSSL_PKEY_PARAM_RSA_N);
}

static bool add_dsa(struct str *out, const EVP_PKEY *pkey)
{
	add_text(out, "ssh-dss");
	return add_number(out, pkey, OSSL_PKEY_PARAM_FFC_P) &&
	    add_number(out, pkey, OSSL_PKEY_PARAM_FFC_Q) &&
	    add_number(out, pkey, OSSL_PKEY_PARAM_FFC_G) &&
	    add_number(out, pkey, OSSL_PKEY_PARAM_PUB_KEY);
}

static bool add_any(struct str *out, const EVP_PKEY *pkey)
{
	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		return add_rsa(out, pkey);
	case EVP_PKEY_DSA:
		return add_dsa(out, pkey);
	case EVP_PKEY_EC:
		return add_ec(out, pkey);
	case EVP_PKEY_ED25519:
		return add_raw(out, pkey, "ssh-ed25519");
	case EVP_PKEY_ED448:
		return add_raw(out, pkey, "ssh-ed448");
	}
	return false;
}

bool evp_to_pubkey(const EVP_PKEY *pkey, struct pubkey *pub)
{
	struct str out = STR_INIT;
	bool ok = add_any(&out, pkey);

	if (ok)
		pubkey_copy(pub, (const unsigned char *)out.data, out.len);
	str_done(&out);
	return ok;
}
