/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

void keys_start(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}

void private_key_free(struct private_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	pubkey_done(&key->pub);
	free(key);
}

const struct pubkey *private_key_pub(const struct private_key *key)
{
	return &key->pub;
}

/* What the passphrase callback needs, and what came of it. */
struct asked {
	const struct secret *passphrase;
	bool asked;
	bool outdated; /* OpenSSL 3 has no such cipher any more, whatever the passphrase */
};

static int give_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	struct asked *asked = ctx;

	(void)rwflag;
	asked->asked = true;
	if (!asked->passphrase || asked->passphrase->len > (size_t)size)
		return -1;
	memcpy(buf, asked->passphrase->data, asked->passphrase->len);
	return (int)asked->passphrase->len;
}

/* OpenSSL's errors of the last call: was the cipher of a PKCS#8 file the trouble? */
static bool cipher_unsupported(void)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_LIB(code) == ERR_LIB_EVP && ERR_GET_REASON(code) == ERR_R_UNSUPPORTED)
			return true;
	return false;
}

/* The same for "DEK-Info: DES-CBC,..." (RFC 1421), where OpenSSL does not say so. */
static bool pem_cipher_unsupported(const struct secret *text)
{
	const char *at = strstr(text->data, "\nDEK-Info: ");
	EVP_CIPHER *cipher;
	char *name;

	if (!at)
		return false;
	at += strlen("\nDEK-Info: ");
	name = mem_strndup(at, strcspn(at, ",\r\n"));
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	free(name);
	EVP_CIPHER_free(cipher);
	return !cipher;
}

static EVP_PKEY *open_pem(const struct secret *text, struct asked *asked)
{
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
	EVP_PKEY *pkey;

	if (!bio)
		return NULL;
	pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, asked);
	BIO_free(bio);
	asked->outdated = !pkey && (cipher_unsupported() || pem_cipher_unsupported(text));
	ERR_clear_error();
	return pkey;
}

/* False: it stays locked, and asked says why. */
static bool unlock_openssh(struct openssh_key *container, struct asked *asked)
{
	if (str_eq(container->cipher, "none"))
		return true;
	asked->outdated = !openssh_locked_known(container);
	asked->asked = true;
	return !asked->outdated && asked->passphrase &&
	    openssh_unlock(container, asked->passphrase);
}

static EVP_PKEY *open_openssh(const struct secret *text, struct asked *asked)
{
	struct armour armour;
	struct openssh_key container;
	EVP_PKEY *pkey = NULL;

	if (!armour_find(&armour, text->data, text->len))
		return NULL;
	if (openssh_read(&container, &armour) && unlock_openssh(&container, asked))
		pkey = openssh_to_evp(&container);
	openssh_done(&container);
	ERR_clear_error();
	return pkey;
}

/* Formats that are not ours to open. */
static enum key_open refuse(const struct key_file *file, const char *shown, struct err *err)
{
	if (file->format == KEY_PEM_BROKEN) {
		err_set(err, ERR_SYNTAX,
		    _("%s is damaged: it has the frame of a private key, but its data does not decode"),
		    shown);
		return KEY_BROKEN;
	}
	if (!key_format_private(file->format)) {
		err_set(err, ERR_INVALID, _("%s is %s, not a private key"), shown,
		    key_format_name(file->format));
		return KEY_BROKEN;
	}
	err_set(err, ERR_INVALID, _("%s: a key of the format %s cannot be opened"), shown,
	    key_format_name(file->format));
	if (file->format == KEY_PPK2 || file->format == KEY_PPK3)
		err_hint(err, _("Convert it: puttygen %s -O private-openssh -o NEWFILE"), shown);
	return KEY_NOT_SUPPORTED;
}

static bool can_open(const struct key_file *file)
{
	switch (file->format) {
	case KEY_PEM_PKCS1:
	case KEY_PEM_DSA:
	case KEY_PEM_SEC1:
	case KEY_PEM_PKCS8:
	case KEY_OPENSSH:
		return true;
	case KEY_UNKNOWN:
	case KEY_EMPTY:
	case KEY_HTML:
	case KEY_PUBLIC:
	case KEY_CERTIFICATE:
	case KEY_PPK2:
	case KEY_PPK3:
	case KEY_SSHCOM:
	case KEY_PEM_BROKEN:
		break;
	}
	return false;
}

static enum key_open not_opened(
    const struct asked *asked, bool is_openssh, const char *shown, struct err *err)
{
	if (asked->outdated && is_openssh) {
		err_set(err, ERR_INVALID, _("%s is locked in a way that is not known here"), shown);
		err_hint(err, "ssh-keygen -p -Z aes256-ctr -f %s", shown);
		return KEY_BROKEN;
	}
	if (asked->outdated) {
		err_set(err, ERR_INVALID,
		    _("%s is locked with a cipher that OpenSSL 3 has not got any more"), shown);
		err_hint(err,
		    "openssl pkey -provider legacy -provider default -aes256 -in %s -out NEWFILE",
		    shown);
		return KEY_BROKEN;
	}
	if (asked->asked) {
		err_set(err, ERR_AUTH,
		    asked->passphrase ? _("%s: the passphrase is wrong")
				      : _("%s: needs its passphrase"),
		    shown);
		return KEY_WRONG_PASSPHRASE;
	}
	err_set(err, ERR_SYNTAX, _("%s: the private key does not decode"), shown);
	return KEY_BROKEN;
}

static enum key_open open_text(struct private_key **key, const struct secret *text,
    const struct key_file *file, const struct secret *passphrase, const char *shown,
    struct err *err)
{
	struct asked asked = { passphrase, false, false };
	struct private_key *opened;
	EVP_PKEY *pkey;

	if (!can_open(file))
		return refuse(file, shown, err);
	pkey = file->format == KEY_OPENSSH ? open_openssh(text, &asked) : open_pem(text, &asked);
	if (!pkey)
		return not_opened(&asked, file->format == KEY_OPENSSH, shown, err);
	opened = mem_zalloc(1, sizeof *opened);
	opened->pkey = pkey;
	if (!evp_to_pubkey(pkey, &opened->pub)) {
		err_set(err, ERR_INVALID, _("%s: a key of a kind that SSH does not use"), shown);
		private_key_free(opened);
		return KEY_BROKEN;
	}
	*key = opened;
	return KEY_OPENED;
}

enum key_open private_key_open(
    struct private_key **key, const char *path, const struct secret *passphrase, struct err *err)
{
	struct key_file file = { 0 };
	char *expanded = path_expand(path, err);
	char *shown = expanded ? path_show(expanded) : NULL;
	struct secret *text = expanded ? key_bytes_read(expanded, NULL, err) : NULL;
	enum key_open result = KEY_BROKEN;

	*key = NULL;
	if (text) {
		key_file_parse(&file, text->data, text->len);
		result = open_text(key, text, &file, passphrase, shown, err);
	}
	key_file_done(&file);
	secret_free(text);
	free(shown);
	free(expanded);
	return result;
}

/* ---- signatures ---- */

/* Algorithm, the type of key that makes it, and the hash (NULL: its own). */
static const struct signer {
	const char *algorithm, *type;
	const EVP_MD *(*hash)(void);
	bool ecdsa;
} signers[] = {
	{ "rsa-sha2-512", "ssh-rsa", EVP_sha512, false }, /* RFC 8332 */
	{ "rsa-sha2-256", "ssh-rsa", EVP_sha256, false },
	{ "ssh-rsa", "ssh-rsa", EVP_sha1, false }, /* RFC 4253 section 6.6 */
	{ "ssh-ed25519", "ssh-ed25519", NULL, false }, /* RFC 8709 */
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", EVP_sha256, true }, /* RFC 5656 */
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", EVP_sha384, true },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", EVP_sha512, true },
};

static const struct signer *signer_find(const char *algorithm, const struct pubkey *pub)
{
	char *type = pubkey_type(pub->blob, pub->len);
	const struct signer *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(signers); i++)
		if (str_eq(signers[i].algorithm, algorithm) && str_eq(signers[i].type, type))
			found = &signers[i];
	free(type);
	return found;
}

static void add_bn(struct str *out, const BIGNUM *number)
{
	unsigned char bytes[128];
	int len = BN_bn2bin(number, bytes); /* at most 66: P-521 */

	str_add_mpint(out, bytes, (size_t)len);
}

/* RFC 5656 section 3.1.2: mpint r, mpint s instead of OpenSSL's DER. */
static bool add_ecdsa(struct str *sig, const unsigned char *der, size_t len)
{
	ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &der, (long)len);

	if (!parts)
		return false;
	add_bn(sig, ECDSA_SIG_get0_r(parts));
	add_bn(sig, ECDSA_SIG_get0_s(parts));
	ECDSA_SIG_free(parts);
	return true;
}

bool private_key_sign(const struct private_key *key, const char *algorithm,
    const unsigned char *data, size_t len, struct str *sig, struct err *err)
{
	const struct signer *signer = signer_find(algorithm, &key->pub);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *raw = NULL;
	size_t n = 0;
	bool ok = false;

	if (!signer || !ctx ||
	    EVP_DigestSignInit(ctx, NULL, signer->hash ? signer->hash() : NULL, NULL, key->pkey) !=
		1 ||
	    EVP_DigestSign(ctx, NULL, &n, data, len) != 1)
		goto out;
	raw = mem_alloc(n + 1);
	if (EVP_DigestSign(ctx, raw, &n, data, len) != 1)
		goto out;
	ok = true;
	if (signer->ecdsa)
		ok = add_ecdsa(sig, raw, n);
	else
		str_add_mem(sig, raw, n);
out:
	if (!ok)
		err_set(err, ERR_INVALID, _("this key cannot make a signature of the kind %s"),
		    algorithm);
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	free(raw);
	return ok;
}
