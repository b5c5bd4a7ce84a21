/* SPDX-License-Identifier: Apache-2.0 */
/* Checkers write down what they found as they end; for those that died, the menu does. */
#include <stdlib.h>

#include "sallyport/state.h"

#include "menu.h"

/* The entry's latest run. */
static void add(struct state_news *news, const struct entry *entry, enum depth depth)
{
	struct host_report report = { 0 };

	report.name = mem_strdup(entry->host->name);
	report.depth = mem_strdup(depth_name(depth));
	for (size_t i = 0; i < entry->count; i++)
		if (entry->findings[i].run == entry->run)
			host_report_add(&report, result_share(entry->findings[i].result));
	state_news_checked(news, entry->host, &report, false);
	host_report_done(&report);
}

void lost_write(struct ui *ui, struct entry *const *entries, size_t count, enum depth depth)
{
	struct state_news *news = remember_news(ui);

	for (size_t i = 0; i < count; i++)
		if (entries[i]->checker == NULL && entries[i]->session == NULL)
			add(news, entries[i], depth);
	remember_write(ui);
}
