/* SPDX-License-Identifier: Apache-2.0 */
/* Port forwards as ssh writes them (parse_forward() in OpenSSH's readconf.c). */
#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

enum { WORDS_MAX = 4, PORT_MAX = 65535, NAME_LEN_MAX = 1024 };

void forward_done(struct forward *forward)
{
	free(forward->bind);
	free(forward->host);
	*forward = (struct forward){ 0 };
}

void forward_copy(struct forward *to, const struct forward *from)
{
	*to = *from;
	to->bind = from->bind ? mem_strdup(from->bind) : NULL;
	to->host = from->host ? mem_strdup(from->host) : NULL;
}

bool forward_equal(const struct forward *a, const struct forward *b)
{
	return a->kind == b->kind && a->port == b->port && a->host_port == b->host_port &&
	    str_eq(a->bind, b->bind) && str_eq(a->host, b->host);
}

/* ---- words ---- */

struct words {
	char *items[WORDS_MAX];
	size_t count;
	bool path; /* one of them has a "/" in it */
	bool broken; /* a bracket, a backslash, or too many words */
};

static void words_done(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
}

/* "[...]" up to ":" or the end.  NULL: no such thing. */
static const char *take_bracketed(const char *at, struct str *word)
{
	const char *close = strchr(at, ']');

	if (!close || (close[1] != ':' && close[1]))
		return NULL;
	str_add_mem(word, at + 1, (size_t)(close - at) - 1);
	return close + 1;
}

/* Up to ":" or the end; a backslash takes what follows as it is. */
static const char *take_plain(const char *at, struct str *word)
{
	for (; *at && *at != ':'; at++) {
		if (*at == '\\' && !*++at)
			return NULL;
		str_add_char(word, *at);
	}
	return at;
}

static void split(const char *text, struct words *words)
{
	const char *at = text;

	*words = (struct words){ 0 };
	while (at && *at && words->count < WORDS_MAX) {
		struct str word = STR_INIT;

		at = *at == '[' ? take_bracketed(at, &word) : take_plain(at, &word);
		words->path = words->path || strchr(str_text(&word), '/');
		words->items[words->count++] = mem_strdup(str_text(&word));
		str_done(&word);
		if (at && *at == ':')
			at++;
	}
	words->broken = !at || *at;
}

/* ---- what they mean ---- */

/* A number or the name of a service (a2port() in OpenSSH's misc.c). */
static bool read_port(const char *text, long least, long *port, struct err *err)
{
	const struct servent *service;
	long value = *text ? 0 : -1;

	for (const char *p = text; *p && value >= 0; p++)
		value =
		    isdigit((unsigned char)*p) && value <= PORT_MAX ? value * 10 + (*p - '0') : -1;
	if (value == -1 && (service = getservbyname(text, "tcp")))
		value = ntohs((in_port_t)service->s_port);
	if (value < least || value > PORT_MAX)
		return err_set(err, ERR_INVALID,
		    _("\"%s\" is not a port: a number from %ld to 65535, or the name of a service"),
		    text, least);
	*port = value;
	return true;
}

/* A name that goes to the server, or is looked up here. */
static bool read_host(const char *text, char **host, struct err *err)
{
	if (!*text)
		return err_set(err, ERR_INVALID, _("does not say which host it leads to"));
	if (strlen(text) > NAME_LEN_MAX)
		return err_set(err, ERR_INVALID, _("a name in it is too long"));
	*host = mem_strdup(text);
	return true;
}

static bool wrong_shape(enum forward_kind kind, struct err *err)
{
	return err_set(err, ERR_INVALID,
	    kind == FORWARD_DYNAMIC ? _("is not [address:]port")
		: kind == FORWARD_LOCAL
		? _("is not [address:]port:host:hostport")
		: _("is neither [address:]port:host:hostport nor [address:]port"));
}

/* [bind:]port and perhaps host:hostport, as many words as fit the kind. */
static bool read_words(struct forward *forward, const struct words *words, struct err *err)
{
	bool socks = words->count <= 2;
	size_t at = words->count == 2 || words->count == 4;
	long least = forward->kind == FORWARD_REMOTE ? 0 : 1;

	if (words->path)
		return err_set(
		    err, ERR_INVALID, _("names a Unix socket; only TCP ports can be forwarded"));
	if (words->broken || words->count == 0 || (socks && forward->kind == FORWARD_LOCAL) ||
	    (!socks && forward->kind == FORWARD_DYNAMIC))
		return wrong_shape(forward->kind, err);
	if (at)
		forward->bind = mem_strdup(words->items[0]);
	if (!read_port(words->items[at], least, &forward->port, err))
		return false;
	return socks ||
	    (read_host(words->items[at + 1], &forward->host, err) &&
		read_port(words->items[at + 2], 1, &forward->host_port, err));
}

/* ssh_config(5) has a blank where ssh(1) has a ":".  Caller frees. */
static char *one_word(const char *text, size_t *parts)
{
	struct strlist list = { NULL, 0 };
	char *word;

	strlist_split(&list, text, " \t");
	*parts = list.len;
	word = strlist_join(&list, ":");
	strlist_done(&list);
	return word;
}

bool forward_parse(
    enum forward_kind kind, const char *text, struct forward *forward, struct err *err)
{
	struct words words;
	size_t parts;
	char *word;
	bool ok;

	*forward = (struct forward){ .kind = kind };
	if (!value_plain(text, err))
		return false;
	if (strstr(text, "${"))
		return err_set(
		    err, ERR_INVALID, _("variables of the environment are not filled in here"));
	word = one_word(text, &parts);
	split(word, &words);
	words.broken = words.broken || parts > 2;
	ok = read_words(forward, &words, err);
	words_done(&words);
	free(word);
	if (!ok)
		forward_done(forward);
	return ok;
}

static void add_end(struct str *out, const char *host, long port)
{
	if (host)
		str_addf(out, "[%s]:%ld", host, port);
	else
		str_addf(out, "%ld", port);
}

void forward_text(const struct forward *forward, struct str *out)
{
	add_end(out, forward->bind, forward->port);
	if (forward->kind == FORWARD_DYNAMIC)
		return;
	str_add_char(out, ' ');
	add_end(out, forward->host ? forward->host : "socks", forward->host_port);
}

/* ---- rules for fields ---- */

static bool value_forward(enum forward_kind kind, const char *value, struct err *err)
{
	struct forward forward;

	if (!forward_parse(kind, value, &forward, err))
		return false;
	forward_done(&forward);
	return true;
}

bool value_local_forward(const char *value, struct err *err)
{
	return value_forward(FORWARD_LOCAL, value, err);
}

bool value_remote_forward(const char *value, struct err *err)
{
	return value_forward(FORWARD_REMOTE, value, err);
}

bool value_dynamic_forward(const char *value, struct err *err)
{
	return value_forward(FORWARD_DYNAMIC, value, err);
}
