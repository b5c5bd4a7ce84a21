/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"

enum { CTRL_C = 'C' & 0x1f, CTRL_Z = 'Z' & 0x1f };

static const struct {
	char key;
	enum escape_action action;
	const char *name;
	const char *help;
} sequences[] = {
	{ '.', ESCAPE_END, ".", N_("end the connection") },
	{ CTRL_Z, ESCAPE_SUSPEND, "^Z", N_("suspend sallyport") },
	{ '#', ESCAPE_LIST, "#", N_("list forwarded ports and connections") },
	{ 'C', ESCAPE_COMMAND, "C", N_("open a command line for port forwards") },
	{ '?', ESCAPE_HELP, "?", N_("this message") },
};

void escape_init(struct escape *escape, int key)
{
	*escape = (struct escape){ .key = key, .line_start = true };
}

static enum escape_action action_of(char c)
{
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++)
		if (sequences[i].key == c)
			return sequences[i].action;
	return ESCAPE_NONE;
}

/* True: the byte belongs to a sequence and is not sent now. */
static bool swallow(
    struct escape *escape, unsigned char c, struct str *out, enum escape_action *action)
{
	if (escape->idle && c == CTRL_C) {
		*action = ESCAPE_END;
		return true;
	}
	if (!escape->pending) {
		escape->pending = escape->line_start && c == escape->key;
		return escape->pending;
	}
	escape->pending = false;
	*action = action_of((char)c);
	if (*action != ESCAPE_NONE)
		return true;
	if (c != escape->key) /* not for us: the held-back key goes first */
		str_add_char(out, (char)escape->key);
	return false;
}

/* How many bytes from the start cannot begin a sequence; ends with the line. */
static size_t plain_run(const struct escape *escape, const char *in, size_t len)
{
	size_t run = 0;

	if (escape->key == -1)
		return len;
	if (escape->pending || escape->line_start || escape->idle)
		return 0;
	while (run < len && in[run] != '\r' && in[run] != '\n')
		run++;
	return run;
}

size_t escape_feed(
    struct escape *escape, const char *in, size_t len, struct str *out, enum escape_action *action)
{
	*action = ESCAPE_NONE;
	for (size_t i = 0; i < len; i++) {
		size_t run = plain_run(escape, in + i, len - i);
		str_add_mem(out, in + i, run);
		i += run;
		if (i == len)
			break;
		if (swallow(escape, (unsigned char)in[i], out, action)) {
			if (*action != ESCAPE_NONE)
				return i + 1;
			continue;
		}
		escape->line_start = in[i] == '\r' || in[i] == '\n';
		str_add_char(out, in[i]);
	}
	return len;
}

void escape_key_name(const struct escape *escape, struct str *out)
{
	if (escape->key < ' ')
		str_addf(out, "^%c", escape->key + '@');
	else
		str_add_char(out, (char)escape->key);
}

void escape_help(const struct escape *escape, struct str *out)
{
	struct str key = STR_INIT;

	escape_key_name(escape, &key);
	str_addf(out, "%s?\r\n%s\r\n", str_text(&key), _("Supported escape sequences:"));
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++)
		str_addf(out, " %s%-3s - %s\r\n", str_text(&key), sequences[i].name,
		    _(sequences[i].help));
	str_addf(out, " %s%-3s - %s\r\n", str_text(&key), str_text(&key),
	    _("send the escape character by typing it twice"));
	str_addf(out, "%s\r\n",
	    _("(Escapes are only recognized immediately after newline.  A break cannot be sent.)"));
	str_done(&key);
}
