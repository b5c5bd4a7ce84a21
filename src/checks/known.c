/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/known.h"

#include <stdlib.h>
#include <string.h>

#include "checks/run.h"

static bool is_kept(const struct kept *kept)
{
	return kept->whole || kept->summary;
}

static bool has_failed(const struct kept *kept)
{
	return kept->whole && kept->whole->verdict == VERDICT_FAIL;
}

static void keep(struct kept *kept, const struct result *result)
{
	if (is_kept(kept))
		return;
	if (result->verdict == VERDICT_PASS)
		kept->summary = mem_strdup(result->summary);
	else
		kept->whole = result_dup(result);
}

static void kept_done(struct kept *kept)
{
	result_free(kept->whole);
	free(kept->summary);
}

void known_hear(struct known *known, const struct result *result)
{
	const char *ident = result_detail_get(result, "ident");

	if (str_eq(result->id, "net.connect"))
		keep(&known->connect, result);
	if (!str_eq(result->id, "ssh.banner"))
		return;
	if (!known->ident && ident)
		known->ident = mem_strdup(ident);
	keep(&known->banner, result);
}

bool known_connect(const struct known *known)
{
	return is_kept(&known->connect);
}

bool known_banner(const struct known *known)
{
	return is_kept(&known->banner);
}

const char *known_failed(const struct known *known)
{
	if (has_failed(&known->connect))
		return "net.connect";
	return has_failed(&known->banner) ? "ssh.banner" : NULL;
}

void known_tell_connect(const struct known *known, const char *key, struct server *server)
{
	size_t len = strcspn(key, " ");

	if (known->connect.whole) {
		server_share(server, known->connect.whole);
	} else if (known->connect.summary) {
		struct result *result = result_new("net.connect", VERDICT_PASS);
		result_summary(result, "%s", known->connect.summary);
		result_detail(result, "address", "%.*s", (int)len, key);
		result_detail(result, "port", "%s", key + len + 1);
		server_share(server, result);
		result_free(result);
	}
}

void known_tell_banner(const struct known *known, struct server *server)
{
	if (known->banner.whole) {
		server_share(server, known->banner.whole);
	} else if (known->banner.summary) {
		struct result *result = result_new("ssh.banner", VERDICT_PASS);
		result_summary(result, "%s", known->banner.summary);
		if (known->ident)
			result_detail(result, "ident", "%s", known->ident);
		result_detail(result, "software", "%s", known->banner.summary);
		server_share(server, result);
		result_free(result);
	}
}

void known_done(struct known *known)
{
	kept_done(&known->connect);
	kept_done(&known->banner);
	free(known->ident);
	*known = (struct known){ 0 };
}
