/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session on the user's terminal: runs a connection, asks what it needs to ask on
 * /dev/tty, then passes raw bytes both ways until it ends.  Escape keys, window
 * size, the report to the menu, and the reason of every end.  Used by "connect".
 */
#ifndef SALLYPORT_ATTACH_H
#define SALLYPORT_ATTACH_H

#include "sallyport/ssh.h"

struct attach_options {
	const struct host *host;
	const struct host_chain *jumps; /* the hosts on the way to it */
	const char *command; /* NULL: a shell */
	bool subsystem;
	bool no_command; /* -N */
	const char *stdio_host; /* -W; NULL: a session */
	long stdio_port;
	bool stdin_null; /* -n */
	int family; /* -4, -6 */
	const struct strlist *send_env; /* patterns of variables to send */
	/* Called once, when the session is open; NULL: nobody wants to know. */
	void (*opened)(const struct attach_options *options);
	int log_fd; /* where messages go, -1: standard error (-E) */
	long attempts; /* to connect, a second apart; 0 and 1: one */
	int report_fd; /* -1: none */
	bool stages; /* show the running stage on one line, erased when the shell opens */
	bool batch; /* -o BatchMode=yes: never ask */
	struct auth_options auth; /* -o PasswordAuthentication=no and its like */
	bool no_tcp_keepalive; /* -o TCPKeepAlive=no */
	bool no_forwards; /* -o ClearAllForwardings=yes */
	bool forwards_must_work; /* -o ExitOnForwardFailure=yes */
	bool gateway_ports; /* -g */
	bool no_command_line; /* -o EnableEscapeCommandline=no: no ~C */
	int escape; /* '~', or -1: none (-e none) */
	struct hostkey_rules hostkey;
};

/*
 * Runs the session to its end and returns the exit status for the process: the remote's,
 * 128 + signal, or 255.  Writes errors to standard error as ssh does.
 */
int attach_run(const struct attach_options *options);

#endif
