/* SPDX-License-Identifier: Apache-2.0 */
#include "users.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"

enum { USERS_MAX = 4 };

struct origin {
	const char
	    *word; /* as it stands in the banner or the provider's name, letters of any case */
	const char *users; /* likeliest first */
};

/* What distributions write into their banners, and the users of their cloud images. */
static const struct origin systems[] = {
	{ "Ubuntu", "ubuntu root" },
	{ "Raspbian", "pi root" },
	{ "Debian", "debian admin root" },
	{ "FreeBSD", "freebsd ec2-user root" },
	{ "for_Windows", "Administrator" },
	{ "dropbear", "root admin" },
	{ "ROSSSH", "admin" }, /* MikroTik */
	{ "Cisco", "admin cisco" },
};

/* Whom the clouds' manuals name. */
static const struct origin clouds[] = {
	{ "ecs", "root ecs-user" }, /* Alibaba Cloud, as our import calls it */
	{ "ali", "root ecs-user" },
	{ "aws", "ec2-user ubuntu admin" },
	{ "amazon", "ec2-user ubuntu admin" },
	{ "ec2", "ec2-user ubuntu admin" },
	{ "azure", "azureuser" },
	{ "tencent", "root ubuntu lighthouse" },
	{ "oracle", "opc ubuntu" },
	{ "huawei", "root" },
	{ "hetzner", "root" },
	{ "digitalocean", "root" },
};

static const char *origin_users(const struct origin *origins, size_t count, const char *text)
{
	for (size_t i = 0; text && i < count; i++)
		if (strcasestr(text, origins[i].word))
			return origins[i].users;
	return "";
}

static void add(struct strlist *users, const char *names, const char *refused)
{
	struct strlist more = { 0 };

	strlist_split(&more, names, " ");
	for (size_t i = 0; i < more.len && users->len < USERS_MAX; i++)
		if (!str_eq(more.items[i], refused) && !strlist_has(users, more.items[i]))
			strlist_add(users, more.items[i]);
	strlist_done(&more);
}

char *users_guess(const char *software, const char *provider, const char *refused)
{
	const char *system = origin_users(systems, ARRAY_LEN(systems), software);
	const char *cloud = origin_users(clouds, ARRAY_LEN(clouds), provider);
	struct strlist users = { 0 };
	char *text;

	add(&users, system, refused);
	add(&users, cloud, refused);
	if (!*system && !*cloud)
		add(&users, "root ecs-user ubuntu ec2-user admin debian", refused);
	text = strlist_join(&users, ", ");
	strlist_done(&users);
	return text;
}

char *users_question(const char *software, const char *provider, const char *refused)
{
	char *guess = users_guess(software, provider, refused);
	char *question = *guess
	    ? mem_printf(_("Is %s the right user, or one of: %s?"), refused, guess)
	    : mem_printf(_("Is %s the right user?"), refused);

	free(guess);
	return question;
}
