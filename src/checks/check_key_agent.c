/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>

/* sshd_config(5), MaxAuthTries: after so many refusals the server hangs up. */
enum { TRIES_MAX = 6 };

static bool usable(const struct check_key *key)
{
	return key->loaded && key_format_private(key->file.format);
}

/* The key to tell of: one that the agent has, else one that needs it (locked, in a token), else any. */
static const struct check_key *key_to_tell(
    const struct check_job *job, const struct agent_view *view, bool *held)
{
	const struct check_key *best = NULL;

	*held = false;
	for (size_t i = 0; i < job->key_count && !*held; i++) {
		const struct check_key *key = job->keys[i];
		*held = key->loaded && agent_view_has(view, &key->file.pub);
		if (*held ||
		    (usable(key) && (!best || (key->file.encrypted && !best->file.encrypted))))
			best = key;
	}
	return best;
}

/* How many keys a login would offer. */
static size_t offered(const struct check_job *job, const struct agent_view *view)
{
	size_t count = view->count;

	for (size_t i = 0; i < job->key_count; i++)
		count += usable(job->keys[i]) && !agent_view_has(view, &job->keys[i]->file.pub);
	return count;
}

static void no_key(struct result *result, const struct agent_view *view)
{
	if (view->count) {
		result->verdict = VERDICT_PASS;
		result_summary(result, _("the agent offers %zu keys"), view->count);
	} else {
		result->verdict = VERDICT_SKIP;
		result_summary(result, _("the agent holds no key"));
		result_hint(result, _("Load one: ssh-add FILE"));
	}
}

static void not_held(struct result *result, const struct key_file *file)
{
	char *shown = path_show(file->path), *typed = path_for_shell(file->path);

	if (file->type && pubkey_type_is_sk(file->type)) {
		result->verdict = VERDICT_WARN;
		result_summary(result,
		    _("%s lives in a token and is not in the agent, which it needs"), shown);
		result_hint(result, "ssh-add %s", typed);
	} else if (file->encrypted && !file->pub.blob) {
		result->verdict = VERDICT_SKIP;
		result_summary(result,
		    _("%s is locked, and without its public half nobody can tell whether the agent has it"),
		    shown);
		result_hint(result, "ssh-keygen -y -f %s > %s.pub", typed, typed);
	} else if (file->encrypted) {
		result_summary(
		    result, _("%s is not in the agent: each login asks for its passphrase"), shown);
		result_hint(result, "ssh-add %s", typed);
	} else {
		result_summary(
		    result, _("%s is not in the agent, and not locked: it works without"), shown);
	}
	free(typed);
	free(shown);
}

static void tell_key(struct result *result, const struct check_key *key, bool held)
{
	char *shown;

	if (!held) {
		not_held(result, &key->file);
		return;
	}
	shown = path_show(key->file.path);
	result_summary(result, _("%s is in the agent"), shown);
	result_detail(result, "held", "%s", key->file.path);
	free(shown);
}

/*
 * sallyport offers identity_file before the agent's other keys; ssh offers all of the agent first, but for
 * those that the agent and identity_file have in common (ssh_config(5), IdentityFile).
 */
static void too_many(struct result *result, const struct check_job *job, size_t count, bool held)
{
	if (job->keys_default || !job->key_count) {
		result->verdict = VERDICT_WARN;
		result_summary(result,
		    _("%zu keys would be offered, and a server hangs up after %d that it refuses (MaxAuthTries)"),
		    count, TRIES_MAX);
		result_hint(result,
		    _("Name the right key in identity_file and set identities_only (ssh: IdentitiesOnly yes)."));
	} else if (!held && !result->hint) {
		result_hint(result,
		    _("ssh itself would offer the agent's keys first, more than a server takes: set identities_only (ssh: IdentitiesOnly yes)."));
	}
}

static struct result *unanswered(const char *id, const struct agent_view *view)
{
	struct result *result = result_from_err(id, &view->why);

	result->verdict = VERDICT_WARN;
	return result;
}

/* There is no fail: without the agent a key file still does, and a password. */
struct result *key_agent_judge(
    const char *id, const struct check_job *job, const struct agent_view *view)
{
	struct result *result;
	const struct check_key *key;
	size_t count;
	bool held;

	if (view->why.code != ERR_NONE)
		return unanswered(id, view);
	result = result_new(id, VERDICT_PASS);

	key = key_to_tell(job, view, &held);
	if (key)
		tell_key(result, key, held);
	else
		no_key(result, view);
	result_detail(result, "agent_keys", "%zu", view->count);
	count = offered(job, view);
	if (count > TRIES_MAX && !job->host->identities_only)
		too_many(result, job, count, held);
	return result;
}

static void on_answer(void *ctx, const struct agent_view *view)
{
	struct check_job *job = ctx;

	if (view->none)
		check_skip(job, view->why.text);
	else
		check_tell(job, key_agent_judge(job->check->id, job, view));
}

static void start(struct check_job *job)
{
	check_agent(job, on_answer);
}

const struct check check_key_agent = {
	.id = "key.agent",
	.title = N_("Key and agent"),
	.why = N_(
	    "A locked key in the agent needs no passphrase; an agent with more keys than a server takes attempts locks you out."),
	.needs = "host.settings",
	.depth = DEPTH_LOCAL,
	.start = start,
	.cancel = check_agent_cancel,
};
