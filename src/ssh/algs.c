/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/algs.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "sallyport/keys.h"

/*
 * Order of the defaults.  Ciphers: libssh2 1.11.1 calls OpenSSL once for every 16
 * bytes, which makes GCM its slowest choice and ChaCha20 its fastest.  MACs: first those
 * that authenticate the encrypted bytes.  The rest as OpenSSH.  Host certificates are
 * not asked for: libssh2 1.11.1 lists their algorithms and cannot use one (it takes the certificate for a plain
 * key, or has no code to verify with, and the key exchange fails).
 */

/*
 * Hybrids that hold against quantum computers; libssh2 1.11.1 has none of them.  They are first as soon as
 * the linked library lists one.
 */
#define KEX_POST_QUANTUM                                                                           \
	"mlkem768x25519-sha256,mlkem768nistp256-sha256,mlkem1024nistp384-sha384,"                  \
	"sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
#define KEX_GOOD                                                                                   \
	"curve25519-sha256,curve25519-sha256@libssh.org,"                                          \
	"ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"                                \
	"diffie-hellman-group-exchange-sha256,"                                                    \
	"diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"                             \
	"diffie-hellman-group14-sha256"
#define KEX_WEAK                                                                                   \
	",diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,"                         \
	"diffie-hellman-group1-sha1"

#define HOSTKEY_GOOD                                                                               \
	"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                 \
	"rsa-sha2-512,rsa-sha2-256"
#define HOSTKEY_WEAK ",ssh-rsa"

#define CIPHER_GOOD                                                                                \
	"chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"                          \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com"
#define CIPHER_WEAK ",aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc"

#define MAC_GOOD                                                                                   \
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
#define MAC_WEAK ",hmac-sha1-etm@openssh.com,hmac-sha1"

#define PUBKEY_GOOD                                                                                \
	"ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"               \
	"ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"       \
	"sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"         \
	"rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,"                     \
	"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                 \
	"sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"                           \
	"rsa-sha2-512,rsa-sha2-256"
#define PUBKEY_WEAK ",ssh-rsa,ssh-rsa-cert-v01@openssh.com"

static const struct {
	const char *setting; /* its member in the hosts file */
	const char *offered; /* without a setting, as far as the library has it */
	const char *weak; /* only when a setting asks for it */
	const char *supported; /* by libssh2 1.11.1 */
} kinds[] = {
	[ALG_KEX] = { "kex_algorithms", KEX_POST_QUANTUM KEX_GOOD, KEX_WEAK, KEX_GOOD KEX_WEAK },
	[ALG_HOSTKEY] = { "host_key_algorithms", HOSTKEY_GOOD, HOSTKEY_WEAK,
	    HOSTKEY_GOOD HOSTKEY_WEAK },
	[ALG_CIPHER] = { "ciphers", CIPHER_GOOD, CIPHER_WEAK, CIPHER_GOOD CIPHER_WEAK },
	[ALG_MAC] = { "macs", MAC_GOOD, MAC_WEAK, MAC_GOOD MAC_WEAK },
	[ALG_PUBKEY] = { "pubkey_accepted_algorithms", PUBKEY_GOOD, PUBKEY_WEAK,
	    PUBKEY_GOOD PUBKEY_WEAK },
};

const char *algs_default(enum alg_kind kind)
{
	return kinds[kind].offered;
}

const char *algs_supported(enum alg_kind kind)
{
	return kinds[kind].supported;
}

const char *algs_setting(enum alg_kind kind)
{
	return kinds[kind].setting;
}

static bool matches_any(const struct strlist *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->len; i++)
		if (fnmatch(patterns->items[i], name, 0) == 0)
			return true;
	return false;
}

/* Every name that the pattern stands for, once; false: there is none. */
static bool add_matching(struct strlist *out, const char *pattern, const struct strlist *names)
{
	bool found = false;

	for (size_t i = 0; i < names->len; i++) {
		if (fnmatch(pattern, names->items[i], 0) != 0)
			continue;
		found = true;
		if (!strlist_has(out, names->items[i]))
			strlist_add(out, names->items[i]);
	}
	return found;
}

/* In the order of the patterns; those that stand for nothing are left out. */
static void add_named(struct strlist *out, const struct strlist *patterns,
    const struct strlist *names, struct strlist *left_out)
{
	for (size_t i = 0; i < patterns->len; i++)
		if (!add_matching(out, patterns->items[i], names) && left_out)
			strlist_add(left_out, patterns->items[i]);
}

static void add_others(
    struct strlist *out, const struct strlist *names, const struct strlist *patterns)
{
	for (size_t i = 0; i < names->len; i++)
		if (!matches_any(patterns, names->items[i]))
			strlist_add(out, names->items[i]);
}

/* Those of a list that the library has. */
static void add_linked(struct strlist *out, const char *list, const struct strlist *linked)
{
	struct strlist names = { 0 };

	strlist_split(&names, list, ",");
	for (size_t i = 0; i < names.len; i++)
		if (strlist_has(linked, names.items[i]))
			strlist_add(out, names.items[i]);
	strlist_done(&names);
}

/* ssh_config(5), Ciphers: "+" appends to the default, "^" puts in front of it, "-" takes from it. */
static void apply(struct strlist *out, const struct strlist *defaults, const struct strlist *all,
    const char *setting, struct strlist *left_out)
{
	struct strlist named = { 0 };
	char how = *setting;

	if (how == '+' || how == '-' || how == '^')
		setting++;
	strlist_split(&named, setting, ", \t");
	if (how == '+')
		add_named(out, defaults, all, NULL);
	if (how == '-')
		add_others(out, defaults, &named);
	else
		add_named(out, &named, all, left_out);
	if (how == '^')
		add_named(out, defaults, all, NULL);
	strlist_done(&named);
}

static bool nothing_left(
    enum alg_kind kind, const char *setting, const struct strlist *all, struct err *err)
{
	char *names = strlist_join(all, ",");

	err_set(err, ERR_INVALID, _("%s: nothing of \"%s\" is supported"), kinds[kind].setting,
	    setting);
	err_hint(err, _("Supported: %s"), names);
	free(names);
	return false;
}

char *algs_offer(enum alg_kind kind, const char *setting, const char *linked,
    struct strlist *left_out, struct err *err)
{
	struct strlist library = { 0 }, defaults = { 0 }, all = { 0 }, names = { 0 };
	char *joined = NULL;

	strlist_split(&library, linked ? linked : kinds[kind].supported, ",");
	add_linked(&defaults, kinds[kind].offered, &library);
	add_linked(&all, kinds[kind].offered, &library);
	add_linked(&all, kinds[kind].weak, &library);
	apply(&names, &defaults, &all, setting ? setting : "+", left_out);
	if (names.len > 0 || nothing_left(kind, setting ? setting : "", &all, err))
		joined = strlist_join(&names, ",");
	strlist_done(&library);
	strlist_done(&defaults);
	strlist_done(&all);
	strlist_done(&names);
	return joined;
}

/* Can this algorithm prove a key of one of the types?  RFC 8332: RSA-SHA2 uses ssh-rsa keys. */
static bool proves(const char *algorithm, const struct strlist *types)
{
	return strlist_has(types, str_starts(algorithm, "rsa-sha2-") ? "ssh-rsa" : algorithm);
}

/* sshconnect2.c: an order that the user has written is kept, and so is one whose first can prove a known key. */
static bool order_stands(
    const char *setting, const struct strlist *all, const struct strlist *known_types)
{
	if (setting && *setting != '+' && *setting != '-')
		return true;
	return all->len > 0 && proves(all->items[0], known_types);
}

char *algs_prefer_known(
    const char *hostkey_algorithms, const char *setting, const struct strlist *known_types)
{
	struct strlist all = { 0 }, sorted = { 0 };
	char *joined;

	strlist_split(&all, hostkey_algorithms, ",");
	if (order_stands(setting, &all, known_types)) {
		strlist_done(&all);
		return mem_strdup(hostkey_algorithms);
	}
	for (int known = 1; known >= 0; known--)
		for (size_t i = 0; i < all.len; i++)
			if (proves(all.items[i], known_types) == known)
				strlist_add(&sorted, all.items[i]);
	joined = strlist_join(&sorted, ",");
	strlist_done(&all);
	strlist_done(&sorted);
	return joined;
}

/* RFC 8332: one RSA key, three algorithms.  Certificates have them too. */
static bool signs_for(const char *algorithm, const char *type)
{
	if (str_eq(algorithm, type))
		return true;
	return str_starts(type, "ssh-rsa") && str_starts(algorithm, "rsa-sha2-") &&
	    pubkey_type_is_cert(algorithm) == pubkey_type_is_cert(type);
}

bool algs_accept(const char *accepted, const char *type)
{
	struct strlist names = { 0 };
	bool found = false;

	strlist_split(&names, accepted, ",");
	for (size_t i = 0; i < names.len && !found; i++)
		found = signs_for(names.items[i], type);
	strlist_done(&names);
	return found;
}

/* Only RSA keys have a choice: without the server's word nobody may take it for more than their type says. */
static bool server_takes(const char *algorithm, const char *type, const struct strlist *server)
{
	char *plain;
	bool takes;

	if (!str_starts(type, "ssh-rsa"))
		return true;
	if (!server)
		return str_eq(algorithm, type);
	plain = pubkey_plain_algorithm(algorithm);
	takes = strlist_has(server, plain);
	free(plain);
	return takes;
}

char *algs_signature(const char *accepted, const char *type, const struct strlist *server)
{
	struct strlist names = { 0 };
	char *found = NULL;

	strlist_split(&names, accepted, ",");
	for (size_t i = 0; i < names.len && !found; i++)
		if (signs_for(names.items[i], type) && server_takes(names.items[i], type, server))
			found = mem_strdup(names.items[i]);
	strlist_done(&names);
	return found;
}
