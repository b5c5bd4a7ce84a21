/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"

/* The longest name that the DNS can hold, as text (RFC 1035 section 2.3.4). */
enum { DNS_NAME_MAX = 253, NAME_MAX_LEN = 255 };

static bool has_control(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return true;
	return false;
}

bool value_line(const char *value, struct err *err)
{
	if (has_control(value))
		return err_set(err, ERR_INVALID, _("has a control character in it"));
	return true;
}

bool value_plain(const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_INVALID, _("is empty"));
	return value_line(value, err);
}

static bool no_dash(const char *value, struct err *err)
{
	if (*value == '-')
		return err_set(
		    err, ERR_INVALID, _("begins with \"-\", which would be taken for an option"));
	return true;
}

bool value_name(const char *value, struct err *err)
{
	if (strlen(value) > NAME_MAX_LEN)
		return err_set(err, ERR_INVALID, _("is longer than %d bytes"), NAME_MAX_LEN);
	return value_plain(value, err) && no_dash(value, err);
}

static bool no_char_of(const char *value, const char *set, struct err *err)
{
	const char *found = strpbrk(value, set);

	if (found)
		return err_set(err, ERR_INVALID, _("has the character %c in it"), *found);
	return true;
}

bool host_name_valid(const char *hostname, struct err *err)
{
	if (strlen(hostname) > DNS_NAME_MAX)
		return err_set(err, ERR_INVALID, _("is longer than %d characters"), DNS_NAME_MAX);
	if (strchr(hostname, ' '))
		return err_set(err, ERR_INVALID, _("has a space in it"));
	return value_plain(hostname, err) && no_dash(hostname, err) &&
	    no_char_of(hostname, "'`\"$\\;&<>|(){}", err);
}

bool value_hostname(const char *value, struct err *err)
{
	return host_name_valid(value, err) && dest_is_alone(value, err);
}

bool host_user_valid(const char *user, struct err *err)
{
	size_t len = strlen(user);

	if (!value_plain(user, err) || !no_dash(user, err) ||
	    !no_char_of(user, "'`\";&<>|(){}", err))
		return false;
	if (strstr(user, " -"))
		return err_set(err, ERR_INVALID, _("has \"-\" after a space"));
	if (user[len - 1] == '\\')
		return err_set(err, ERR_INVALID, _("ends with a backslash"));
	return true;
}

/* As parse_multistate_value() and what follows it in OpenSSH's readconf.c. */
bool add_keys_parse(const char *value, struct add_keys *how)
{
	*how = (struct add_keys){ .add = true };
	if (!value || str_eq(value, "no"))
		how->add = false;
	else if (str_eq(value, "ask"))
		how->ask = true;
	else if (str_eq(value, "confirm") || str_starts(value, "confirm "))
		how->confirm = true;
	else if (!str_eq(value, "yes"))
		return time_span(value, &how->seconds);
	if (!how->confirm || !value[strlen("confirm")])
		return true;
	value += strlen("confirm");
	return time_span(value + strspn(value, " "), &how->seconds);
}

bool value_add_keys(const char *value, struct err *err)
{
	struct add_keys how;

	return add_keys_parse(value, &how) ||
	    err_set(err, ERR_INVALID,
		_("must be yes, no, ask, confirm or a time such as 1h, or confirm and a time"));
}

bool value_jumps(const char *value, struct err *err)
{
	for (const char *hop = value; *value; hop += strcspn(hop, ",") + 1) {
		if (!*hop || *hop == ',')
			return err_set(
			    err, ERR_INVALID, _("has an empty jump host between commas"));
		if (!no_dash(hop, err))
			return false;
		if (!strchr(hop, ','))
			break;
	}
	return value_line(value, err);
}

bool value_env(const char *value, struct err *err)
{
	if (*value == '=')
		return err_set(err, ERR_INVALID, _("has a variable without a name"));
	return value_line(value, err);
}
