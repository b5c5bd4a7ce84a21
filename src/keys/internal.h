/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of keys share and nobody else needs, but for tests and fuzz targets.
 */
#ifndef SALLYPORT_KEYS_INTERNAL_H
#define SALLYPORT_KEYS_INTERNAL_H

#include <openssl/evp.h>

#include "sallyport/keys.h"

/* pubkey.c */

/* Does the blob decode to the end?  A type that we do not know needs only its name. */
bool pubkey_valid(const unsigned char *blob, size_t len);
/* The key that a certificate is for; *rest is what follows it in the blob.  False when it is no certificate. */
bool pubkey_of_cert(struct pubkey *plain, const unsigned char *blob, size_t len, struct wire *rest);
enum { PUBKEY_DIGEST_LEN = 32 };
/* SHA-256 of the key, of a certificate that of the key in it; false when OpenSSL fails. */
bool pubkey_digest(const unsigned char *blob, size_t len, unsigned char digest[PUBKEY_DIGEST_LEN]);

/* key_bytes.c */

enum { KEY_FILE_MAX = 1 << 20 };
/*
 * Reads a whole regular file of at most 1 MiB into memory of its own, wiped when freed.  st (may be NULL)
 * is filled in as soon as it is known.
 */
struct secret *key_bytes_read(const char *path, struct stat *st, struct err *err);

/* armour.c */

/* One "-----BEGIN X-----" block of a text; pointers into the text. */
struct armour {
	const char *label; /* "RSA PRIVATE KEY" */
	size_t label_len;
	const char *body; /* after the first line: RFC 1421 headers, if any, and the data */
	size_t body_len;
	const char *next; /* after the block */
	bool closed; /* the END line is there */
	bool encrypted; /* Proc-Type: 4,ENCRYPTED */
};
/* The first block at or after text; false when there is none. */
bool armour_find(struct armour *armour, const char *text, size_t len);
bool armour_is(const struct armour *armour, const char *label);

/* evp.c: between OpenSSL's keys and SSH's blobs */

/* False for a key that SSH has no name for (another curve, X25519). */
bool evp_to_pubkey(const EVP_PKEY *pkey, struct pubkey *pub);
/* Appends an mpint (RFC 4251 section 5) of len big-endian bytes. */
void str_add_mpint(struct str *out, const unsigned char *data, size_t len);

/* private_key.c */

struct private_key {
	EVP_PKEY *pkey;
	struct pubkey pub;
};

/* openssh.c: the container "openssh-key-v1" (OpenSSH PROTOCOL.key) */

struct openssh_key {
	unsigned char *bytes; /* decoded, owned, wiped */
	size_t len;
	char *cipher; /* "none" when not encrypted */
	char *kdf;
	struct wire kdf_options; /* in bytes */
	const unsigned char *tag; /* behind the private section, in bytes */
	size_t tag_len;
	struct pubkey pub;
	struct wire secret; /* the private section, in bytes; encrypted unless cipher is "none" */
	char *comment; /* NULL unless readable */
};
bool openssh_read(struct openssh_key *key, const struct armour *armour);
void openssh_done(struct openssh_key *key);
/* openssh_unlock.c: is it locked in a way that we can open? */
bool openssh_locked_known(const struct openssh_key *key);
/* Decrypts the private section where it is, once.  True does not say that the passphrase is right. */
bool openssh_unlock(struct openssh_key *key, const struct secret *passphrase);
/* NULL when the type is not one of ed25519, ecdsa and rsa, or the section is broken. */
EVP_PKEY *openssh_to_evp(const struct openssh_key *key);

/* ppk.c: the header of a PuTTY key */

/* Fills format, type, encrypted, comment and pub; false when it is no PuTTY key. */
bool ppk_read(struct key_file *key, const char *text, size_t len);

/* key_file.c */

/* Everything key_file_load() tells that comes from the bytes of the file. */
void key_file_parse(struct key_file *key, const char *text, size_t len);

/* known_hosts.c */

enum known_marker { MARK_NONE, MARK_CA, MARK_REVOKED };

/* One line; pointers into the text of its file. */
struct known_line {
	size_t file; /* index */
	unsigned number;
	enum known_marker marker;
	const char *names;
	size_t names_len;
	const char *type;
	size_t type_len;
	const char *blob; /* base64 */
	size_t blob_len;
};

struct known_file {
	char *path;
	struct str text;
};

struct known_hosts {
	struct known_file *files;
	size_t file_count;
	struct known_line *lines;
	size_t count, cap;
	size_t broken; /* lines that have a name but no key */
};

/* Far more than anyone has; a bound so that a wrong path cannot eat the memory. */
enum { KNOWN_HOSTS_MAX = 256 << 20 };
/* Takes text. */
void known_hosts_parse(struct known_hosts *known, const char *path, struct str *text);
/* Frees all but known itself. */
void known_hosts_clear(struct known_hosts *known);

/* known_check.c */

/* The key of a line, *len its length; NULL when it does not decode to what the line says it is.  Caller frees. */
unsigned char *known_line_key(const struct known_line *line, size_t *len);

/* known_names.c */

/* Does a line's list of names (or its hash) stand for the name? */
bool known_names_match(const char *names, size_t len, const char *name);
/* "|1|salt|hash" of a name with a fresh salt, appended; false when OpenSSL fails. */
bool known_name_hash(struct str *out, const char *name);

#endif
