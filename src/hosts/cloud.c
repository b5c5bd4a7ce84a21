/* SPDX-License-Identifier: Apache-2.0 */
/* The facts that an import from a cloud leaves in an entry. */
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "host_read.h"
#include "nearest.h"

static const char *const facts[] = { "provider", "instance_id", "status", "key_pair", "public_ip",
	"eip", "private_ip", "region", "zone", "security_groups" };

const char *const *host_cloud_facts(size_t *count)
{
	*count = ARRAY_LEN(facts);
	return facts;
}

const char *host_cloud(const struct host *host, const char *fact)
{
	size_t len = strlen(fact);

	for (size_t i = 0; i < host->cloud.len; i++)
		if (str_starts(host->cloud.items[i], fact) && host->cloud.items[i][len] == '=')
			return host->cloud.items[i] + len + 1;
	return NULL;
}

static bool is_fact(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		if (str_eq(facts[i], name))
			return true;
	return false;
}

static bool is_texts(const struct json_part *part)
{
	struct json_walk walk;
	struct json_part one;

	if (part->type != JSON_ARRAY)
		return part->type == JSON_STRING || part->type == JSON_NULL;
	for (json_walk_start(&walk, part); json_walk_next(&walk, &one);)
		if (one.type != JSON_STRING)
			return false;
	return true;
}

void cloud_warn(
    struct loader *loader, const char *owner, char **remark, const struct json_part *cloud)
{
	struct json_walk walk;
	struct json_part part;

	for (json_walk_start(&walk, cloud); json_walk_next(&walk, &part);) {
		char *name = json_key(&part);
		const char *meant =
		    is_fact(name) ? NULL : nearest_of(name, facts, ARRAY_LEN(facts));

		if (meant)
			loader_warn(loader, part.key, remark,
			    _("%s: cloud: unknown fact \"%s\" is ignored: did you mean \"%s\"?"),
			    owner, name, meant);
		else if (is_fact(name) && !is_texts(&part))
			loader_warn(loader, part.text, remark,
			    _("%s: cloud: \"%s\" is ignored: it must be a text or an array of texts"),
			    owner, name);
		free(name);
	}
}
