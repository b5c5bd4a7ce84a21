/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>

#include "sallyport/util.h"

bool time_span(const char *text, long *seconds)
{
	static const struct {
		char unit;
		long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	char *end;

	if (!*text)
		return false;
	for (*seconds = 0; *text; text = end) {
		long number = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : -1, unit = 1;
		if (number < 0 || number > 1000000)
			return false;
		for (size_t i = 0; *end && i < ARRAY_LEN(units); i++)
			if (tolower((unsigned char)*end) == units[i].unit) {
				unit = units[i].seconds;
				end++;
				break;
			}
		if (*end && !isdigit((unsigned char)*end))
			return false;
		*seconds += number * unit;
	}
	return true;
}
