/* SPDX-License-Identifier: Apache-2.0 */
/* Settings in ssh_config(5)'s words, from -o and the flags that stand for them. */
#ifndef SALLYPORT_CLI_SSH_OPTION_H
#define SALLYPORT_CLI_SSH_OPTION_H

#include "cli/connect_args.h"
#include "cli/ssh_keywords.h"
#include "sallyport/hosts.h"
#include "sallyport/ssh.h"

enum { ADDING_UP = 5 };

/* What the command line decides beside the host's own fields. */
struct ssh_options {
	struct host *host; /* borrowed */
	bool dest_done; /* what comes now does not win over what the destination said */
	bool batch;
	struct auth_options auth;
	bool no_tcp_keepalive;
	bool stdin_null, no_command, subsystem;
	bool no_forwards, forwards_must_work, gateway_ports, no_command_line;
	int escape; /* -1: none */
	bool background;
	long attempts; /* ConnectionAttempts */
	struct strlist send_env; /* patterns */
	struct hostkey_rules hostkey; /* points to the next two */
	struct strlist global_files;
	char *revoked_file; /* NULL: none */
	struct strlist ignored; /* as in struct connect_args */
	/* By index in ssh_keywords(): a value that went into no field; NULL: none. */
	char *said[SSH_KEYWORDS_MAX];
	unsigned long long fields_given; /* by index in host_fields() */
	/* Of the lists that add up instead: keys, certificates, forwards. */
	size_t items_given[ADDING_UP];
};

/* The host is borrowed. */
void ssh_options_init(struct ssh_options *options, struct host *host);
void ssh_options_done(struct ssh_options *options);
/*
 * Applies a setting.  As in ssh the first of several wins.  False with err: an unknown keyword
 * ("Bad configuration option: x"), a value that is not allowed, or something that must not be
 * ignored.
 */
bool ssh_option_apply(struct ssh_options *options, const struct setting *setting, struct err *err);

#endif
