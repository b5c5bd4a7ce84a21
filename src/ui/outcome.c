/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "menu.h"

char *duration_text(double ms)
{
	long seconds = (long)(ms / 1000 + 0.5);

	if (seconds < 60)
		return mem_printf(_("%ld s"), seconds);
	if (seconds < 3600)
		return mem_printf(_("%ld min %ld s"), seconds / 60, seconds % 60);
	return mem_printf(_("%ld h %ld min"), seconds / 3600, seconds / 60 % 60);
}

/* No last report: the process died, or was killed, before it could write one. */
static char *crash_text(const char *name, int status)
{
	if (WIFSIGNALED(status))
		return mem_printf(
		    _("%s: the session's process died by signal %d (%s); the terminal is restored"),
		    name, WTERMSIG(status), strsignal(WTERMSIG(status)));
	return mem_printf(
	    _("%s: the session ended without a report, with status %d"), name, WEXITSTATUS(status));
}

static char *exit_text(const char *name, const struct event *end, double open_ms)
{
	char *duration = duration_text(open_ms > 0 ? open_ms : 0), *text;

	if (end->cause == END_SIGNAL && end->signal != NULL)
		text = mem_printf(
		    _("%s: ended by signal %s there, after %s"), name, end->signal, duration);
	else
		text = mem_printf(_("%s: exit status %d, after %s"), name, end->status, duration);
	free(duration);
	return text;
}

static char *reason_text(const char *name, const struct event *end, double open_ms)
{
	const char *reason = end->reason != NULL ? end->reason : end_cause_name(end->cause);

	if (open_ms < 0)
		return mem_printf("%s: %s", name, reason);
	char *duration = duration_text(open_ms);
	char *text = mem_printf(_("%s: %s (after %s)"), name, reason, duration);
	free(duration);
	return text;
}

static enum role role_of(const struct event *end)
{
	if (end->cause == END_CANCELLED)
		return ROLE_WARN;
	if (end->cause == END_EXIT)
		return end->status == 0 ? ROLE_PASS : ROLE_WARN;
	return ROLE_FAIL;
}

struct outcome outcome_of(const char *name, const struct event *end, int status, double open_ms)
{
	struct outcome outcome = { .role = ROLE_FAIL, .unplanned = true };

	if (end == NULL) {
		outcome.text = crash_text(name, status);
		return outcome;
	}
	outcome.role = role_of(end);
	outcome.unplanned = end->cause != END_EXIT && end->cause != END_CANCELLED && open_ms >= 0;
	if (end->cause == END_EXIT || end->cause == END_SIGNAL)
		outcome.text = exit_text(name, end, open_ms);
	else
		outcome.text = reason_text(name, end, open_ms);
	return outcome;
}
