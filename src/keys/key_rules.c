/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/keys.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool is_private;
} formats[] = {
	[KEY_UNKNOWN] = { N_("not a key"), false },
	[KEY_EMPTY] = { N_("an empty file"), false },
	[KEY_HTML] = { N_("a web page"), false },
	[KEY_PUBLIC] = { N_("a public key"), false },
	[KEY_CERTIFICATE] = { N_("a certificate"), false },
	[KEY_PEM_PKCS1] = { N_("PEM (PKCS#1)"), true },
	[KEY_PEM_DSA] = { N_("PEM (DSA)"), true },
	[KEY_PEM_SEC1] = { N_("PEM (SEC1)"), true },
	[KEY_PEM_PKCS8] = { N_("PEM (PKCS#8)"), true },
	[KEY_OPENSSH] = { N_("OpenSSH"), true },
	[KEY_PPK2] = { N_("PuTTY version 2"), true },
	[KEY_PPK3] = { N_("PuTTY version 3"), true },
	[KEY_SSHCOM] = { N_("ssh.com"), true },
	[KEY_PEM_BROKEN] = { N_("a damaged private key"), false },
};

const char *key_format_name(enum key_format format)
{
	return _(formats[format].name);
}

bool key_format_private(enum key_format format)
{
	return formats[format].is_private;
}

enum key_perm key_perm_of(const struct stat *st, uid_t me)
{
	if (st->st_uid != me)
		return KEY_PERM_FOREIGN;
	return (st->st_mode & 077) ? KEY_PERM_OPEN : KEY_PERM_OK;
}

bool folder_perm_bad(const struct stat *st, uid_t me)
{
	if (st->st_uid != me && st->st_uid != 0)
		return true;
	return (st->st_mode & (S_IWGRP | S_IWOTH)) && !(st->st_mode & S_ISVTX);
}

/* ssh_config(5), IdentityFile, in its order. */
static const char *const default_files[] = { "~/.ssh/id_rsa", "~/.ssh/id_ecdsa",
	"~/.ssh/id_ecdsa_sk", "~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk", "~/.ssh/id_dsa" };

void key_default_files(struct strlist *paths)
{
	for (size_t i = 0; i < ARRAY_LEN(default_files); i++) {
		char *path = path_expand(default_files[i], NULL);
		struct stat st;
		if (path && stat(path, &st) == 0)
			strlist_add(paths, path);
		free(path);
	}
}
