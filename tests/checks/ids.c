/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks that there are, from their own records: one id a line, as tests/checks/complete.sh wants them.
 */
#include <stdio.h>

#include "sallyport/checks.h"

int main(void)
{
	size_t count;
	const struct check *const *table = checks_table(&count);

	for (size_t i = 0; i < count; i++)
		printf("%s\n", table[i]->id);
	return 0;
}
