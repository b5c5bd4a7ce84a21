/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every module stands on: memory that never fails, growable text, errors
 * as sentences, secrets that are wiped, cleaning of text that we did not
 * write, and careful reading and appending of files.  Knows no other module,
 * prints nothing and never exits, except that running out of memory aborts.
 */
#ifndef SALLYPORT_UTIL_H
#define SALLYPORT_UTIL_H

#include <libintl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Marks a text that users read for translation, and translates it. */
#define _(text) gettext(text)
/* Marks a text in a constant table; translate it with _() where it is shown. */
#define N_(text) text

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))
#define SP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* ---- memory: each returns memory that the caller frees with free(), or aborts ---- */

void *mem_alloc(size_t size);
/* Zeroed memory for n things of size bytes each. */
void *mem_zalloc(size_t n, size_t size);
/* Resizes to n things of size bytes each. */
void *mem_realloc(void *old, size_t n, size_t size);
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t len);
void *mem_dup(const void *data, size_t len);
char *mem_printf(const char *fmt, ...) SP_PRINTF(1, 2);
char *mem_vprintf(const char *fmt, va_list ap) SP_PRINTF(1, 0);

/* ---- str: growable bytes, always followed by a NUL that len does not count ---- */

struct str {
	char *data; /* NULL until something was added; use str_text() to read */
	size_t len;
	size_t cap;
};

#define STR_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void str_done(struct str *s);
/* Empties it and keeps the memory. */
void str_reset(struct str *s);
void str_add_mem(struct str *s, const void *data, size_t len);
static inline void str_add(struct str *s, const char *text)
{
	str_add_mem(s, text, strlen(text));
}
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) SP_PRINTF(2, 3);
void str_vaddf(struct str *s, const char *fmt, va_list ap) SP_PRINTF(2, 0);
/* Drops the first len bytes. */
void str_consume(struct str *s, size_t len);
/* Borrowed text, "" when empty. */
const char *str_text(const struct str *s);
/* Moves the text out (caller frees) and leaves s empty. */
char *str_take(struct str *s);

/* ---- strlist: an owned list of strings ---- */

struct strlist {
	char **items;
	size_t len;
};

void strlist_done(struct strlist *list);
/* Appends a copy of text. */
void strlist_add(struct strlist *list, const char *text);
/* Appends text itself, which the list now owns. */
void strlist_take(struct strlist *list, char *text);
bool strlist_has(const struct strlist *list, const char *text);
/* Caller frees. */
char *strlist_join(const struct strlist *list, const char *between);
/* Splits at any byte of separators, dropping empty pieces. */
void strlist_split(struct strlist *list, const char *text, const char *separators);

/* A copy with A to Z in small letters.  Caller frees. */
char *str_lower(const char *text);
/* NULL equals only NULL.  Most that are compared differ in the first character. */
static inline bool str_eq(const char *a, const char *b)
{
	return a && b ? *a == *b && strcmp(a, b) == 0 : a == b;
}
/* For the buckets of a table (FNV-1a); no secret is in it. */
unsigned str_hash(const char *text);
static inline bool str_starts(const char *text, const char *prefix)
{
	return *prefix == '\0' || (*text == *prefix && strncmp(text, prefix, strlen(prefix)) == 0);
}
bool str_ends(const char *text, const char *suffix);

/* TIME FORMATS of sshd_config(5): "90", "1m30s"; false: not one. */
bool time_span(const char *text, long *seconds);

/* ---- err: what went wrong, as a kind to react to and a sentence to show ---- */

#define ERR_KINDS(X)                                                                               \
	X(NONE) /* nothing is wrong */                                                             \
	X(IO) /* a file or terminal could not be read or written */                                \
	X(SYNTAX) /* text that does not parse */                                                   \
	X(INVALID) /* parses, but the value is not allowed */                                      \
	X(NOTFOUND) /* no such host, file or key */                                                \
	X(USAGE) /* the command line is wrong */                                                   \
	X(LOCAL) /* this machine lacks something: descriptors, ports, memory */                    \
	X(RESOLVE) /* the name has no address */                                                   \
	X(REFUSED) /* the other side said no: a port, a channel */                                 \
	X(TIMEOUT) /* nothing came in time */                                                      \
	X(RESET) /* the connection was cut */                                                      \
	X(UNREACHABLE) /* no route */                                                              \
	X(PROTOCOL) /* not SSH, or broken SSH */                                                   \
	X(KEX) /* no algorithm in common, or the key exchange failed */                            \
	X(HOSTKEY) /* the host key is changed, revoked or not accepted */                          \
	X(AUTH) /* nobody may log in this way */                                                   \
	X(LOST) /* an open session ended without a word */                                         \
	X(CANCELLED) /* the user stopped it */

enum err_code {
#define X(name) ERR_##name,
	ERR_KINDS(X)
#undef X
};

struct err {
	enum err_code code;
	char text[768]; /* one sentence: what and why; cut, never overrun */
	char hint[512]; /* what to do next, or "" */
};

#define ERR_INIT                                                                                   \
	{                                                                                          \
		ERR_NONE, "", ""                                                                   \
	}

/*
 * Sets the kind and the sentence, clears the hint, and returns false, so that
 * "return err_set(...)" reads well.  err may be NULL.
 */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) SP_PRINTF(3, 4);
/* Adds what to do next; returns false.  err may be NULL. */
bool err_hint(struct err *err, const char *fmt, ...) SP_PRINTF(2, 3);
/* Puts "context: " before the sentence; returns false.  err may be NULL. */
bool err_context(struct err *err, const char *fmt, ...) SP_PRINTF(2, 3);

/* ---- clean: the one gate for text that we did not write ---- */

/*
 * Length of the UTF-8 character at text, with its code point in *cp; 0 when it is invalid (RFC 3629: the
 * shortest form only, no surrogates, nothing over U+10FFFF).  len is at least 1.
 */
size_t utf8_decode(const char *text, size_t len, uint32_t *cp);

enum {
	CLEAN_LINES = 1 << 0, /* keep \n and \t; otherwise they are shown escaped too */
	CLEAN_ASCII = 1 << 1, /* everything outside ASCII is shown escaped */
};

/*
 * Appends text with every byte that could steer a terminal made visible: C0, DEL
 * and invalid UTF-8 as \xHH, C1, bidirectional and zero-width controls and other
 * invisible or unassigned code points as \u{H}.  A backslash stays as it is.  Valid
 * printable UTF-8 passes unchanged unless CLEAN_ASCII is given.
 */
void clean_text(struct str *out, const char *text, size_t len, unsigned flags);
/* The same, one line, as a new string; text may be NULL (gives "").  Caller frees. */
char *clean_dup(const char *text);
/* The same, flags for this locale: CLEAN_ASCII where the locale is not UTF-8. */
unsigned clean_locale_flags(void);

/* ---- secret: a passphrase or password; lives in one place and is wiped ---- */

struct secret {
	char *data; /* always NUL-terminated */
	size_t len;
	size_t cap;
};

struct secret *secret_new(void);
/* Wipes and frees; NULL is fine. */
void secret_free(struct secret *secret);
/* Appends one byte; false when the limit of 4096 bytes is reached. */
bool secret_add(struct secret *secret, char c);
/* Drops the last UTF-8 character, if any. */
void secret_chop(struct secret *secret);
void secret_clear(struct secret *secret);
struct secret *secret_dup(const struct secret *secret);
/* Wipes len bytes in a way that the compiler keeps. */
void secret_wipe(void *data, size_t len);

/* ---- descriptors ---- */

/* Closes first and all above it; may be called between fork and exec. */
void fd_close_from(int first);
/* ... except some; those of them that are below it do not matter. */
void fd_close_except(int first, const int *keep, size_t count);

/* ---- paths and files ---- */

/* The user's home folder: $HOME if absolute, else the password database; NULL if neither.  Caller
 * frees. */
char *path_home(void);
/* "~" and "~/x" under the home folder, "~name/x" under that account's; everything else as it
 * is.  NULL with err when there is no such folder. */
char *path_expand(const char *path, struct err *err);
/* ${XDG_CONFIG_HOME:-~/.config}/sallyport/NAME.  NULL with err when there is no home. */
char *path_config(const char *name, struct err *err);
/* ${XDG_STATE_HOME:-~/.local/state}/sallyport/NAME. */
char *path_state(const char *name, struct err *err);
/* A path for people: the home folder shown as "~", cleaned.  Caller frees. */
char *path_show(const char *path);

/*
 * Reads a whole regular file into out.  Folders, FIFOs, sockets and devices are
 * refused at once (never blocks on them), files over max bytes too.  ERR_NOTFOUND
 * when it does not exist, ERR_IO otherwise.
 */
bool file_read(const char *path, size_t max, struct str *out, struct err *err);
/*
 * Appends text to a file in one write under an exclusive flock, adding a newline first
 * if the file does not end with one.  Makes the file 0600 and its folder 0700 where
 * missing.  On any error the file is cut back to what it was.  A lock of somebody else is
 * waited for, but only for a second in which nobody writes.
 */
bool file_append(const char *path, const char *text, size_t len, struct err *err);
/* Appends to after what the file shall hold instead of before.  False with err: it stays as it is. */
typedef bool file_edit_fn(void *ctx, const struct str *before, struct str *after, struct err *err);
/*
 * Changes a regular file of at most max bytes, at once or not at all: under its lock, a new file takes its place, with
 * its mode and owner; a symbolic link stays one.  The text before is kept in "PATH" + backup.
 */
bool file_edit(const char *path, size_t max, file_edit_fn *edit, void *ctx, const char *backup,
    struct err *err);
/*
 * Opens a regular file to append to it, made 0600 where missing, as are folders (0700).  A
 * symbolic link is not followed, and no other kind of file is waited for.  -1 with err.
 */
int file_open_append(const char *path, struct err *err);

#endif
