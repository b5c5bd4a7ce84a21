/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sallyport/hosts.h"

static const struct {
	const char *name;
	enum level level;
} levels[] = {
	{ "QUIET", LEVEL_QUIET },
	{ "FATAL", LEVEL_FATAL },
	{ "ERROR", LEVEL_ERROR },
	{ "INFO", LEVEL_INFO },
	{ "VERBOSE", LEVEL_VERBOSE },
	{ "DEBUG", LEVEL_DEBUG },
	{ "DEBUG1", LEVEL_DEBUG },
	{ "DEBUG2", LEVEL_DEBUG2 },
	{ "DEBUG3", LEVEL_DEBUG2 },
};

enum level policy_level(const struct host *host)
{
	const char *name = host->log_level;

	for (size_t i = 0; name && i < ARRAY_LEN(levels); i++)
		if (strcasecmp(levels[i].name, name) == 0)
			return levels[i].level;
	return LEVEL_INFO;
}

/* RequestTTY: no, auto, yes, force. */
static int tty_request(const struct attach_options *options)
{
	static const char *const names[] = { "no", "auto", "yes", "force" };

	for (int i = 0; options->host->request_tty && i < (int)ARRAY_LEN(names); i++)
		if (str_eq(names[i], options->host->request_tty))
			return i;
	return 1;
}

struct tty_choice policy_tty(
    const struct attach_options *options, const char *command, bool stdin_is_tty)
{
	int request = tty_request(options);
	struct tty_choice choice = { .pty = request >= 2 || (request == 1 && !command) };

	if (options->no_command || options->stdio_host)
		choice.pty = false;
	if (choice.pty && request < 3 && (!stdin_is_tty || options->stdin_null))
		choice = (struct tty_choice){ .refused = true };
	return choice;
}

/* Sets or replaces: the list holds one entry a name. */
static void put_env(struct strlist *env, const char *entry)
{
	size_t name = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < env->len; i++) {
		if (strncmp(env->items[i], entry, name) != 0)
			continue;
		free(env->items[i]);
		env->items[i] = mem_strdup(entry);
		return;
	}
	strlist_add(env, entry);
}

static bool is_sent(const struct strlist *patterns, const char *entry)
{
	char *name = mem_strndup(entry, strcspn(entry, "="));
	bool sent = false;

	for (size_t i = 0; patterns && !sent && i < patterns->len; i++)
		sent = fnmatch(patterns->items[i], name, FNM_NOESCAPE) == 0;
	free(name);
	return sent;
}

void policy_env(const struct host *host, const struct strlist *patterns, char *const *environment,
    struct strlist *env)
{
	for (; environment && *environment; environment++)
		if (is_sent(patterns, *environment))
			put_env(env, *environment);
	for (size_t i = 0; i < host->set_env.len; i++)
		put_env(env, host->set_env.items[i]);
}

int policy_signal_status(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE", SIGFPE },
		{ "HUP", SIGHUP }, { "ILL", SIGILL }, { "INT", SIGINT }, { "KILL", SIGKILL },
		{ "PIPE", SIGPIPE }, { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV }, { "TERM", SIGTERM },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 } };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (str_eq(signals[i].name, name))
			return 128 + signals[i].number;
	return 255;
}

enum ask_way policy_ask(bool batch, bool have_tty, const char *display, const char *askpass_require)
{
	bool allowed = display && *display, wanted = false;

	if (batch)
		return ASK_NOBODY;
	if (askpass_require && strcasecmp(askpass_require, "force") == 0)
		wanted = allowed = true;
	else if (askpass_require && strcasecmp(askpass_require, "prefer") == 0)
		wanted = allowed;
	else if (askpass_require && strcasecmp(askpass_require, "never") == 0)
		allowed = false;
	if (allowed && (wanted || !have_tty))
		return ASK_PROGRAM;
	return have_tty ? ASK_TTY : ASK_NOBODY;
}
