/* SPDX-License-Identifier: Apache-2.0 */
#include "event_names.h"

static const char *const kinds[] = {
	[EVENT_HELLO] = "hello",
	[EVENT_STAGE] = "stage",
	[EVENT_CHECK] = "check",
	[EVENT_HOST] = "host",
	[EVENT_OPEN] = "open",
	[EVENT_END] = "end",
	[EVENT_OTHER] = NULL,
};

static const char *const causes[] = {
	[END_EXIT] = "exit",
	[END_SIGNAL] = "signal",
	[END_REFUSED] = "refused",
	[END_HOSTKEY] = "hostkey",
	[END_AUTH] = "auth",
	[END_TIMEOUT] = "timeout",
	[END_CANCELLED] = "cancelled",
	[END_LOST] = "lost",
	[END_KILLED] = "killed",
};

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind];
}

enum event_kind event_kind_parse(const char *name)
{
	for (size_t i = 0; i < EVENT_OTHER; i++)
		if (str_eq(name, kinds[i]))
			return (enum event_kind)i;
	return EVENT_OTHER;
}

const char *end_cause_name(enum end_cause cause)
{
	return causes[cause];
}

bool end_cause_parse(const char *name, enum end_cause *cause)
{
	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		if (str_eq(name, causes[i])) {
			*cause = (enum end_cause)i;
			return true;
		}
	}
	return false;
}
