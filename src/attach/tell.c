/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sallyport/hosts.h"

void tell_hello(struct session *session)
{
	struct event event = {
		.kind = EVENT_HELLO, .host = session->options->host->name, .pid = (long)getpid()
	};

	report_send(&session->sink, &event);
}

/* What the stage line says, by the id of the stage; %s is the host's address. */
static const struct {
	const char *id;
	const char *text;
} stage_texts[] = {
	{ "jump", N_("logging in to a jump host of %s") },
	{ "net.resolve", N_("looking up %s") },
	{ "net.connect", N_("connecting to %s") },
	{ "ssh.banner", N_("waiting for the greeting of %s") },
	{ "ssh.kex", N_("agreeing on keys with %s") },
	{ "ssh.hostkey", N_("checking the host key of %s") },
	{ "auth.methods", N_("asking %s how to log in") },
	{ "auth.login", N_("logging in to %s") },
	{ "session.forward", N_("forwarding ports of %s") },
	{ "session.channel", N_("opening a session on %s") },
	{ "session.pty", N_("asking %s for a terminal") },
	{ "session.start", N_("starting on %s") },
};

static const char *stage_text(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(stage_texts); i++)
		if (str_eq(stage_texts[i].id, id) ||
		    (str_starts(id, "jump.") && str_eq(stage_texts[i].id, "jump")))
			return _(stage_texts[i].text);
	return NULL;
}

void tell_stage_start(void *ctx, const char *id)
{
	struct session *session = ctx;
	struct event event = { .kind = EVENT_STAGE };
	const char *pattern = stage_text(id), *slot;
	char *address, *text;

	event.id = mem_strdup(id);
	report_send(&session->sink, &event);
	event_done(&event);
	if (!session->options->stages || !pattern || !(slot = strstr(pattern, "%s")))
		return;
	address = host_address(session->options->host);
	text = mem_printf("%.*s%s%s", (int)(slot - pattern), pattern, address, slot + 2);
	say_stage(&session->say, text);
	free(text);
	free(address);
}

void tell_stage_end(struct session *session, const struct result *result)
{
	struct event event = { .kind = EVENT_CHECK };

	event.host = mem_strdup(session->options->host->name);
	event.result = result_dup(result);
	report_send(&session->sink, &event);
	event_done(&event);
	say_line(&session->say, LEVEL_DEBUG, "sallyport: %s: %s: %s", result->id,
	    verdict_name(result->verdict), result->summary ? result->summary : "");
	for (size_t i = 0; i < result->detail_count; i++)
		say_line(&session->say, LEVEL_DEBUG2, "sallyport:     %s: %s",
		    result->details[i].key, result->details[i].value);
}

void tell_notice(void *ctx, const char *text, size_t len)
{
	struct session *session = ctx;

	say_server(&session->say, text, len);
}

void tell_remark(void *ctx, const char *text)
{
	struct session *session = ctx;

	say_line(&session->say, LEVEL_INFO, "sallyport: %s: %s", session->say.name, text);
}

void tell_open(struct session *session)
{
	struct event event = { .kind = EVENT_OPEN };

	report_send(&session->sink, &event);
	say_erase(&session->say);
}

/* ssh says nothing of a command that ended, nor of what the user did. */
static void say_end(struct session *session)
{
	const struct ending *end = &session->end;
	/* Whoever typed ^C to a command knows what it died of. */
	bool planned = end->cause == END_EXIT || session->interrupted || session->left ||
	    (end->cause == END_SIGNAL && session->choice.pty && str_eq(end->signal, "INT"));

	if ((session->broken || session->hung_up) && session->say.level < LEVEL_DEBUG)
		return;
	if (end->reason && !planned)
		say_error(&session->say, end->reason, end->hint);
	if (session->open && session->choice.pty && (planned || end->cause == END_SIGNAL))
		say_line(
		    &session->say, LEVEL_INFO, _("Connection to %s closed."), session->say.name);
}

void tell_end(struct session *session, int status)
{
	struct event event = {
		.kind = EVENT_END,
		.status = status,
		.cause = session->end.cause,
		.bytes_in = session->end.bytes_in,
		.bytes_out = session->end.bytes_out,
	};

	if (session->end.signal)
		event.signal = mem_strdup(session->end.signal);
	if (session->end.reason)
		event.reason = mem_strdup(session->end.reason);
	say_erase(&session->say);
	say_end(session);
	report_send(&session->sink, &event);
	event_done(&event);
}
