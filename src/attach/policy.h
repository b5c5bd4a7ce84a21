/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions of ssh(1) that a session repeats, as pure functions. */
#ifndef ATTACH_POLICY_H
#define ATTACH_POLICY_H

#include "sallyport/attach.h"

/* LogLevel of ssh_config(5), in order. */
enum level {
	LEVEL_QUIET,
	LEVEL_FATAL,
	LEVEL_ERROR,
	LEVEL_INFO,
	LEVEL_VERBOSE,
	LEVEL_DEBUG,
	LEVEL_DEBUG2, /* every detail of a stage */
};

/* What to say: the host's log_level. */
enum level policy_level(const struct host *host);

struct tty_choice {
	bool pty;
	bool refused; /* one was wanted by default or by -t, and stdin is no terminal: say so */
};

/* As main() in OpenSSH's ssh.c decides about a terminal on the other side. */
struct tty_choice policy_tty(
    const struct attach_options *options, const char *command, bool stdin_is_tty);

/* "NAME=value" to send: of environment what matches a pattern, then the host's set_env, which wins. */
void policy_env(const struct host *host, const struct strlist *patterns, char *const *environment,
    struct strlist *env);

/* 128 + the number of a signal by its name in RFC 4254 section 6.10 ("KILL"); 255: unknown. */
int policy_signal_status(const char *name);

/* How a question is asked; as read_passphrase() in OpenSSH's readpass.c decides. */
enum ask_way { ASK_NOBODY, ASK_TTY, ASK_PROGRAM };
enum ask_way policy_ask(
    bool batch, bool have_tty, const char *display, const char *askpass_require);

#endif
