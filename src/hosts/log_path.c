/* SPDX-License-Identifier: Apache-2.0 */
/* Where a session's output is kept: the pattern of session_log. */
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "value.h"

/* As in strftime(3) and date(1). */
static const struct date {
	char letter;
	size_t offset; /* of an int in struct tm */
	int base, digits;
} dates[] = {
	{ 'Y', offsetof(struct tm, tm_year), 1900, 4 },
	{ 'm', offsetof(struct tm, tm_mon), 1, 2 },
	{ 'd', offsetof(struct tm, tm_mday), 0, 2 },
	{ 'j', offsetof(struct tm, tm_yday), 1, 3 },
	{ 'H', offsetof(struct tm, tm_hour), 0, 2 },
	{ 'M', offsetof(struct tm, tm_min), 0, 2 },
	{ 'S', offsetof(struct tm, tm_sec), 0, 2 },
};

static const struct token {
	const char *name;
	size_t offset; /* of a char * in struct host */
} tokens[] = {
	{ "{name}", offsetof(struct host, name) },
	{ "{hostname}", offsetof(struct host, hostname) },
	{ "{user}", offsetof(struct host, user) },
};
static const char port_token[] = "{port}";

static const struct token *token_at(const char *pattern)
{
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (str_starts(pattern, tokens[i].name))
			return &tokens[i];
	return NULL;
}

static const struct date *date_of(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(dates); i++)
		if (dates[i].letter == letter)
			return &dates[i];
	return NULL;
}

bool value_log(const char *value, struct err *err)
{
	for (const char *at = value; (at = strpbrk(at, "%{")); at++) {
		if (*at == '{' && !token_at(at) && !str_starts(at, port_token))
			return err_set(err, ERR_INVALID,
			    _("has a { that does not begin {name}, {hostname}, {user} or {port}"));
		if (*at == '%' && *++at != '%' && !date_of(*at))
			return err_set(err, ERR_INVALID,
			    _("has a %% that does not begin one of %%Y %%m %%d %%j %%H %%M %%S and %%%%"));
	}
	if (*value && value[strlen(value) - 1] == '/')
		return err_set(err, ERR_INVALID, _("names a folder, not a file"));
	return value_plain(value, err);
}

/* Names come from imported files, too: none leads to another folder, hides the file or is an option. */
static void add_safe(struct str *path, const char *text)
{
	for (size_t i = 0; text && text[i]; i++) {
		bool is_first = i == 0 && (text[i] == '.' || text[i] == '-');
		bool is_bad = (unsigned char)text[i] < ' ' || text[i] == 0x7f || text[i] == '/';

		str_add_char(path, is_first || is_bad ? '_' : text[i]);
	}
}

static void add_date(struct str *path, char letter, const struct tm *when)
{
	const struct date *date = date_of(letter);

	if (date)
		str_addf(path, "%0*d", date->digits,
		    *(const int *)(const void *)((const char *)when + date->offset) + date->base);
	else
		str_add_char(path, letter);
}

static const char *text_of(const struct host *host, const struct token *token)
{
	return *(char *const *)(const void *)((const char *)host + token->offset);
}

/* Appends what stands at the beginning of the pattern and returns how long that was. */
static size_t add_next(
    struct str *path, const char *pattern, const struct host *host, const struct tm *when)
{
	const struct token *token = token_at(pattern);

	if (token) {
		add_safe(path, text_of(host, token));
		return strlen(token->name);
	}
	if (str_starts(pattern, port_token)) {
		str_addf(path, "%ld", host->port);
		return sizeof port_token - 1;
	}
	if (*pattern == '%') {
		add_date(path, pattern[1], when);
		return 2;
	}
	str_add_char(path, *pattern);
	return 1;
}

char *host_log_path(const struct host *host, const struct tm *when, struct err *err)
{
	struct str path = STR_INIT;
	char *whole;

	if (!value_log(host->session_log, err)) {
		err_context(err, "session_log");
		return NULL;
	}
	for (const char *at = host->session_log; *at;)
		at += add_next(&path, at, host, when);
	whole = path_expand(str_text(&path), err);
	str_done(&path);
	return whole;
}
