/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/fix.h"

#include <stdlib.h>

struct fix *fixes_add(struct fixes *fixes)
{
	fixes->items = mem_realloc(fixes->items, fixes->len + 1, sizeof *fixes->items);
	fixes->items[fixes->len] = mem_zalloc(1, sizeof **fixes->items);
	return fixes->items[fixes->len++];
}

void fixes_find(struct fixes *fixes, const struct host *host, const struct host_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct result *result = report->results[i];
		const struct check *check = check_find(result->id);

		if (result->fixable && check && check->find_fixes)
			check->find_fixes(fixes, host, result);
	}
}

void fixes_done(struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->len; i++) {
		struct fix *fix = fixes->items[i];

		free(fix->what);
		free(fix->about);
		free(fix->word);
		free(fix->path);
		free(fix->name);
		free(fix->fingerprint);
		free(fix);
	}
	free(fixes->items);
	*fixes = (struct fixes){ 0 };
}

const char *fix_what(const struct fix *fix)
{
	return fix->what;
}

const char *fix_about(const struct fix *fix)
{
	return fix->about;
}

const char *fix_word(const struct fix *fix)
{
	return fix->word;
}

bool fix_apply(const struct fix *fix, struct err *err)
{
	return fix->apply(fix, err);
}
