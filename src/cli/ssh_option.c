/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_option.h"

#include <ctype.h>
#include <fnmatch.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/ssh_keywords.h"
#include "cli/ssh_setting.h"
#include "cli/ssh_words.h"
#include "sallyport/hosts.h"

/* ---- fields of the host ---- */

/* "ssh" is 22: as a2port() in OpenSSH's misc.c. */
static char *port_of_service(const char *name)
{
	const struct servent *service = getservbyname(name, "tcp");

	return service ? mem_printf("%d", ntohs((uint16_t)service->s_port)) : mem_strdup(name);
}

/* ssh's value in the words of the hosts file; caller frees. */
static char *field_value(
    struct ssh_options *options, const struct host_field *field, const char *value)
{
	long seconds;

	if (str_eq(field->json, "port") && !isdigit((unsigned char)*value))
		return port_of_service(value);
	if (str_eq(field->json, "strict_host_key_checking") &&
	    (ssh_value_is_no(value) || strcasecmp(value, "off") == 0)) {
		strlist_add(&options->ignored,
		    _("StrictHostKeyChecking=no: taken as accept-new, a changed host key is refused"));
		return mem_strdup("accept-new");
	}
	if (str_eq(field->json, "remote_command") && strcasecmp(value, "none") == 0)
		return mem_strdup("");
	if (str_eq(field->json, "connect_timeout") && strcasecmp(value, "none") == 0)
		return mem_strdup("0");
	if ((str_eq(field->json, "connect_timeout") ||
		str_eq(field->json, "server_alive_interval")) &&
	    time_span(value, &seconds))
		return mem_printf("%ld", seconds);
	return mem_strdup(value);
}

/* The count of the command line's items in a list that adds up; NULL: of this field the first value wins. */
static size_t *adding_up(struct ssh_options *options, const struct host_field *field)
{
	static const char *const lists[ADDING_UP] = { "identity_file", "certificate_file",
		"local_forward", "remote_forward", "dynamic_forward" };

	for (size_t i = 0; i < ADDING_UP; i++)
		if (str_eq(field->json, lists[i]))
			return &options->items_given[i];
	return NULL;
}

/* The command line's items come before the host's own. */
static bool add_item(struct host *host, const struct host_field *field, size_t *given,
    const char *value, struct err *err)
{
	const struct strlist *now = host_get_list(host, field);
	struct strlist all = { NULL, 0 };
	bool ok = true;

	for (size_t i = 0; i <= now->len; i++) {
		if (i == *given)
			strlist_add(&all, value);
		if (i < now->len)
			strlist_add(&all, now->items[i]);
	}
	for (size_t i = 0; ok && i < all.len; i++)
		ok = host_set(host, field, all.items[i], i > 0, ORIGIN_COMMAND_LINE, err);
	*given += 1;
	strlist_done(&all);
	return ok;
}

/* Several words are several items: UserKnownHostsFile, SetEnv. */
static bool set_words(
    struct host *host, const struct host_field *field, const struct strlist *words, struct err *err)
{
	for (size_t i = 0; i < words->len; i++)
		if (!host_set(host, field, words->items[i], i > 0, ORIGIN_COMMAND_LINE, err))
			return false;
	return true;
}

_Static_assert(HOST_FIELDS_MAX <= 64, "fields_given has a bit for each");

/* False: an earlier setting, or the destination, has said it. */
static bool first_time(struct ssh_options *options, const struct host_field *field, bool overrides)
{
	size_t count;
	unsigned long long bit = 1ULL << (field - host_fields(&count));
	bool given = options->fields_given & bit;

	if (options->dest_done && host_origin(options->host, field) == ORIGIN_COMMAND_LINE)
		given = true;
	options->fields_given |= bit;
	return overrides || !given;
}

static bool set_field(struct ssh_options *options, const struct host_field *field,
    const struct strlist *words, bool overrides, struct err *err)
{
	struct host *host = options->host;
	size_t *given = adding_up(options, field);
	char *joined = strlist_join(words, " "), *text;
	bool ok = true;

	if (given) {
		ok = add_item(host, field, given, joined, err);
	} else if (first_time(options, field, overrides)) {
		text = field_value(options, field, joined);
		if (field->kind == FIELD_LIST || field->kind == FIELD_MAP)
			ok = set_words(host, field, words, err);
		else
			ok = host_set(host, field, text, false, ORIGIN_COMMAND_LINE, err);
		free(text);
	}
	if (ok && str_eq(field->json, "hostname"))
		ok = host_complete(host, NULL, err);
	if (!ok)
		err_context(err, "%s=%s", field->ssh_keyword, joined);
	free(joined);
	return ok;
}

/* ---- one setting ---- */

/* Keeps it for -G.  False: an earlier one has said it. */
static bool remember(
    struct ssh_options *options, const struct ssh_keyword *row, const char *value, bool overrides)
{
	size_t count;
	char **said = &options->said[row - ssh_keywords(&count)];

	if (*said && !overrides)
		return false;
	free(*said);
	*said = mem_strdup(value);
	return true;
}

static bool is_default(const struct ssh_keyword *row, const char *value)
{
	if (row->dflt && strcasecmp(row->dflt, value) == 0)
		return true;
	return ssh_value_is_no(value) && (!row->dflt || ssh_value_is_no(row->dflt));
}

/* What is no field of a host: a setting of the session, or one without effect. */
static bool set_other(struct ssh_options *options, const struct ssh_keyword *row, const char *value,
    bool overrides, struct err *err)
{
	const struct ssh_setting *setting = ssh_setting_find(row->name);
	bool first = remember(options, row, value, overrides);

	if (setting)
		return (!first && !setting->adds_up) || setting->set(options, value, err) ||
		    err_context(err, "%s", row->name);
	if (!is_default(row, value))
		strlist_take(&options->ignored,
		    mem_printf(_("%s=%s: ignored, not supported"), row->name, value));
	return true;
}

static bool apply(struct ssh_options *options, const struct ssh_keyword *row,
    const struct strlist *words, bool overrides, struct err *err)
{
	const struct host_field *field = ssh_keyword_field(row);
	char *value = strlist_join(words, " ");
	bool ok;

	if (row->refused)
		ok = ssh_value_is_no(value) ||
		    err_set(err, ERR_INVALID, "%s: %s", row->name, _(row->refused));
	else if (field)
		ok = set_field(options, field, words, overrides, err);
	else
		ok = set_other(options, row, value, overrides, err);
	free(value);
	return ok;
}

/* Does an earlier IgnoreUnknown name it? */
static bool is_forgiven(const struct ssh_options *options, const char *keyword)
{
	size_t count;
	const struct ssh_keyword *row = ssh_keyword_find("IgnoreUnknown");
	const char *said = options->said[row - ssh_keywords(&count)];
	char *small = str_lower(said ? said : ""), *wanted = str_lower(keyword);
	struct strlist patterns = { NULL, 0 };
	bool forgiven = false;

	strlist_split(&patterns, small, ",");
	for (size_t i = 0; i < patterns.len; i++)
		if (fnmatch(patterns.items[i], wanted, FNM_NOESCAPE) == 0)
			forgiven = true;
	strlist_done(&patterns);
	free(small);
	free(wanted);
	return forgiven;
}

static bool read_value(
    const struct ssh_keyword *row, const char *text, struct strlist *words, struct err *err)
{
	if (row->takes == TAKES_REST && *text)
		strlist_add(words, text);
	else if (!ssh_words_split(words, text))
		return err_set(err, ERR_USAGE, _("-o %s: a quotation mark is missing"), row->name);
	if (words->len == 0)
		return err_set(err, ERR_USAGE, _("-o %s: the value is missing"), row->name);
	if (row->takes == TAKES_ONE && words->len > 1)
		return err_set(err, ERR_USAGE, _("-o %s: there is more than one value"), row->name);
	return true;
}

/* A line of a file, as -o has it.  An empty one and a comment say nothing. */
static bool apply_line(
    struct ssh_options *options, const char *line, bool overrides, struct err *err)
{
	struct strlist words = { NULL, 0 };
	const struct ssh_keyword *row;
	char *keyword, *rest;
	bool ok;

	ssh_words_keyword(line, &keyword, &rest);
	row = ssh_keyword_find(keyword);
	if (row)
		ok = read_value(row, rest, &words, err) &&
		    apply(options, row, &words, overrides, err);
	else
		ok = !*keyword || *keyword == '#' || is_forgiven(options, keyword) ||
		    err_set(err, ERR_USAGE, _("Bad configuration option: %s"), keyword);
	strlist_done(&words);
	free(keyword);
	free(rest);
	return ok;
}

bool ssh_option_apply(struct ssh_options *options, const struct setting *setting, struct err *err)
{
	struct strlist words = { NULL, 0 };
	bool ok;

	if (!setting->keyword)
		return apply_line(options, setting->value, setting->overrides, err);
	strlist_add(&words, setting->value);
	ok = apply(options, ssh_keyword_find(setting->keyword), &words, setting->overrides, err);
	strlist_done(&words);
	return ok;
}

void ssh_options_init(struct ssh_options *options, struct host *host)
{
	*options = (struct ssh_options){ .host = host, .escape = '~', .attempts = 1 };
	strlist_add(&options->send_env, "LANG");
	strlist_add(&options->send_env, "LC_*");
}

void ssh_options_done(struct ssh_options *options)
{
	for (size_t i = 0; i < ARRAY_LEN(options->said); i++)
		free(options->said[i]);
	strlist_done(&options->send_env);
	strlist_done(&options->global_files);
	free(options->revoked_file);
	strlist_done(&options->ignored);
}
