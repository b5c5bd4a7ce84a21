/* SPDX-License-Identifier: Apache-2.0 */
#include "dest.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

void dest_done(struct dest *dest)
{
	free(dest->user);
	free(dest->hostname);
	*dest = (struct dest){ 0 };
}

static bool parse_port(const char *text, long *port, struct err *err)
{
	long value = 0;

	for (const char *p = text; *p; p++) {
		value =
		    isdigit((unsigned char)*p) && value <= 65535 ? value * 10 + (*p - '0') : 65536;
		if (value > 65535)
			break;
	}
	if (value < 1 || value > 65535)
		return err_set(
		    err, ERR_INVALID, _("port \"%s\" is not a number from 1 to 65535"), text);
	*port = value;
	return true;
}

/* An IPv6 address, a scope behind "%" or not. */
static bool is_v6(const char *text)
{
	unsigned char address[16];
	char *plain = mem_strndup(text, strcspn(text, "%"));
	bool ok = inet_pton(AF_INET6, plain, address) == 1;

	free(plain);
	return ok;
}

/* host, host:port, v6, [v6] or [v6]:port */
static bool parse_host_port(const char *text, struct dest *dest, struct err *err)
{
	const char *colon = strrchr(text, ':');
	const char *close = *text == '[' ? strchr(text, ']') : NULL;

	if (close) {
		dest->hostname = mem_strndup(text + 1, (size_t)(close - text) - 1);
		if (!close[1])
			return true;
		if (close[1] != ':')
			return err_set(
			    err, ERR_INVALID, _("\"%s\" after \"]\" is not :port"), close + 1);
		return parse_port(close + 2, &dest->port, err);
	}
	if (!colon || (strchr(text, ':') != colon && is_v6(text))) {
		dest->hostname = mem_strdup(text);
		return true;
	}
	if (strchr(text, ':') != colon)
		return err_set(err, ERR_INVALID,
		    _("it has several \":\" but is not an IPv6 address; with a port write [address]:port"));
	dest->hostname = mem_strndup(text, (size_t)(colon - text));
	return parse_port(colon + 1, &dest->port, err);
}

/* Undoes %XX (RFC 3986 section 2.1) in place; false for a broken escape or %00. */
static bool percent_decode(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++, out++) {
		char hex[3] = "";

		*out = *in;
		if (*in != '%')
			continue;
		if (!isxdigit((unsigned char)in[1]) || !isxdigit((unsigned char)in[2]))
			return false;
		memcpy(hex, in + 1, 2);
		*out = (char)strtol(hex, NULL, 16);
		if (!*out)
			return false;
		in += 2;
	}
	*out = '\0';
	return true;
}

static bool parse_plain(const char *text, struct dest *dest, struct err *err)
{
	const char *at = strrchr(text, '@');

	if (at)
		dest->user = mem_strndup(text, (size_t)(at - text));
	return parse_host_port(at ? at + 1 : text, dest, err);
}

static bool parse_uri(const char *uri, struct dest *dest, struct err *err)
{
	char *text = mem_strdup(uri + strlen("ssh://"));
	char *slash = strchr(text, '/');
	bool ok = false;

	if (slash && slash[1]) {
		err_set(err, ERR_INVALID, _("an ssh:// address has no path"));
	} else {
		if (slash)
			*slash = '\0';
		ok = parse_plain(text, dest, err);
		/* Connection parameters behind ";" (";fingerprint=...") are ignored, as ssh does. */
		if (ok && dest->user)
			dest->user[strcspn(dest->user, ";")] = '\0';
		if (ok &&
		    ((dest->user && !percent_decode(dest->user)) ||
			!percent_decode(dest->hostname)))
			ok = err_set(err, ERR_INVALID, _("it has a broken %% escape"));
	}
	free(text);
	return ok;
}

bool dest_parse(const char *text, struct dest *dest, struct err *err)
{
	*dest = (struct dest){ 0 };
	if (strstr(text, "://") && !str_starts(text, "ssh://"))
		return err_set(
		    err, ERR_INVALID, _("only [user@]host[:port] and ssh:// can be a destination"));
	bool ok =
	    str_starts(text, "ssh://") ? parse_uri(text, dest, err) : parse_plain(text, dest, err);

	if (ok && !host_name_valid(dest->hostname, err))
		ok = err_context(err, _("the host name \"%s\""), dest->hostname);
	if (ok && dest->user && !host_user_valid(dest->user, err))
		ok = err_context(err, _("the user \"%s\""), dest->user);
	if (!ok)
		dest_done(dest);
	return ok;
}

static bool not_alone(const struct dest *dest, struct err *err)
{
	char *user = dest->user
	    ? mem_printf(_("; \"user\" (%s) is a member of its own"), dest->user)
	    : mem_strdup("");
	char *port = dest->port
	    ? mem_printf(_("; \"port\" (%ld) is a member of its own"), dest->port)
	    : mem_strdup("");

	err_set(err, ERR_INVALID, _("is more than a name or an address: write \"%s\" here%s%s"),
	    dest->hostname, user, port);
	free(user);
	free(port);
	return false;
}

bool dest_is_alone(const char *hostname, struct err *err)
{
	const char *scheme = strstr(hostname, "://");
	const char *from = scheme ? scheme + strlen("://") : hostname;
	struct dest dest;
	bool ok = !strpbrk(hostname, ":/@[]") || is_v6(hostname);

	if (ok)
		return true;
	char *text = mem_strndup(from, strcspn(from, "/?#"));
	if (dest_parse(text, &dest, NULL)) {
		not_alone(&dest, err);
		dest_done(&dest);
	} else {
		err_set(err, ERR_INVALID, _("is neither a name nor an address"));
	}
	free(text);
	return false;
}

static void take_text(struct host *host, const char *member, char **text)
{
	host_take_text(host, host_field_find(member), *text, ORIGIN_COMMAND_LINE);
	*text = NULL;
}

static void take_user_and_port(struct host *host, struct dest *dest)
{
	if (dest->user)
		take_text(host, "user", &dest->user);
	if (dest->port)
		host_set_number(
		    host, host_field_find("port"), (double)dest->port, ORIGIN_COMMAND_LINE, NULL);
}

static struct host *named_host(const struct host *found, struct dest *dest, struct err *err)
{
	struct host *host;

	if (found->problem) {
		err_set(err, ERR_INVALID, "%s", found->problem);
		return NULL;
	}
	host = host_dup(found);
	take_user_and_port(host, dest);
	return host;
}

/* A host out of the defaults and what the destination says. */
static struct host *literal_host(const struct host_list *list, struct dest *dest, struct err *err)
{
	struct host *host = host_dup(list->defaults);

	if (host->problem) {
		err_set(err, ERR_INVALID, "%s", host->problem);
		host_free(host);
		return NULL;
	}
	host->name = mem_strdup(dest->hostname);
	host->source = "command line";
	if (!host->hostname)
		take_text(host, "hostname", &dest->hostname);
	take_user_and_port(host, dest);
	if (host_complete(host, list->local_user, err))
		return host;
	host_free(host);
	return NULL;
}

struct host *hosts_resolve(const struct host_list *list, const char *text, struct err *err)
{
	const struct host *found = hosts_find(list, text);
	struct dest dest = { 0 };
	struct host *host = NULL;

	if (found)
		return named_host(found, &dest, err);
	if (dest_parse(text, &dest, err)) {
		found = hosts_find(list, dest.hostname);
		host = found ? named_host(found, &dest, err) : literal_host(list, &dest, err);
		dest_done(&dest);
	}
	if (!host && !found)
		err_context(err, "%s", text);
	return host;
}
