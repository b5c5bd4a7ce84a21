/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "keys/base64.h"

/* What the label of an armoured block makes of the file. */
static const struct {
	const char *label;
	enum key_format format;
} labels[] = {
	{ "RSA PRIVATE KEY", KEY_PEM_PKCS1 },
	{ "DSA PRIVATE KEY", KEY_PEM_DSA },
	{ "EC PRIVATE KEY", KEY_PEM_SEC1 },
	{ "PRIVATE KEY", KEY_PEM_PKCS8 },
	{ "ENCRYPTED PRIVATE KEY", KEY_PEM_PKCS8 },
	{ "OPENSSH PRIVATE KEY", KEY_OPENSSH },
	{ "PUBLIC KEY", KEY_PUBLIC },
	{ "RSA PUBLIC KEY", KEY_PUBLIC },
	{ "CERTIFICATE", KEY_CERTIFICATE },
	{ "X509 CERTIFICATE", KEY_CERTIFICATE },
	{ "TRUSTED CERTIFICATE", KEY_CERTIFICATE },
};

/* OpenSSL asks for a passphrase here; nobody is asked while a file is only being named. */
static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)ctx;
	return -1;
}

/* The block as OpenSSL sees it.  OpenSSL copies the text, so it never outlives the caller's. */
static EVP_PKEY *pem_to_evp(const struct armour *armour, bool is_public)
{
	const char *start = armour->label - strlen("-----BEGIN ");
	BIO *bio = BIO_new_mem_buf(start, (int)(armour->next - start));
	EVP_PKEY *pkey;

	if (!bio)
		return NULL;
	pkey = is_public ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL)
			 : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return pkey;
}

/* Says what can be said of an encrypted block: does it at least decode? */
static bool encrypted_pem_sound(const struct armour *armour)
{
	const char *data = armour->body;
	size_t left = armour->body_len, len;
	unsigned char *der;
	const unsigned char *at;
	X509_SIG *sig = NULL;
	bool ok;

	if (armour->encrypted) { /* RFC 1421 headers end with an empty line */
		while (left > 0 && *data != '\n' && *data != '\r') {
			const char *line = memchr(data, '\n', left);
			if (!line)
				return false;
			left -= (size_t)(line + 1 - data);
			data = line + 1;
		}
	}
	der = base64_decode(data, left, &len);
	ok = der && len > 0;
	if (ok && !armour->encrypted) {
		at = der;
		sig = d2i_X509_SIG(NULL, &at, (long)len);
		ok = sig != NULL;
		X509_SIG_free(sig);
		ERR_clear_error();
	}
	free(der);
	return ok;
}

static void take_evp(struct key_file *key, EVP_PKEY *pkey)
{
	if (!pkey)
		key->format = KEY_PEM_BROKEN;
	else
		evp_to_pubkey(pkey, &key->pub);
	EVP_PKEY_free(pkey);
}

static void read_pem_private(struct key_file *key, const struct armour *armour)
{
	key->encrypted = armour->encrypted || armour_is(armour, "ENCRYPTED PRIVATE KEY");
	if (!key->encrypted) {
		take_evp(key, pem_to_evp(armour, false));
		return;
	}
	if (key->format == KEY_PEM_PKCS1)
		key->type = mem_strdup("ssh-rsa");
	if (key->format == KEY_PEM_DSA)
		key->type = mem_strdup("ssh-dss");
	if (!armour->closed || !encrypted_pem_sound(armour))
		key->format = KEY_PEM_BROKEN;
}

static void read_openssh(struct key_file *key, const struct armour *armour)
{
	struct openssh_key container;

	if (openssh_read(&container, armour)) {
		key->encrypted = !str_eq(container.cipher, "none");
		pubkey_copy(&key->pub, container.pub.blob, container.pub.len);
		key->comment = container.comment;
		container.comment = NULL;
	} else {
		key->format = KEY_PEM_BROKEN;
	}
	openssh_done(&container);
}

static void read_block(struct key_file *key, const struct armour *armour)
{
	switch (key->format) {
	case KEY_PEM_PKCS1:
	case KEY_PEM_DSA:
	case KEY_PEM_SEC1:
	case KEY_PEM_PKCS8:
		read_pem_private(key, armour);
		break;
	case KEY_OPENSSH:
		read_openssh(key, armour);
		break;
	case KEY_PUBLIC: {
		EVP_PKEY *pkey = pem_to_evp(armour, true);
		if (pkey)
			evp_to_pubkey(pkey, &key->pub);
		EVP_PKEY_free(pkey);
		break;
	}
	case KEY_UNKNOWN:
	case KEY_EMPTY:
	case KEY_HTML:
	case KEY_CERTIFICATE:
	case KEY_SSHCOM:
	case KEY_PPK2:
	case KEY_PPK3:
	case KEY_PEM_BROKEN:
		break;
	}
}

/* The first block that says what the file is: "EC PARAMETERS" and the like may come before. */
static bool read_armoured(struct key_file *key, const char *text, size_t len)
{
	struct armour armour;
	const char *end = text + len;

	while (armour_find(&armour, text, (size_t)(end - text))) {
		for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
			if (!armour_is(&armour, labels[i].label))
				continue;
			key->format = labels[i].format;
			read_block(key, &armour);
			return true;
		}
		text = armour.next;
	}
	return false;
}

/* "---- BEGIN SSH2 PUBLIC KEY ----" (RFC 4716): header lines, where "\" continues, then base64. */
static bool read_rfc4716(struct key_file *key, const char *text)
{
	static const char begin[] = "---- BEGIN SSH2 PUBLIC KEY ----";
	const char *at = text + strspn(text, " \t\r\n");
	const char *end = strstr(at, "---- END SSH2 PUBLIC KEY");
	bool in_header = false;
	size_t len;

	if (!str_starts(at, begin) || !end)
		return false;
	at += strlen(begin);
	at += strspn(at, "\r\n");
	while (at < end) {
		size_t n = strcspn(at, "\r\n");
		in_header = in_header || memchr(at, ':', n);
		if (!in_header)
			break;
		in_header = n > 0 && at[n - 1] == '\\';
		at += n;
		at += strspn(at, "\r\n");
	}
	key->format = KEY_PUBLIC;
	if (at < end)
		key->pub.blob = base64_decode(at, (size_t)(end - at), &len);
	if (key->pub.blob) {
		key->pub.len = len;
		if (!pubkey_valid(key->pub.blob, len))
			pubkey_done(&key->pub);
	}
	return true;
}

/* "ssh-rsa AAAA... comment", a .pub file. */
static bool read_public_line(struct key_file *key, const char *text)
{
	text += strspn(text, " \t\r\n");
	while (*text == '#') {
		text += strcspn(text, "\n");
		text += strspn(text, " \t\r\n");
	}
	if (!pubkey_parse(&key->pub, text, &key->comment, NULL))
		return false;
	key->type = pubkey_type(key->pub.blob, key->pub.len);
	key->format = pubkey_type_is_cert(key->type) ? KEY_CERTIFICATE : KEY_PUBLIC;
	return true;
}

static const char *skip_bom(const char *text)
{
	return str_starts(text, "\xef\xbb\xbf") ? text + 3 : text;
}

/* Text that is no key at all: which kind of nothing is it? */
static enum key_format no_key(const char *text, size_t len)
{
	const char *at = skip_bom(text);

	at += strspn(at, " \t\r\n");
	if (at == text + len)
		return KEY_EMPTY;
	if (!strncasecmp(at, "<!doctype", 9) || !strncasecmp(at, "<html", 5) ||
	    !strncasecmp(at, "<?xml", 5) || !strncasecmp(at, "<head", 5))
		return KEY_HTML;
	if (str_starts(at, "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"))
		return KEY_SSHCOM;
	return KEY_UNKNOWN;
}

void key_file_parse(struct key_file *key, const char *text, size_t len)
{
	const char *start = skip_bom(text);

	if (!read_armoured(key, start, len - (size_t)(start - text)) &&
	    !ppk_read(key, start, len - (size_t)(start - text)) && !read_rfc4716(key, start) &&
	    !read_public_line(key, start))
		key->format = no_key(text, len);
	if (!key->type && key->pub.blob)
		key->type = pubkey_type(key->pub.blob, key->pub.len);
	key->bits = pubkey_bits(key->pub.blob, key->pub.len);
}

/* The public half beside a private key: for a locked key it is all that we can know. */
static void read_beside(struct key_file *key)
{
	char *path = mem_printf("%s.pub", key->path);
	struct secret *text = key_bytes_read(path, NULL, NULL);
	struct key_file pub = { 0 };

	if (text)
		key_file_parse(&pub, text->data, text->len);
	if (pub.format == KEY_PUBLIC && pub.pub.blob) {
		if (key->pub.blob) {
			key->pub_mismatch = key->pub.len != pub.pub.len ||
			    memcmp(key->pub.blob, pub.pub.blob, pub.pub.len) != 0;
		} else if (key->type && !str_eq(key->type, pub.type)) {
			key->pub_mismatch = true;
		} else {
			pubkey_copy(&key->pub, pub.pub.blob, pub.pub.len);
			free(key->type);
			key->type = mem_strdup(pub.type);
			key->bits = pub.bits;
			key->pub_beside = true;
		}
		if (!key->comment && !key->pub_mismatch && pub.comment)
			key->comment = mem_strdup(pub.comment);
	}
	key_file_done(&pub);
	secret_free(text);
	free(path);
}

bool key_file_load(struct key_file *key, const char *path, struct err *err)
{
	struct secret *text;

	memset(key, 0, sizeof *key);
	key->path = path_expand(path, err);
	if (!key->path)
		return false;
	key->exists = stat(key->path, &key->st) == 0;
	text = key_bytes_read(key->path, &key->st, err);
	if (!text)
		return false;
	key_file_parse(key, text->data, text->len);
	secret_free(text);
	if (key_format_private(key->format))
		read_beside(key);
	return true;
}

void key_file_done(struct key_file *key)
{
	free(key->path);
	free(key->type);
	free(key->comment);
	pubkey_done(&key->pub);
	memset(key, 0, sizeof *key);
}
