/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files and known_hosts: what a file is, whether ssh would use it, its public
 * half and fingerprint, and which host keys are known.  Reads private keys only as
 * far as needed to name them.  known_hosts files are only ever appended to.  Knows
 * no network and no screen.
 */
#ifndef SALLYPORT_KEYS_H
#define SALLYPORT_KEYS_H

#include <sys/stat.h>

#include "sallyport/util.h"

struct host;

/*
 * Before everything else: a worker that was left behind may still derive a key while the program ends, so OpenSSL must
 * not tidy up then.
 */
void keys_start(void);

/* ---- wire: SSH's binary strings (RFC 4251 section 5) ---- */

struct wire {
	const unsigned char *data;
	size_t len;
	bool bad; /* ran over the end once: everything after is empty */
};

uint32_t wire_u32(struct wire *wire);
unsigned char wire_u8(struct wire *wire);
/* A length-prefixed string: borrowed, *len its length. */
const unsigned char *wire_string(struct wire *wire, size_t *len);
void str_add_u32(struct str *out, uint32_t value);
void str_add_wire(struct str *out, const void *data, size_t len);

/* ---- public keys ---- */

struct pubkey {
	unsigned char *blob; /* RFC 4253 section 6.6; NULL: none */
	size_t len;
};

void pubkey_done(struct pubkey *key);
void pubkey_copy(struct pubkey *to, const unsigned char *blob, size_t len);
/* "ssh-ed25519", from the blob; caller frees; NULL when the blob is broken. */
char *pubkey_type(const unsigned char *blob, size_t len);
/* Size in bits as ssh-keygen -l counts, 0 unknown. */
unsigned pubkey_bits(const unsigned char *blob, size_t len);
/* "SHA256:..." as ssh-keygen -l prints; caller frees. */
char *pubkey_fingerprint(const unsigned char *blob, size_t len);
/* "ED25519" for "ssh-ed25519", as ssh calls it; a type without such a name as it is.  Caller frees. */
char *pubkey_type_show(const char *type);
/* The picture that ssh-keygen -lv draws, eleven lines without the last newline; caller frees.  NULL for a broken blob. */
char *pubkey_randomart(const unsigned char *blob, size_t len);
/* Parses "type base64 comment"; comment (may be NULL) gets a string that the caller frees, or NULL. */
bool pubkey_parse(struct pubkey *key, const char *line, char **comment, struct err *err);
/* Is it the type of a certificate ("ssh-ed25519-cert-v01@openssh.com")? */
bool pubkey_type_is_cert(const char *type);
/* Is it the type of a FIDO key, or of its certificate ("sk-...")? */
bool pubkey_type_is_sk(const char *type);
/* The algorithm that signs for a certificate: "rsa-sha2-512" for "rsa-sha2-512-cert-v01@openssh.com"; any other name as it is.  Caller frees. */
char *pubkey_plain_algorithm(const char *algorithm);

/* ---- certificates (OpenSSH PROTOCOL.certkeys) ---- */

enum cert_kind { CERT_USER = 1, CERT_HOST = 2 };

struct cert {
	struct pubkey key; /* that it is for */
	uint64_t serial;
	uint32_t kind; /* enum cert_kind, or what nobody knows */
	char *id; /* not cleaned */
	struct strlist principals; /* not cleaned; empty: any */
	uint64_t valid_after, valid_before; /* seconds since 1970; UINT64_MAX: for ever */
	struct pubkey ca; /* who signed; whether that is true is not looked at */
};
/* Decodes; cert_done() is due after true only. */
bool cert_read(struct cert *cert, const unsigned char *blob, size_t len, struct err *err);
void cert_done(struct cert *cert);
/* Why it is of no use at that time, NULL when it is: another kind, not yet valid, expired.  Caller frees. */
char *cert_problem(const struct cert *cert, enum cert_kind wanted, uint64_t now);

/* ---- key files ---- */

enum key_format {
	KEY_UNKNOWN, /* text or bytes that are no key */
	KEY_EMPTY, /* nothing in it */
	KEY_HTML, /* a web page saved as a key */
	KEY_PUBLIC, /* a public key */
	KEY_CERTIFICATE, /* *-cert-v01@openssh.com, or an X.509 certificate */
	KEY_PEM_PKCS1, /* BEGIN RSA PRIVATE KEY */
	KEY_PEM_DSA, /* BEGIN DSA PRIVATE KEY */
	KEY_PEM_SEC1, /* BEGIN EC PRIVATE KEY */
	KEY_PEM_PKCS8, /* BEGIN PRIVATE KEY, BEGIN ENCRYPTED PRIVATE KEY */
	KEY_OPENSSH, /* BEGIN OPENSSH PRIVATE KEY */
	KEY_PPK2, /* PuTTY-User-Key-File-2 */
	KEY_PPK3,
	KEY_SSHCOM, /* ssh.com's own, which only puttygen and Tectia write */
	KEY_PEM_BROKEN, /* has the armour of a private key but does not decode */
};
/* For people, translated: "PEM (PKCS#1)", "a web page", fit for "FILE is ...". */
const char *key_format_name(enum key_format format);
/* Is it a private key (of any format that we know)? */
bool key_format_private(enum key_format format);

/* ssh's rule (OpenSSH authfile.c, sshkey_perm_ok): a file of mine that others can read is refused. */
enum key_perm { KEY_PERM_OK, KEY_PERM_OPEN, KEY_PERM_FOREIGN };
enum key_perm key_perm_of(const struct stat *st, uid_t me);
/* Writable by group or others, without the sticky bit, or owned by someone else but root? */
bool folder_perm_bad(const struct stat *st, uid_t me);

/* All that can be told about a key file without its passphrase. */
struct key_file {
	char *path; /* expanded */
	struct stat st;
	bool exists;
	enum key_format format;
	char *type; /* "ssh-rsa", NULL when not known (encrypted PEM without .pub) */
	unsigned bits; /* 0 unknown */
	bool encrypted;
	char *comment; /* not cleaned; may be NULL */
	struct pubkey pub; /* from the file itself, else from its .pub; blob NULL: not known */
	bool pub_beside; /* pub came from path.pub */
	bool pub_mismatch; /* path.pub exists and holds another key */
};

/*
 * Reads the file (at most 1 MiB, regular only) and its .pub.  Returns false only when the file cannot be read: ERR_NOTFOUND,
 * ERR_IO, with exists and st filled in as far as known; a file that is no key is true with its format.
 */
bool key_file_load(struct key_file *key, const char *path, struct err *err);
void key_file_done(struct key_file *key);

/* A private key opened with OpenSSL: PEM of every kind and OpenSSH's own format. */
struct private_key;
enum key_open { KEY_OPENED, KEY_WRONG_PASSPHRASE, KEY_NOT_SUPPORTED, KEY_BROKEN };
/*
 * Opens a private key; passphrase may be NULL.  An encrypted key takes the time of its key derivation, a tenth of a second
 * with ssh-keygen's default.  err says why not.
 */
enum key_open private_key_open(
    struct private_key **key, const char *path, const struct secret *passphrase, struct err *err);
void private_key_free(struct private_key *key);
/* The public half, borrowed. */
const struct pubkey *private_key_pub(const struct private_key *key);
/*
 * Signs data for the named signature algorithm (rsa-sha2-512, rsa-sha2-256, ssh-rsa, ssh-ed25519,
 * ecdsa-sha2-nistp*).  sig gets what RFC 4253 section 6.6 puts inside the signature string
 * (without the algorithm's name).
 */
bool private_key_sign(const struct private_key *key, const char *algorithm,
    const unsigned char *data, size_t len, struct str *sig, struct err *err);
/*
 * The key as an agent takes it (draft-miller-ssh-agent section 3.2), from its type to the last private field.  The caller
 * frees; NULL for a kind that has no such form (DSA).
 */
struct secret *private_key_wire(const struct private_key *key);

/* ssh's own list of identity files (ssh_config(5), IdentityFile): those that exist.  Appended. */
void key_default_files(struct strlist *paths);

/* ---- known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) ---- */

enum hostkey_verdict {
	HOSTKEY_NEW, /* no key is known for this host */
	HOSTKEY_KNOWN,
	HOSTKEY_OTHER_TYPE, /* keys are known, but none of this type: not the same as changed */
	HOSTKEY_CHANGED, /* another key of this type is known */
	HOSTKEY_REVOKED,
	HOSTKEY_CA, /* a @cert-authority line matches the host, no plain key does */
};

struct hostkey_match {
	enum hostkey_verdict verdict;
	char *file; /* the line that decided, NULL when none */
	unsigned line;
	char *fingerprint; /* of the key on that line */
	char *type;
};
void hostkey_match_done(struct hostkey_match *match);

struct known_hosts;

/* Reads files in order; missing ones are fine.  An unreadable one fails: not knowing must mean refusing. */
struct known_hosts *known_hosts_load(const struct strlist *files, struct err *err);
void known_hosts_free(struct known_hosts *known);
/* How many lines have a name and no key, or a marker that nobody knows: they were passed over. */
size_t known_hosts_broken(const struct known_hosts *known);
/*
 * The name that known_hosts uses: host for port 22, "[host]:port" for others, lower case.
 * Caller frees.
 */
char *known_hosts_name(const char *host, long port);
/*
 * The same for a host with its settings: host_key_alias is used as it is, without the port (ssh_config(5),
 * HostKeyAlias).  Caller frees.
 */
char *known_hosts_name_of(const struct host *host);
/*
 * Looks a key up for a name made by known_hosts_name().  Revoked wins over known, known over changed, as in OpenSSH
 * hostfile.c; then another type, then a CA.  Fails on a broken blob (ERR_INVALID), and when a damaged line
 * names this host and no other line settles it (ERR_SYNTAX): refuse.
 */
bool known_hosts_check(const struct known_hosts *known, const char *name, const unsigned char *blob,
    size_t len, struct hostkey_match *match, struct err *err);
/* Key types known for a name, in file order: ask for these first. */
void known_hosts_types(const struct known_hosts *known, const char *name, struct strlist *types);
/*
 * Appends one line for name (hashed as ssh does, HMAC-SHA1, when hash is true) to file, making file (0600) and its folder
 * (0700).  Refuses (ERR_INVALID) names that would be read back as a pattern, list or marker.
 */
bool known_hosts_add(const char *file, const char *name, const unsigned char *blob, size_t len,
    bool hash, struct err *err);
/*
 * Takes the key with this fingerprint from name, which stands in this line of file: the line goes, or the name in it
 * when others are named there, too.  Everything else stays as it is; what was before is kept in "FILE.old", as by
 * ssh-keygen -R.  Refuses (ERR_INVALID) a line that is another one by now, has a marker, or means name by a pattern.
 */
bool known_hosts_remove(
    const char *file, unsigned line, const char *name, const char *fingerprint, struct err *err);
/*
 * Where to look, expanded and appended: the user's files, then the global ones, each ssh's own list when none is given
 * (NULL or empty); "none" is no file.
 */
bool known_hosts_files(const struct strlist *user_files, const struct strlist *global_files,
    struct strlist *files, struct err *err);
/*
 * The file that a new key goes to: the first of the expanded files, borrowed.  NULL: the user wants none to be kept
 * (UserKnownHostsFile none, or /dev/null).
 */
const char *known_hosts_store(const struct strlist *user_files, const struct strlist *files);
/*
 * Other names that this key is known for: "FILE:LINE: NAMES" each, not cleaned, appended; a hashed name
 * is told as such.  The lines of name itself are left out.
 */
void known_hosts_others(const struct known_hosts *known, const char *name,
    const unsigned char *blob, size_t len, struct strlist *others);
/*
 * Is the key in a text file of public keys, one a line (ssh_config(5), RevokedHostKeys)?  False with err for a file that
 * is missing, unreadable, a KRL, or has a line that is no key: refuse.
 */
bool hostkey_in_file(
    const char *path, const unsigned char *blob, size_t len, bool *found, struct err *err);

#endif
