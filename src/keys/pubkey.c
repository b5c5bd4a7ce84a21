/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"
#include "keys/internal.h"

/*
 * What follows the type's name in a public key blob: so many strings, and where the size
 * is to be found (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, OpenSSH PROTOCOL.u2f).
 */
struct key_kind {
	const char *name;
	unsigned fields;
	int sized_by; /* the field whose bits count, -1: always bits */
	unsigned bits;
};

static const struct key_kind kinds[] = {
	{ "ssh-rsa", 2, 1, 0 },
	{ "ssh-dss", 4, 0, 0 },
	{ "ssh-ed25519", 1, -1, 256 },
	{ "ssh-ed448", 1, -1, 448 },
	{ "ecdsa-sha2-nistp256", 2, -1, 256 },
	{ "ecdsa-sha2-nistp384", 2, -1, 384 },
	{ "ecdsa-sha2-nistp521", 2, -1, 521 },
	{ "sk-ssh-ed25519@openssh.com", 2, -1, 256 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", 3, -1, 256 },
};

static const char cert_suffix[] = "-cert-v01@openssh.com";

static const struct key_kind *kind_of(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(kinds[i].name, type))
			return &kinds[i];
	return NULL;
}

/* "sk-ssh-ed25519-cert-v01@openssh.com" certifies "sk-ssh-ed25519@openssh.com". */
static const struct key_kind *kind_of_cert(const char *type)
{
	size_t base = strlen(type) - strlen(cert_suffix);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strncmp(kinds[i].name, type, base) &&
		    (kinds[i].name[base] == '\0' || kinds[i].name[base] == '@'))
			return &kinds[i];
	return NULL;
}

bool pubkey_type_is_cert(const char *type)
{
	return str_ends(type, cert_suffix);
}

bool pubkey_type_is_sk(const char *type)
{
	return str_starts(type, "sk-");
}

char *pubkey_plain_algorithm(const char *algorithm)
{
	size_t base;

	if (!pubkey_type_is_cert(algorithm))
		return mem_strdup(algorithm);
	base = strlen(algorithm) - strlen(cert_suffix);
	return mem_printf(
	    "%.*s%s", (int)base, algorithm, pubkey_type_is_sk(algorithm) ? "@openssh.com" : "");
}

/* A blob, opened: its kind (NULL: not known to us) and the fields of the plain key. */
struct opened {
	char *type;
	bool cert;
	const struct key_kind *kind;
	struct wire fields;
};

static bool blob_open(struct opened *key, const unsigned char *blob, size_t len)
{
	struct wire wire = { blob, len, false };
	size_t n;
	const unsigned char *name = wire_string(&wire, &n);

	memset(key, 0, sizeof *key);
	if (wire.bad || n == 0 || n > 128 || memchr(name, '\0', n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (name[i] <= ' ' || name[i] >= 0x7f)
			return false;
	key->type = mem_strndup((const char *)name, n);
	key->cert = pubkey_type_is_cert(key->type);
	key->kind = key->cert ? kind_of_cert(key->type) : kind_of(key->type);
	if (key->cert)
		wire_string(&wire, &n); /* the nonce */
	key->fields = wire;
	return true;
}

/* Copies the fields of the plain key behind its name: what ssh-keygen -l hashes of a certificate. */
static bool blob_plain(const struct opened *key, struct str *plain)
{
	struct wire wire = key->fields;

	str_add_wire(plain, key->kind->name, strlen(key->kind->name));
	for (unsigned i = 0; i < key->kind->fields; i++) {
		size_t n;
		const unsigned char *field = wire_string(&wire, &n);
		str_add_wire(plain, field, n);
	}
	return !wire.bad;
}

bool pubkey_of_cert(struct pubkey *plain, const unsigned char *blob, size_t len, struct wire *rest)
{
	struct opened key;
	struct str out = STR_INIT;
	bool ok = blob_open(&key, blob, len) && key.cert && key.kind && blob_plain(&key, &out);
	size_t n;

	if (ok) {
		pubkey_copy(plain, (const unsigned char *)out.data, out.len);
		*rest = key.fields;
		for (unsigned i = 0; i < key.kind->fields; i++)
			wire_string(rest, &n);
	}
	str_done(&out);
	free(key.type);
	return ok;
}

static unsigned bits_of_mpint(const unsigned char *data, size_t len)
{
	unsigned bits;

	while (len > 0 && *data == 0) {
		data++;
		len--;
	}
	if (len == 0)
		return 0;
	bits = (unsigned)len * 8;
	for (unsigned char mask = 0x80; !(*data & mask); mask >>= 1)
		bits--;
	return bits;
}

void pubkey_done(struct pubkey *key)
{
	free(key->blob);
	key->blob = NULL;
	key->len = 0;
}

void pubkey_copy(struct pubkey *to, const unsigned char *blob, size_t len)
{
	pubkey_done(to);
	to->blob = mem_dup(blob, len);
	to->len = len;
}

bool pubkey_valid(const unsigned char *blob, size_t len)
{
	struct opened key;
	bool ok = blob_open(&key, blob, len);
	size_t n;

	if (ok && key.kind) {
		for (unsigned i = 0; i < key.kind->fields; i++)
			wire_string(&key.fields, &n);
		ok = !key.fields.bad && (key.cert || key.fields.len == 0);
	}
	free(key.type);
	return ok;
}

char *pubkey_type(const unsigned char *blob, size_t len)
{
	struct opened key;

	return blob_open(&key, blob, len) ? key.type : NULL;
}

unsigned pubkey_bits(const unsigned char *blob, size_t len)
{
	struct opened key;
	unsigned bits = 0;

	if (blob_open(&key, blob, len) && key.kind) {
		bits = key.kind->bits;
		for (int i = 0; i <= key.kind->sized_by; i++) {
			size_t n;
			const unsigned char *field = wire_string(&key.fields, &n);
			bits = bits_of_mpint(field, n);
		}
	}
	free(key.type);
	return bits;
}

bool pubkey_digest(const unsigned char *blob, size_t len, unsigned char digest[PUBKEY_DIGEST_LEN])
{
	struct opened key;
	struct str plain = STR_INIT;
	unsigned int n = 0;
	bool ok;

	if (blob_open(&key, blob, len) && key.cert && key.kind && blob_plain(&key, &plain)) {
		blob = (const unsigned char *)plain.data;
		len = plain.len;
	}
	ok = EVP_Digest(blob, len, digest, &n, EVP_sha256(), NULL) == 1 && n == PUBKEY_DIGEST_LEN;
	free(key.type);
	str_done(&plain);
	return ok;
}

char *pubkey_fingerprint(const unsigned char *blob, size_t len)
{
	unsigned char digest[PUBKEY_DIGEST_LEN];
	struct str out = STR_INIT;

	str_add(&out, "SHA256:");
	if (pubkey_digest(blob, len, digest))
		base64_encode(&out, digest, sizeof digest);
	while (out.data[out.len - 1] == '=')
		out.data[--out.len] = '\0';
	return str_take(&out);
}

/* As sshkey_type() in OpenSSH's sshkey.c. */
char *pubkey_type_show(const char *type)
{
	static const struct {
		const char *type, *shown;
	} names[] = { { "ssh-rsa", "RSA" }, { "ssh-dss", "DSA" }, { "ssh-ed25519", "ED25519" },
		{ "ssh-ed448", "ED448" }, { "ecdsa-sha2-", "ECDSA" },
		{ "sk-ssh-ed25519", "ED25519-SK" }, { "sk-ecdsa-sha2-", "ECDSA-SK" } };

	for (size_t i = 0; type && i < ARRAY_LEN(names); i++)
		if (str_starts(type, names[i].type))
			return mem_printf(
			    "%s%s", names[i].shown, pubkey_type_is_cert(type) ? "-CERT" : "");
	return mem_strdup(type ? type : "?");
}

/* The next word of a line; returns where the rest begins. */
static const char *word(const char *line, const char **start, size_t *len)
{
	line += strspn(line, " \t");
	*start = line;
	*len = strcspn(line, " \t\r\n");
	return line + *len;
}

bool pubkey_parse(struct pubkey *key, const char *line, char **comment, struct err *err)
{
	const char *type, *text, *rest;
	size_t type_len, text_len, len = 0;
	unsigned char *blob;
	struct wire wire;
	size_t n;

	if (comment)
		*comment = NULL;
	rest = word(word(line, &type, &type_len), &text, &text_len);
	blob = text_len ? base64_decode(text, text_len, &len) : NULL;
	if (!blob)
		return err_set(err, ERR_SYNTAX, _("not a public key"));
	wire = (struct wire){ blob, len, false };
	const unsigned char *name = wire_string(&wire, &n);
	if (n != type_len || memcmp(name, type, n) != 0 || !pubkey_valid(blob, len)) {
		free(blob);
		return err_set(err, ERR_SYNTAX, _("not a public key: its data is broken"));
	}
	pubkey_done(key);
	*key = (struct pubkey){ blob, len };
	rest += strspn(rest, " \t");
	if (comment && strcspn(rest, "\r\n") > 0)
		*comment = mem_strndup(rest, strcspn(rest, "\r\n"));
	return true;
}
