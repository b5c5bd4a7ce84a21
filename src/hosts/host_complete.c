/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <stdlib.h>
#include <string.h>

/*
 * Host name tokens as in ssh_config(5): %h is the name that was asked for, %% a percent sign.  In an
 * IPv6 address a percent sign begins the scope, so there only %% is a token.  NULL: an unknown one.
 */
static char *expand_hostname(const char *pattern, const char *name)
{
	bool is_v6 = strchr(pattern, ':') != NULL;
	struct str out = STR_INIT;

	for (const char *p = pattern; *p; p++) {
		if (*p == '%' && p[1] == '%') {
			str_add_char(&out, *p++);
		} else if (*p != '%' || is_v6) {
			str_add_char(&out, *p);
		} else if (p[1] == 'h') {
			str_add(&out, name);
			p++;
		} else {
			str_done(&out);
			return NULL;
		}
	}
	return str_take(&out);
}

static bool complete_hostname(struct host *host, struct err *err)
{
	if (!host->hostname) {
		host->hostname = mem_strdup(host->name);
		if (host_name_valid(host->hostname, err))
			return true;
		err_context(err, _("hostname: not given, and the name cannot stand for it"));
		return false;
	}
	if (!strchr(host->hostname, '%'))
		return true;
	char *expanded = expand_hostname(host->hostname, host->name);

	if (!expanded)
		return err_set(err, ERR_INVALID,
		    _("hostname: has a %% that is neither %%h, the host's name, nor %%%%"));
	free(host->hostname);
	host->hostname = expanded;
	return host_name_valid(host->hostname, err) || err_context(err, "hostname");
}

bool host_complete(struct host *host, const char *local_user, struct err *err)
{
	if (!complete_hostname(host, err))
		return false;
	if (host->user)
		return true;
	if (!local_user)
		return err_set(err, ERR_INVALID,
		    _("user: not given, and this machine has no name for the user who runs this"));
	host->user = mem_strdup(local_user);
	return true;
}

char *host_address(const struct host *host)
{
	struct str out = STR_INIT;
	const char *hostname = host->hostname ? host->hostname : host->name ? host->name : "";
	bool brackets = strchr(hostname, ':') != NULL;

	if (host->user)
		str_addf(&out, "%s@", host->user);
	str_addf(&out, brackets ? "[%s]" : "%s", hostname);
	if (host->port != 22)
		str_addf(&out, ":%ld", host->port);
	return str_take(&out);
}

char *server_name(const char *address, long port)
{
	static const char mapped[] = "::ffff:";

	if (str_starts(address, mapped) && strchr(address, '.'))
		address += strlen(mapped);
	return mem_printf("%s %ld", address, port);
}
