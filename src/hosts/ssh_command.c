/* SPDX-License-Identifier: Apache-2.0 */
/* The ssh command that does what a host's settings say. */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "jump.h"

/* Appends a word that a POSIX shell reads as just this text. */
static void add_word(struct str *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789@%+=:,./-_";
	const char *rest = text;

	if (out->len)
		str_add_char(out, ' ');
	/* "~/" at the start means the home folder, quoted or not: ssh itself expands it. */
	if (str_starts(text, "~/"))
		rest++;
	if (*text && !rest[strspn(rest, plain)]) {
		str_add(out, text);
		return;
	}
	str_add_char(out, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			str_add(out, "'\\''");
		else
			str_add_char(out, *p);
	}
	str_add_char(out, '\'');
}

/* ssh -L and -R want ":" where ssh_config(5), and so a hosts file, may have a blank. */
static char *option_argument(const struct host_field *field, const char *value)
{
	bool forward = str_eq(field->ssh_flag, "-L") || str_eq(field->ssh_flag, "-R");
	const char *blank = forward ? strpbrk(value, " \t") : NULL;

	if (!blank)
		return mem_strdup(value);
	return mem_printf("%.*s:%s", (int)(blank - value), value, blank + strspn(blank, " \t"));
}

/* To ssh, "-i none" is a file of that name. */
static bool has_flag(const struct host_field *field, const char *value)
{
	return field->ssh_flag && !(str_eq(field->ssh_flag, "-i") && str_eq(value, "none"));
}

/* "-p 22" or "-o Port=22", for one value. */
static void add_option(struct str *out, const struct host_field *field, const char *value)
{
	if (has_flag(field, value)) {
		char *argument = option_argument(field, value);

		add_word(out, field->ssh_flag);
		add_word(out, argument);
		free(argument);
		return;
	}
	char *option = mem_printf("%s=%s", field->ssh_keyword, value);

	add_word(out, "-o");
	add_word(out, option);
	free(option);
}

/* A hop as ssh knows it: an address for a host of ours, else as written. */
static void add_hop(const struct host_list *list, const char *hop, struct strlist *addresses)
{
	struct host *found = list && jump_named(list, hop) ? hosts_resolve(list, hop, NULL) : NULL;

	strlist_take(addresses, found ? host_address(found) : mem_strdup(hop));
	host_free(found);
}

/* All hops on the way to a host, those to its first hop first.  A circle ends by the limit. */
static void add_way(
    const struct host_list *list, const struct host *host, int limit, struct strlist *addresses)
{
	const struct host *first = list && limit ? jump_first(list, host) : NULL;
	struct strlist hops = { 0 };

	if (first)
		add_way(list, first, limit - 1, addresses);
	jump_hops(host, &hops);
	for (size_t i = 0; i < hops.len; i++)
		add_hop(list, hops.items[i], addresses);
	strlist_done(&hops);
}

static void add_jumps(struct str *out, const struct host_list *list, const struct host *host)
{
	struct strlist addresses = { 0 };

	add_way(list, host, JUMP_CHAIN_MAX, &addresses);
	if (addresses.len) {
		char *value = strlist_join(&addresses, ",");

		add_word(out, "-J");
		add_word(out, value);
		free(value);
	}
	strlist_done(&addresses);
}

/*
 * ssh_config's parser takes double quotes; several variables must come in one SetEnv, as only
 * the first counts.
 */
static void add_map(struct str *out, const struct host_field *field, const struct strlist *map)
{
	struct str value = STR_INIT;

	for (size_t i = 0; i < map->len; i++)
		str_addf(&value, "%s\"%s\"", i ? " " : "", map->items[i]);
	add_option(out, field, str_text(&value));
	str_done(&value);
}

static void add_field(struct str *out, const struct host *host, const struct host_field *field)
{
	char *value;

	switch (field->kind) {
	case FIELD_LIST:
		for (size_t i = 0; i < host_list_at(host, field)->len; i++)
			add_option(out, field, host_list_at(host, field)->items[i]);
		break;
	case FIELD_MAP:
		add_map(out, field, host_list_at(host, field));
		break;
	case FIELD_TEXT:
	case FIELD_CHOICE:
	case FIELD_NUMBER:
	case FIELD_BOOL:
		value = host_get_text(host, field);
		add_option(out, field, value);
		free(value);
		break;
	}
}

/* Members that the destination, -J, or ssh's own defaults already say. */
static bool is_said_elsewhere(const struct host *host, const struct host_field *field)
{
	static const char *const elsewhere[] = { "hostname", "user", "proxy_jump" };

	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		if (str_eq(field->json, elsewhere[i]))
			return true;
	return !field->ssh_keyword || !host_field_differs(host, field);
}

char *host_ssh_command(const struct host_list *list, const struct host *host)
{
	struct str out = STR_INIT;
	size_t count;
	const struct host_field *fields = host_fields(&count);
	const char *hostname = host->hostname ? host->hostname : host->name;
	bool user = host_origin(host, host_field_find("user")) != ORIGIN_BUILTIN;

	add_word(&out, "ssh");
	for (size_t i = 0; i < count; i++)
		if (!is_said_elsewhere(host, &fields[i]))
			add_field(&out, host, &fields[i]);
	add_jumps(&out, list, host);
	char *dest = mem_printf("%s%s%s", user ? host->user : "", user ? "@" : "", hostname);

	add_word(&out, dest);
	free(dest);
	return str_take(&out);
}
