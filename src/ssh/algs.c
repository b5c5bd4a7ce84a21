/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/algs.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "sallyport/keys.h"

/*
 * Order of the defaults.  Ciphers: libssh2 1.11.1 calls OpenSSL once for every 16
 * bytes, which makes GCM its slowest choice and ChaCha20 its fastest.  MACs: first those
 * that authenticate the encrypted bytes.  The rest as OpenSSH.  Host certificates are
 * not asked for: a plain key is what known_hosts can prove.
 */

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
	const char *offered;
	const char *supported;
} kinds[] = {
	[ALG_KEX] = { "kex_algorithms", KEX_GOOD, KEX_GOOD KEX_WEAK },
	[ALG_HOSTKEY] = { "host_key_algorithms", HOSTKEY_GOOD, HOSTKEY_GOOD HOSTKEY_WEAK },
	[ALG_CIPHER] = { "ciphers", CIPHER_GOOD, CIPHER_GOOD CIPHER_WEAK },
	[ALG_MAC] = { "macs", MAC_GOOD, MAC_GOOD MAC_WEAK },
	[ALG_PUBKEY] = { "pubkey_accepted_algorithms", PUBKEY_GOOD, PUBKEY_GOOD PUBKEY_WEAK },
};

const char *algs_default(enum alg_kind kind)
{
	return kinds[kind].offered;
}

const char *algs_supported(enum alg_kind kind)
{
	return kinds[kind].supported;
}

static bool matches_any(const struct strlist *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->len; i++)
		if (fnmatch(patterns->items[i], name, 0) == 0)
			return true;
	return false;
}

/* Every supported name that a pattern stands for, in the order of the patterns, once. */
static void add_matching(
    struct strlist *out, const struct strlist *patterns, const struct strlist *supported)
{
	for (size_t i = 0; i < patterns->len; i++)
		for (size_t j = 0; j < supported->len; j++)
			if (fnmatch(patterns->items[i], supported->items[j], 0) == 0 &&
			    !strlist_has(out, supported->items[j]))
				strlist_add(out, supported->items[j]);
}

static void add_others(
    struct strlist *out, const struct strlist *names, const struct strlist *patterns)
{
	for (size_t i = 0; i < names->len; i++)
		if (!matches_any(patterns, names->items[i]))
			strlist_add(out, names->items[i]);
}

/* ssh_config(5), Ciphers: "+" appends to the default, "^" puts in front of it, "-" takes from it. */
static void apply(struct strlist *out, enum alg_kind kind, const char *setting)
{
	struct strlist defaults = { 0 }, supported = { 0 }, named = { 0 };
	char how = *setting;

	if (how == '+' || how == '-' || how == '^')
		setting++;
	strlist_split(&defaults, kinds[kind].offered, ",");
	strlist_split(&supported, kinds[kind].supported, ",");
	strlist_split(&named, setting, ", \t");
	if (how == '+')
		add_matching(out, &defaults, &supported);
	if (how == '-')
		add_others(out, &defaults, &named);
	else
		add_matching(out, &named, &supported);
	if (how == '^')
		add_matching(out, &defaults, &supported);
	strlist_done(&defaults);
	strlist_done(&supported);
	strlist_done(&named);
}

char *algs_offer(enum alg_kind kind, const char *setting, struct err *err)
{
	struct strlist names = { 0 };
	char *joined = NULL;

	if (setting == NULL)
		return mem_strdup(kinds[kind].offered);
	apply(&names, kind, setting);
	if (names.len > 0) {
		joined = strlist_join(&names, ",");
	} else {
		err_set(err, ERR_INVALID, _("%s: nothing of \"%s\" is supported"),
		    kinds[kind].setting, setting);
		err_hint(err, _("Supported: %s"), kinds[kind].supported);
	}
	strlist_done(&names);
	return joined;
}

/* Can this algorithm prove a key of one of the types?  RFC 8332: RSA-SHA2 uses ssh-rsa keys. */
static bool proves(const char *algorithm, const struct strlist *types)
{
	return strlist_has(types, str_starts(algorithm, "rsa-sha2-") ? "ssh-rsa" : algorithm);
}

char *algs_prefer_known(const char *hostkey_algorithms, const struct strlist *known_types)
{
	struct strlist all = { 0 }, sorted = { 0 };
	char *joined;

	strlist_split(&all, hostkey_algorithms, ",");
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
