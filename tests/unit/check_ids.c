/* SPDX-License-Identifier: Apache-2.0 */
/* The table of checks, for tests of the menu, which has depths of its own. */
#include "check_ids.h"

#include "sallyport/checks.h"

const char *check_id(size_t i, const char **depth)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	if (i >= count)
		return NULL;
	*depth = depth_name(table[i]->depth);
	return table[i]->id;
}
