/* SPDX-License-Identifier: Apache-2.0 */
/* The keywords of ssh_config(5) that are settings of one session and no field of a host. */
#ifndef SALLYPORT_CLI_SSH_SETTING_H
#define SALLYPORT_CLI_SSH_SETTING_H

#include "cli/ssh_option.h"

struct ssh_setting {
	const char *keyword; /* as ssh_keywords() spells it */
	bool adds_up; /* every one counts, not only the first */
	/* Takes the value, words joined with blanks; false with err: it is not allowed. */
	bool (*set)(struct ssh_options *options, const char *value, struct err *err);
};

/* NULL: the keyword is none of these. */
const struct ssh_setting *ssh_setting_find(const char *keyword);
/* "no", "none" or "false". */
bool ssh_value_is_no(const char *value);

#endif
