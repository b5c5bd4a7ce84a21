/* SPDX-License-Identifier: Apache-2.0 */
/* What a check reads from state.json and adds to it. */
#include "cli/check.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <math.h>

#include "sallyport/hosts.h"

void check_memory_init(struct check_memory *memory, const struct cli *cli,
    const struct check_wanted *wanted, const struct host_list *list)
{
	*memory = (struct check_memory){ .cli = cli,
		.list = list,
		.automatic = wanted->automatic,
		.kept = wanted->depth > DEPTH_LOCAL,
		.news = state_news_new() };
}

/* Once, and to those only who want to know more: the check itself is none the worse. */
static void tell_trouble(struct check_memory *memory, const struct err *err)
{
	if (err->code != ERR_NONE && !memory->told)
		cli_verbose(memory->cli, 1, _("what was found is not remembered: %s"), err->text);
	memory->told = memory->told || err->code != ERR_NONE;
}

void check_memory_add(struct check_memory *memory, const struct host *host,
    const struct host_report *report, bool interrupted)
{
	/* One that stands on the command line only is not in the menu. */
	if (memory->news && memory->kept && host->name &&
	    hosts_by_id(memory->list, host->id) == host)
		state_news_checked(memory->news, host, report, interrupted);
}

bool check_memory_may_call(struct check_memory *memory, const char *server, char **why)
{
	struct err err = ERR_INIT;
	double ago = 0;

	if (!memory->automatic)
		return true;
	switch (state_call(server, &ago, &err)) {
	case STATE_CALL_NOW:
		return true;
	case STATE_CALL_LATER:
		*why = mem_printf(
		    _("called %.0f s ago: automatic checks leave a server alone for %.0f s"),
		    floor(ago), STATE_INTERVAL_S);
		break;
	case STATE_CALL_UNKNOWN:
		*why = mem_printf(
		    _("not called: automatic checks cannot remember when they called last: %s"),
		    err.text);
		tell_trouble(memory, &err);
		break;
	}
	return false;
}

void check_memory_called(struct check_memory *memory, const char *server, double unfinished)
{
	/* That of an automatic check is written down before it is made. */
	if (!memory->automatic)
		state_news_called(memory->news, server, state_now(), unfinished);
}

double check_memory_unfinished(struct check_memory *memory, const char *server)
{
	if (!memory->state)
		memory->state = state_read(NULL);
	return state_unfinished(memory->state, server, state_now());
}

/* The run has ended: what it has left between what is still used makes room for the old document. */
static void give_back(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void check_memory_done(struct check_memory *memory)
{
	struct err err = ERR_INIT;

	state_free(memory->state);
	give_back();
	if (memory->kept && !state_write(memory->news, memory->list, &err))
		tell_trouble(memory, &err);
	state_news_free(memory->news);
}
