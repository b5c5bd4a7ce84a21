/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of ~C, as process_cmdline() in OpenSSH's clientloop.c has it: a line of text in, what it means out. */
#ifndef ATTACH_COMMAND_H
#define ATTACH_COMMAND_H

#include "sallyport/hosts.h"

enum command_verb {
	COMMAND_NOTHING, /* an empty line */
	COMMAND_HELP,
	COMMAND_FORWARD,
	COMMAND_CANCEL,
};

struct command {
	enum command_verb verb;
	struct forward forward; /* of the last two; COMMAND_CANCEL: where connections come in */
};

/* False with err: no such command, or no such forward.  Else command_done() is due. */
bool command_parse(const char *line, struct command *command, struct err *err);
void command_done(struct command *command);
/* Lines that end in \r\n. */
void command_help(struct str *out);

#endif
