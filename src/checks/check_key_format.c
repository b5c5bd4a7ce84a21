/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>

/* How people write the types. */
static const char *type_name(const char *type)
{
	static const struct {
		const char *prefix, *name;
	} names[] = { { "ssh-rsa", "RSA" }, { "ssh-dss", "DSA" }, { "ssh-ed25519", "Ed25519" },
		{ "ssh-ed448", "Ed448" }, { "ecdsa-sha2-", "ECDSA" },
		{ "sk-ssh-ed25519", "Ed25519-SK" }, { "sk-ecdsa-", "ECDSA-SK" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(type, names[i].prefix))
			return names[i].name;
	return type;
}

/* "~/.ssh/x.pem: RSA 2048, PEM (PKCS#1), locked, SHA256:..." */
static void describe(struct result *result, const struct key_file *file, const char *shown)
{
	struct str text = STR_INIT;
	char *fingerprint = NULL;

	str_addf(&text, "%s: ", shown);
	if (file->type)
		str_addf(&text, file->bits ? "%s %u, " : "%s, ", type_name(file->type), file->bits);
	str_add(&text, key_format_name(file->format));
	if (file->encrypted)
		str_addf(&text, ", %s", _("locked with a passphrase"));
	if (file->pub.blob) {
		fingerprint = pubkey_fingerprint(file->pub.blob, file->pub.len);
		str_addf(&text, ", %s", fingerprint);
		result_detail(result, "fingerprint", "%s", fingerprint);
	}
	result_summary(result, "%s", str_text(&text));
	result_detail(result, "format", "%s", key_format_name(file->format));
	if (file->type)
		result_detail(result, "type", "%s", file->type);
	if (file->bits)
		result_detail(result, "bits", "%u", file->bits);
	result_detail(result, "encrypted", "%s", file->encrypted ? "yes" : "no");
	if (file->comment)
		result_detail(result, "comment", "%s", file->comment);
	free(fingerprint);
	str_done(&text);
}

/*
 * PuTTY before 0.81 made signatures with a P-521 key that tell the key to whoever has seen some sixty of them
 * (CVE-2024-31497): it is in PuTTY's format, or has the comment that puttygen gives a key.
 */
static bool told_by_old_putty(const struct key_file *file)
{
	bool putty = file->format == KEY_PPK2 || file->format == KEY_PPK3 ||
	    (file->comment && str_starts(file->comment, "ecdsa-key-"));

	return putty && str_eq(file->type, "ecdsa-sha2-nistp521");
}

static const char old_putty_hint[] =
    N_("If PuTTY before 0.81 ever logged in with this P-521 key, others may know it "
       "(CVE-2024-31497).  Make a new one (ssh-keygen -t ed25519), add its .pub to "
       "authorized_keys wherever this one is, then take this one out.");

/* Is it a key that a login can use at all?  Each cause with its way out. */
static bool unusable(struct result *result, const struct key_file *file, const char *shown)
{
	char *typed = path_for_shell(file->path);
	bool foreign =
	    file->format == KEY_PPK2 || file->format == KEY_PPK3 || file->format == KEY_SSHCOM;
	bool bad = true;

	if (foreign) {
		result_summary(result,
		    _("%s is a key of the format %s, which must be converted first"), shown,
		    key_format_name(file->format));
		result_hint(result, "puttygen %s -O private-openssh -o ~/.ssh/NEWFILE", typed);
		if (told_by_old_putty(file))
			result_hint(result,
			    _("%s  To log in until then: puttygen %s -O private-openssh -o ~/.ssh/NEWFILE"),
			    _(old_putty_hint), typed);
	} else if (!file->type && !file->encrypted) {
		result_summary(
		    result, _("%s is a private key, but of a kind that SSH does not use"), shown);
		result_hint(result, _("Make a key: ssh-keygen -t ed25519"));
	} else if (str_eq(file->type, "ssh-ed448")) {
		result_summary(result,
		    _("%s is an Ed448 key, which neither ssh nor sallyport can use"), shown);
		result_hint(result, _("Make a key: ssh-keygen -t ed25519"));
	} else {
		bad = false;
	}
	if (bad)
		result->verdict = VERDICT_FAIL;
	free(typed);
	return bad;
}

enum { RSA_BITS_MIN = 2048 };

static void weigh(struct result *result, const struct check_key *key, const char *shown)
{
	const struct key_file *file = &key->file;
	char *typed = path_for_shell(file->path);

	if (str_eq(file->type, "ssh-dss")) {
		result->verdict = VERDICT_WARN;
		result_hint(result,
		    _("DSA is broken and servers refuse it.  Make a key: ssh-keygen -t ed25519"));
	} else if (str_eq(file->type, "ssh-rsa") && file->bits && file->bits < RSA_BITS_MIN) {
		result->verdict = VERDICT_WARN;
		result_hint(result,
		    _("RSA below %d bits is weak.  Make a key: ssh-keygen -t ed25519"),
		    RSA_BITS_MIN);
	} else if (told_by_old_putty(file)) {
		result->verdict = VERDICT_WARN;
		result_hint(result, "%s", _(old_putty_hint));
	} else if (key->bad_cert) {
		result->verdict = VERDICT_WARN;
		result_summary(result, "%s: %s", shown, key->bad_cert);
		result_hint(result,
		    _("Get a new certificate from who signed it; or is this machine's clock wrong?"));
	} else if (file->pub_mismatch) {
		result->verdict = VERDICT_WARN;
		result_summary(result, _("%s.pub beside it belongs to another key"), shown);
		result_hint(result, "ssh-keygen -y -f %s > %s.pub", typed, typed);
	} else if (file->type && str_starts(file->type, "sk-")) {
		result->verdict = VERDICT_WARN;
		result_hint(result,
		    _("A key that lives in a token works through the agent only: ssh-add %s"),
		    typed);
	} else if (file->encrypted && !file->pub.blob) {
		result_hint(result,
		    _("With its public half beside it a locked key can be checked: ssh-keygen -y -f %s > %s.pub"),
		    typed, typed);
	}
	free(typed);
}

struct result *key_format_judge(const char *id, const struct check_key *key)
{
	struct result *result;
	char *shown;

	if (!key->loaded || !key_format_private(key->file.format))
		return NULL;
	shown = path_show(key->file.path);
	result = result_new(id, VERDICT_PASS);
	describe(result, &key->file, shown);
	if (!unusable(result, &key->file, shown))
		weigh(result, key, shown);
	free(shown);
	return result;
}

static void start(struct check_job *job)
{
	check_keys(job, key_format_judge);
}

const struct check check_key_format = {
	.id = "key.format",
	.title = N_("Key can be used"),
	.why = N_(
	    "Format, type, size and fingerprint of each key; DSA, short RSA keys and PuTTY files are found before the login fails."),
	.needs = "key.file",
	.depth = DEPTH_LOCAL,
	.start = start,
};
