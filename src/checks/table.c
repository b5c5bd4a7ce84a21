/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

static const struct check *const table[] = {
	&check_host_settings,
	&check_key_file,
	&check_key_mode,
	&check_key_format,
	&check_key_agent,
	&check_cloud_instance,
	&check_jump,
	&check_net_resolve,
	&check_net_connect,
	&check_ssh_banner,
	&check_ssh_kex,
	&check_ssh_hostkey,
	&check_auth_methods,
	&check_auth_publickey,
};

const struct check *const *checks_table(size_t *count)
{
	*count = ARRAY_LEN(table);
	return table;
}

size_t check_rank(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq(table[i]->id, id) ||
		    (table[i] == &check_jump && str_starts(id, "jump.")))
			return i;
	return ARRAY_LEN(table);
}

const struct check *check_find(const char *id)
{
	size_t rank = check_rank(id);

	return rank < ARRAY_LEN(table) ? table[rank] : NULL;
}
