/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"
#include "sallyport/hosts.h"

enum { SHA1_LEN = 20 };

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Does a pattern with "*" and "?" stand for the whole name?  (OpenSSH match.c, match_pattern.)  Goes
 * back only to the last star, so it takes at most len * strlen(name) steps.
 */
static bool pattern_matches(const char *pattern, size_t len, const char *name)
{
	size_t at = 0, star = len;
	const char *resume = NULL;

	while (*name) {
		if (at < len && pattern[at] == '*') {
			star = at++;
			resume = name;
		} else if (at < len && (pattern[at] == '?' || same_letter(pattern[at], *name))) {
			at++;
			name++;
		} else if (resume) {
			at = star + 1;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (at < len && pattern[at] == '*')
		at++;
	return at == len;
}

static bool hash_of(
    const unsigned char *salt, size_t salt_len, const char *name, unsigned char *out)
{
	unsigned int n = 0;

	return HMAC(EVP_sha1(), salt, (int)salt_len, (const unsigned char *)name, strlen(name), out,
		   &n) &&
	    n == SHA1_LEN;
}

/* "|1|base64 salt|base64 hash" (OpenSSH hostfile.c, host_hash). */
static bool hashed_matches(const char *text, size_t len, const char *name)
{
	const char *salt_text = text + 3;
	const char *bar = len > 3 ? memchr(salt_text, '|', len - 3) : NULL;
	unsigned char *salt = NULL, *hash = NULL, ours[SHA1_LEN];
	size_t salt_len = 0, hash_len = 0;
	bool same = false;

	if (!bar || memcmp(text, "|1|", 3) != 0)
		return false;
	salt = base64_decode(salt_text, (size_t)(bar - salt_text), &salt_len);
	hash = base64_decode(bar + 1, len - (size_t)(bar + 1 - text), &hash_len);
	if (salt && hash && salt_len == SHA1_LEN && hash_len == SHA1_LEN &&
	    hash_of(salt, salt_len, name, ours))
		same = memcmp(ours, hash, SHA1_LEN) == 0;
	free(salt);
	free(hash);
	return same;
}

/* OpenSSH match.c, match_pattern_list: a negated match ("!name") rules the line out. */
bool known_names_match(const char *names, size_t len, const char *name)
{
	const char *end = names + len;
	bool found = false;

	if (len > 0 && *names == '|')
		return hashed_matches(names, len, name);
	while (names < end) {
		const char *comma = memchr(names, ',', (size_t)(end - names));
		const char *stop = comma ? comma : end;
		bool negated = *names == '!';
		if (negated)
			names++;
		if (names < stop && pattern_matches(names, (size_t)(stop - names), name)) {
			if (negated)
				return false;
			found = true;
		}
		names = comma ? comma + 1 : end;
	}
	return found;
}

bool known_name_hash(struct str *out, const char *name)
{
	unsigned char salt[SHA1_LEN], hash[SHA1_LEN];

	if (RAND_bytes(salt, sizeof salt) != 1 || !hash_of(salt, sizeof salt, name, hash))
		return false;
	str_add(out, "|1|");
	base64_encode(out, salt, sizeof salt);
	str_add_char(out, '|');
	base64_encode(out, hash, sizeof hash);
	return true;
}

char *known_hosts_name_of(const struct host *host)
{
	if (host->host_key_alias && host->host_key_alias[0])
		return known_hosts_name(host->host_key_alias, 22);
	return known_hosts_name(host->hostname, host->port);
}

char *known_hosts_name(const char *host, long port)
{
	char *name = port == 22 ? mem_strdup(host) : mem_printf("[%s]:%ld", host, port);

	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}
