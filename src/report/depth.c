/* SPDX-License-Identifier: Apache-2.0 */
#include "sallyport/report.h"

/* In the order of the checks; "jump." are several. */
static const struct {
	const char *id;
	enum depth depth;
} order[] = {
	{ "host.settings", DEPTH_LOCAL },
	{ "key.file", DEPTH_LOCAL },
	{ "key.mode", DEPTH_LOCAL },
	{ "key.format", DEPTH_LOCAL },
	{ "key.agent", DEPTH_LOCAL },
	{ "cloud.instance", DEPTH_LOCAL },
	{ "jump.", DEPTH_REACH },
	{ "net.resolve", DEPTH_REACH },
	{ "net.connect", DEPTH_REACH },
	{ "ssh.banner", DEPTH_REACH },
	{ "ssh.kex", DEPTH_AUTH },
	{ "ssh.hostkey", DEPTH_AUTH },
	{ "auth.methods", DEPTH_AUTH },
	{ "auth.publickey", DEPTH_AUTH },
};

static const char *const names[] = { "", "local", "reach", "auth" };

size_t result_rank(const char *id)
{
	size_t i = 0;

	while (i < ARRAY_LEN(order) && !str_starts(id, order[i].id))
		i++;
	return i;
}

enum depth result_depth(const char *id)
{
	size_t rank = result_rank(id);

	return rank < ARRAY_LEN(order) ? order[rank].depth : DEPTH_AUTH;
}

const char *depth_name(enum depth depth)
{
	return names[depth];
}

bool depth_parse(const char *name, enum depth *depth)
{
	for (enum depth i = DEPTH_LOCAL; i <= DEPTH_AUTH; i++) {
		if (str_eq(names[i], name)) {
			*depth = i;
			return true;
		}
	}
	return false;
}
