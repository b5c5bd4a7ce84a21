/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_dump.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/ssh_words.h"
#include "sallyport/hosts.h"
#include "sallyport/ssh.h"

static void add_line(struct str *out, const char *keyword, const char *value)
{
	for (; *keyword; keyword++)
		str_add_char(out, (char)tolower((unsigned char)*keyword));
	str_add_char(out, ' ');
	clean_text(out, value, strlen(value), clean_locale_flags());
	str_add_char(out, '\n');
}

/* ---- one value in ssh's words; the caller frees ---- */

static char *upper(const char *value)
{
	char *copy = mem_strdup(value);

	for (char *p = copy; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return copy;
}

/* The first name of a value in the tables of readconf.c. */
static char *first_name(const char *value, enum keyword_shows shows)
{
	static const struct {
		enum keyword_shows shows;
		const char *value, *name;
	} names[] = {
		{ SHOWS_YES, "true", "yes" },
		{ SHOWS_YES, "false", "no" },
		{ SHOWS_TRUE, "yes", "true" },
		{ SHOWS_TRUE, "no", "false" },
		{ SHOWS_TRUE, "off", "false" },
		{ SHOWS_LEVEL, "QUIET", "SILENT" },
		{ SHOWS_LEVEL, "DEBUG1", "DEBUG" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].shows == shows && strcasecmp(names[i].value, value) == 0)
			return mem_strdup(names[i].name);
	return shows == SHOWS_LEVEL ? upper(value) : str_lower(value);
}

/* "confirm 1h" is "confirm 3600". */
static char *seconds(const char *value)
{
	struct strlist words = { NULL, 0 };
	struct str out = STR_INIT;
	long number;

	strlist_split(&words, value, " ");
	for (size_t i = 0; i < words.len; i++) {
		if (i > 0)
			str_add_char(&out, ' ');
		if (time_span(words.items[i], &number))
			str_addf(&out, "%ld", number);
		else
			str_add(&out, words.items[i]);
	}
	strlist_done(&words);
	return str_take(&out);
}

/* RekeyLimit: "1G 1h" is "1073741824 3600". */
static char *sizes(const char *value)
{
	static const char units[] = "KMG";
	long time = 0;
	char *end;
	unsigned long long size = strtoull(value, &end, 10);
	const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;

	for (long i = unit ? unit - units : -1; i >= 0; i--)
		size *= 1024;
	if ((end = strrchr(value, ' ')))
		time_span(end + 1, &time);
	return mem_printf("%llu %ld", size, time);
}

static char *forward_words(const struct ssh_keyword *row, const char *value)
{
	static const struct {
		const char *keyword;
		enum forward_kind kind;
	} kinds[] = { { "LocalForward", FORWARD_LOCAL }, { "RemoteForward", FORWARD_REMOTE },
		{ "DynamicForward", FORWARD_DYNAMIC } };
	struct forward forward;
	struct str text = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_eq(kinds[i].keyword, row->name) ||
		    !forward_parse(kinds[i].kind, value, &forward, NULL))
			continue;
		forward_text(&forward, &text);
		forward_done(&forward);
	}
	return str_take(&text);
}

static char *in_words_of_ssh(const struct ssh_keyword *row, const char *value)
{
	switch (row->shows) {
	case SHOWS_YES:
	case SHOWS_TRUE:
	case SHOWS_LEVEL:
		return first_name(value, row->shows);
	case SHOWS_LOWER:
		return str_lower(value);
	case SHOWS_UPPER:
		return upper(value);
	case SHOWS_TRUE_TIMES:
		if (strcasecmp(value, "yes") == 0 || strcasecmp(value, "no") == 0)
			return first_name(value, SHOWS_TRUE);
		return seconds(value);
	case SHOWS_TIMES:
		return seconds(value);
	case SHOWS_TIMEOUT:
		return mem_strdup(str_eq(value, "0") ? "none" : value);
	case SHOWS_ESCAPE:
		return mem_printf("%s%s", value[0] == '^' && value[1] ? "\\" : "", value);
	case SHOWS_TWICE:
		return strchr(value, ' ') ? mem_strdup(value) : mem_printf("%s %s", value, value);
	case SHOWS_SIZES:
		return sizes(value);
	case SHOWS_PATHS:
		return path_expand(value, NULL);
	case SHOWS_FORWARDS:
		return forward_words(row, value);
	case SHOWS_NOTHING:
	case SHOWS_TEXT:
	case SHOWS_UNLESS_NONE:
	case SHOWS_LINES:
	case SHOWS_WORDS:
	case SHOWS_ALGORITHMS:
		break;
	}
	return mem_strdup(value);
}

static void add_value(struct str *out, const struct ssh_keyword *row, const char *value)
{
	char *text = in_words_of_ssh(row, value);

	add_line(out, row->name, text ? text : value);
	free(text);
}

/* ---- several ---- */

static void add_items(struct str *out, const struct ssh_keyword *row, const struct strlist *items)
{
	struct str line = STR_INIT;

	for (size_t i = 0; i < items->len; i++) {
		char *text = in_words_of_ssh(row, items->items[i]);

		if (row->shows == SHOWS_PATHS || row->shows == SHOWS_WORDS)
			str_addf(&line, "%s%s", i ? " " : "", text ? text : items->items[i]);
		else
			add_line(
			    out, row->name, row->shows == SHOWS_FORWARDS ? text : items->items[i]);
		free(text);
	}
	if (line.len)
		add_line(out, row->name, str_text(&line));
	str_done(&line);
}

/* The default of a keyword: lines, or words. */
static void add_default(struct str *out, const struct ssh_keyword *row)
{
	bool several = row->shows == SHOWS_LINES || row->shows == SHOWS_PATHS;
	struct strlist items = { NULL, 0 };

	if (several)
		strlist_split(&items, row->dflt, row->shows == SHOWS_LINES ? "\n" : " ");
	else
		strlist_add(&items, row->dflt);
	if (several)
		add_items(out, row, &items);
	else
		add_value(out, row, row->dflt);
	strlist_done(&items);
}

static bool add_algorithms(
    struct str *out, const struct ssh_keyword *row, const struct host *host, struct err *err)
{
	char *offer = conn_offer(host, ssh_keyword_field(row)->json, err);

	if (!offer)
		return false;
	add_line(out, row->name, offer);
	free(offer);
	return true;
}

/* What a host has of a field: a list is told apart from a text by having items. */
static bool add_field(struct str *out, const struct ssh_keyword *row, const struct host *host,
    const struct host_field *field, struct err *err)
{
	const struct strlist *items;
	char *text;

	if (row->shows == SHOWS_ALGORITHMS)
		return add_algorithms(out, row, host, err);
	if ((items = host_get_list(host, field))) {
		if (items->len > 0)
			add_items(out, row, items);
		else if (row->dflt)
			add_default(out, row);
		return true;
	}
	text = host_get_text(host, field);
	if (row->shows == SHOWS_UNLESS_NONE && strcasecmp(text, "none") == 0)
		*text = '\0';
	if (*text)
		add_value(out, row, text);
	else if (row->dflt)
		add_default(out, row);
	free(text);
	return true;
}

/* ssh prints key and certificate files as they were written, and all else expanded. */
static const struct host *host_for(
    const struct ssh_keyword *row, const struct ssh_options *options, const struct host *expanded)
{
	bool written = str_eq(row->name, "IdentityFile") || str_eq(row->name, "CertificateFile");

	return written ? options->host : expanded;
}

bool ssh_dump(const struct ssh_options *options, const struct host *expanded, struct str *out,
    struct err *err)
{
	size_t count;
	const struct ssh_keyword *rows = ssh_keywords(&count);

	add_line(out, "host", options->host->name);
	for (size_t i = 0; i < count; i++) {
		const struct host_field *field = ssh_keyword_field(&rows[i]);

		if (rows[i].shows == SHOWS_NOTHING)
			continue;
		if (str_eq(rows[i].name, "SendEnv"))
			add_items(out, &rows[i], &options->send_env);
		else if (field &&
		    !add_field(out, &rows[i], host_for(&rows[i], options, expanded), field, err))
			return false;
		else if (!field && options->said[i])
			add_value(out, &rows[i], options->said[i]);
		else if (!field && rows[i].dflt)
			add_default(out, &rows[i]);
	}
	return true;
}
