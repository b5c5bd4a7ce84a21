/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and variables in a host's members: TOKENS and ENVIRONMENT VARIABLES of ssh_config(5). */
#include "host.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where they may stand, as main() in OpenSSH's ssh.c and load_public_identity_files() have it. */
static const struct expansion {
	const char *json;
	bool environment; /* ${NAME} too */
	bool command; /* a shell on the other side reads it */
} expansions[] = {
	{ "identity_file", true, false },
	{ "certificate_file", true, false },
	{ "identity_agent", true, false },
	{ "user_known_hosts_file", true, false },
	{ "remote_command", false, true },
};

static char *local_name(bool whole)
{
	char name[256] = "";

	gethostname(name, sizeof name - 1);
	if (!whole)
		name[strcspn(name, ".")] = '\0';
	return mem_strdup(name);
}

static char *local_user(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw ? mem_strdup(pw->pw_name) : NULL;
}

/* What %token stands for; NULL: it is no token, or there is no such thing here. */
static char *token_value(const struct host *host, char token)
{
	switch (token) {
	case '%':
		return mem_strdup("%");
	case 'h':
		return str_lower(host->hostname); /* as ssh.c does with every host name */
	case 'i':
		return mem_printf("%lu", (unsigned long)getuid());
	case 'k':
		return mem_strdup(host->host_key_alias ? host->host_key_alias : host->name);
	case 'L':
	case 'l':
		return local_name(token == 'l');
	case 'n':
		return mem_strdup(host->name);
	case 'p':
		return mem_printf("%ld", host->port);
	case 'r':
		return mem_strdup(host->user);
	case 'd':
		return path_home();
	case 'u':
		return local_user();
	default:
		return NULL;
	}
}

/*
 * Names come from files that others may have written, and a remote shell reads the command: nothing
 * that it could act on gets there by a token.
 */
static bool is_harmless(const char *value)
{
	for (; *value; value++)
		if (!isalnum((unsigned char)*value) && !strchr("%+,-./:=@_", *value) &&
		    (unsigned char)*value < 0x80)
			return false;
	return true;
}

static bool add_token(struct str *out, const struct host *host, const struct expansion *how,
    char token, struct err *err)
{
	char *value = token ? token_value(host, token) : NULL;
	bool ok = false;

	if (token == 'C')
		err_set(err, ERR_INVALID, _("%%C is not supported"));
	else if (!value)
		err_set(err, ERR_INVALID, _("has a %% that is no token; a percent sign is %%%%"));
	else if (how->command && (!is_harmless(value) || *value == '-'))
		err_set(err, ERR_INVALID,
		    _("%%%c stands for \"%s\", of which a shell would take a part for orders"),
		    token, value);
	else
		ok = true;
	if (ok)
		str_add(out, value);
	free(value);
	return ok;
}

/* text is behind "${"; *used: how much of it was read. */
static bool add_variable(struct str *out, const char *text, size_t *used, struct err *err)
{
	const char *close = strchr(text, '}'), *value;
	char *name;

	if (!close)
		return err_set(err, ERR_INVALID, _("has a \"${\" without \"}\""));
	name = mem_strndup(text, (size_t)(close - text));
	value = getenv(name);
	if (value)
		str_add(out, value);
	else
		err_set(err, ERR_INVALID, _("the environment variable %s is not set"), name);
	free(name);
	*used = (size_t)(close - text) + 1;
	return value != NULL;
}

static char *expand(
    const struct host *host, const struct expansion *how, const char *text, struct err *err)
{
	struct str out = STR_INIT;
	bool ok = true;

	for (const char *p = text; ok && *p; p++) {
		size_t used = 0;

		if (*p == '%') {
			ok = add_token(&out, host, how, p[1], err);
			used = 1;
		} else if (how->environment && p[0] == '$' && p[1] == '{') {
			ok = add_variable(&out, p + 2, &used, err);
			used++;
		} else {
			str_add_char(&out, *p);
		}
		if (ok)
			p += used;
	}
	if (ok)
		return str_take(&out);
	str_done(&out);
	return NULL;
}

static bool expand_in_place(
    const struct host *host, const struct expansion *how, char **text, struct err *err)
{
	char *expanded;

	/* Built-in texts, which are not the host's, have none. */
	if (!*text || !strpbrk(*text, how->environment ? "%$" : "%"))
		return true;
	expanded = expand(host, how, *text, err);
	if (!expanded)
		return err_context(err, "%s", how->json);
	free(*text);
	*text = expanded;
	return true;
}

bool host_expand(struct host *host, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_LEN(expansions); i++) {
		const struct host_field *field = host_field_find(expansions[i].json);
		struct strlist *list = field->kind == FIELD_LIST ? host_list_at(host, field) : NULL;

		if (!list)
			ok = expand_in_place(host, &expansions[i], host_text_at(host, field), err);
		for (size_t j = 0; ok && list && j < list->len; j++)
			ok = expand_in_place(host, &expansions[i], &list->items[j], err);
	}
	return ok;
}
