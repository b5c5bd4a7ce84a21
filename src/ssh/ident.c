/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/ident.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"

enum {
	LINE_MAX_SSH = 255, /* RFC 4253 section 4.2, CR LF included; libssh2 keeps 256 */
	LINE_MAX_TEXT = 8192, /* as OpenSSH kex.c (SSH_MAX_BANNER_LEN) */
	LINES_MAX = 1024, /* as OpenSSH kex.c (SSH_MAX_PRE_BANNER_LINES) */
	TOTAL_MAX = 64 * 1024,
	TEXT_KEPT = 8192,
	QUOTED = 60,
};

/* ---- what answers when it is not SSH ---- */

struct other {
	const char *start; /* of all that came */
	size_t len;
	const char *word; /* that the first line holds as well; NULL: any */
	const char *name;
};

#define STARTS(text) (text), sizeof(text) - 1

static const struct other others[] = {
	{ STARTS("HTTP/"), NULL, N_("a web server (HTTP)") },
	{ STARTS("<!DOCTYPE"), NULL, N_("a web server (HTML)") },
	{ STARTS("<html"), NULL, N_("a web server (HTML)") },
	{ STARTS("\x15\x03"), NULL, N_("a TLS server (such as HTTPS)") },
	{ STARTS("\x16\x03"), NULL, N_("a TLS server (such as HTTPS)") },
	{ STARTS("220"), "SMTP", N_("a mail server (SMTP)") },
	{ STARTS("220"), "FTP", N_("an FTP server") },
	{ STARTS("220"), NULL, N_("an FTP or mail server") },
	{ STARTS("554 "), NULL, N_("a mail server (SMTP)") },
	{ STARTS("421 "), NULL, N_("an FTP or mail server") },
	{ STARTS("+OK"), NULL, N_("a mail server (POP3)") },
	{ STARTS("* OK"), NULL, N_("a mail server (IMAP)") },
	{ STARTS("RFB 0"), NULL, N_("a VNC server") },
	{ STARTS("RTSP/"), NULL, N_("a media server (RTSP)") },
	{ STARTS("-ERR "), NULL, N_("a Redis or mail server") },
	{ STARTS("\xff\xfb"), NULL, N_("a Telnet server") },
	{ STARTS("\xff\xfd"), NULL, N_("a Telnet server") },
	{ STARTS("\x03\x00"), NULL, N_("a remote desktop (RDP) server") },
};

static bool line_holds(const unsigned char *line, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	for (size_t i = 0; i + word_len <= len; i++)
		if (memcmp(line + i, word, word_len) == 0)
			return true;
	return false;
}

/* NULL: not one that we know. */
static const char *other_name(const unsigned char *data, size_t len)
{
	const unsigned char *end = len > 0 ? memchr(data, '\n', len) : NULL;
	size_t line = end != NULL ? (size_t)(end - data) : len;

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const struct other *other = &others[i];

		if (len >= other->len && memcmp(data, other->start, other->len) == 0 &&
		    (other->word == NULL || line_holds(data, line, other->word)))
			return _(other->name);
	}
	return NULL;
}

/* The beginning of the first line, cleaned, with a mark where more of it was cut off. */
static char *quote(const unsigned char *data, size_t len)
{
	struct str out = STR_INIT;
	const unsigned char *end = len > 0 ? memchr(data, '\n', len) : NULL;

	if (end != NULL)
		len = (size_t)(end - data);
	while (len > 0 && data[len - 1] == '\r')
		len--;
	clean_text(&out, (const char *)data, len < QUOTED ? len : QUOTED, 0);
	if (len > QUOTED)
		str_add(&out, "...");
	str_add(&out, "");
	return str_take(&out);
}

static enum ident_status fail_quoting(
    struct err *err, const char *what, const unsigned char *data, size_t len)
{
	char *quoted = quote(data, len);

	err_set(err, ERR_PROTOCOL, _("%s; it begins \"%s\""), what, quoted);
	err_hint(err, _("Is the port right?  SSH servers usually listen on port 22."));
	free(quoted);
	return IDENT_FAILED;
}

static enum ident_status fail_other(
    struct err *err, const char *name, const unsigned char *data, size_t len)
{
	char *what = mem_printf(_("%s answers, not an SSH server"), name);

	fail_quoting(err, what, data, len);
	free(what);
	return IDENT_FAILED;
}

/*
 * OpenSSH sshd.c (drop_connection) says one of these in place of its identification when
 * MaxStartups or a penalty turns a connection away.
 */
static bool turned_away(const unsigned char *line, size_t len, struct err *err)
{
	if (!line_holds(line, len, "Not allowed at this time") &&
	    !line_holds(line, len, "Exceeded MaxStartups"))
		return false;
	err_set(err, ERR_REFUSED,
	    _("the SSH server takes no connection from here now: too many are waiting to log in "
	      "(MaxStartups), or this address has a penalty for failed ones"));
	err_hint(err,
	    _("Wait a minute without trying, then try once.  On the server: sshd_config(5), "
	      "MaxStartups and PerSourcePenalties, and the log of sshd."));
	return true;
}

/* ---- the line itself ---- */

static enum ident_status read_line(
    struct ident *ident, const unsigned char *line, size_t len, struct err *err)
{
	static const char *const versions[] = { "SSH-2.0-", "SSH-1.99-" };

	if (memchr(line, '\0', len) != NULL)
		return fail_quoting(err,
		    _("the server's identification holds a NUL byte, which SSH forbids"), line,
		    len);
	ident->line = mem_strndup((const char *)line, len);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		if (str_starts(ident->line, versions[i])) {
			ident->software = mem_strdup(ident->line + strlen(versions[i]));
			return IDENT_DONE;
		}
	}
	if (!str_starts(ident->line, "SSH-1.")) {
		fail_quoting(err, _("the server's identification is malformed"), line, len);
	} else {
		fail_quoting(err, _("the server speaks only version 1 of SSH"), line, len);
		err_hint(err,
		    _("Version 1 is broken and gone from every current client: the "
		      "server needs an update."));
	}
	ident_done(ident);
	return IDENT_FAILED;
}

/* line: what begins with "SSH-", rest bytes to the end of all that came. */
static enum ident_status finish(struct ident *ident, const unsigned char *data,
    const unsigned char *line, size_t rest, struct err *err)
{
	const unsigned char *end = memchr(line, '\n', rest);
	size_t before = (size_t)(line - data);
	size_t len = end != NULL ? (size_t)(end - line) : rest;

	if (len >= LINE_MAX_SSH)
		return fail_quoting(err,
		    _("the server's identification is longer than the 255 bytes that SSH allows"),
		    line, len);
	if (end == NULL)
		return IDENT_MORE;
	*ident = (struct ident){ .consumed = before + len + 1 };
	while (len > 0 && line[len - 1] == '\r')
		len--;
	if (read_line(ident, line, len, err) == IDENT_FAILED)
		return IDENT_FAILED;
	str_add_mem(&ident->text, data, before < TEXT_KEPT ? before : TEXT_KEPT);
	return IDENT_DONE;
}

/* Is it something else?  A text is waited for to the end of its first line, which names it better. */
static enum ident_status check_start(const unsigned char *data, size_t len, struct err *err)
{
	const char *other = other_name(data, len);
	bool text = len > 0 && data[0] >= ' ' && data[0] <= '~';

	if (other == NULL || (text && len < QUOTED && memchr(data, '\n', len) == NULL))
		return IDENT_MORE;
	return fail_other(err, other, data, len);
}

/* Text may come before the identification (RFC 4253 section 4.2), but not bytes like these. */
static bool is_binary(const unsigned char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] < 0x07 || (line[i] >= 0x0e && line[i] < 0x20 && line[i] != 0x1b))
			return true;
	return false;
}

static enum ident_status check_line(
    const unsigned char *data, const unsigned char *line, size_t len, struct err *err)
{
	size_t all = (size_t)(line - data) + len;

	if (turned_away(line, len, err))
		return IDENT_FAILED;
	if (is_binary(line, len))
		return fail_quoting(err, _("binary data comes back, not SSH"), data, all);
	if (len > LINE_MAX_TEXT)
		return fail_quoting(err, _("a line without end comes back, not SSH"), data, all);
	return IDENT_MORE;
}

enum ident_status ident_parse(
    struct ident *ident, const unsigned char *data, size_t len, struct err *err)
{
	const unsigned char *line = data, *end = data;

	if (len == 0)
		return IDENT_MORE;
	if (check_start(data, len, err) == IDENT_FAILED)
		return IDENT_FAILED;
	for (unsigned lines = 0; end != NULL && lines <= LINES_MAX; lines++) {
		size_t rest = len - (size_t)(line - data);
		size_t line_len;

		if (rest >= 4 && memcmp(line, "SSH-", 4) == 0)
			return finish(ident, data, line, rest, err);
		end = memchr(line, '\n', rest);
		line_len = end != NULL ? (size_t)(end - line) : rest;
		if (check_line(data, line, line_len, err) == IDENT_FAILED)
			return IDENT_FAILED;
		line += line_len + 1;
	}
	if (end == NULL && len <= TOTAL_MAX)
		return IDENT_MORE;
	return fail_quoting(
	    err, _("line after line comes back and no SSH identification"), data, len);
}

void ident_done(struct ident *ident)
{
	free(ident->line);
	free(ident->software);
	str_done(&ident->text);
	*ident = (struct ident){ 0 };
}

/* ---- no line at all ---- */

struct cut {
	int errnum;
	enum err_code code;
	const char *what;
	const char *hint;
};

#define CUT_HINT                                                                                                   \
	N_("The machine is up.  Too many connections may wait to log in there (MaxStartups), this address may be " \
	   "banned for a while (fail2ban, PerSourcePenalties), or a firewall or hosts.deny cuts "                  \
	   "the connection.  Wait a minute without trying; then see the server's log.")

static const struct cut cuts[] = {
	{ 0, ERR_RESET, N_("the server closed the connection before its SSH banner"), CUT_HINT },
	{ ECONNRESET, ERR_RESET, N_("the connection was reset before the SSH banner"), CUT_HINT },
	{ EPIPE, ERR_RESET, N_("the connection was reset before the SSH banner"), CUT_HINT },
	{ ETIMEDOUT, ERR_TIMEOUT, N_("the port is open, but no SSH banner came"),
	    N_("Another service may listen there (web and TLS servers wait for the client to "
	       "speak), a load balancer or firewall may answer in the server's place, or the "
	       "machine is too busy to start sshd.") },
};

static const struct cut *cut_find(int errnum)
{
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
		if (cuts[i].errnum == errnum)
			return &cuts[i];
	return NULL;
}

void ident_cut(const unsigned char *got, size_t len, int errnum, struct err *err)
{
	const struct cut *cut = cut_find(errnum);
	const char *other = other_name(got, len);
	char *quoted;

	if (turned_away(got, len, err))
		return;
	if (other != NULL) {
		fail_other(err, other, got, len);
		return;
	}
	if (cut == NULL) {
		err_set(err, ERR_UNREACHABLE, _("the connection broke before the SSH banner: %s"),
		    strerror(errnum));
		return;
	}
	quoted = quote(got, len);
	if (len == 0)
		err_set(err, cut->code, "%s", _(cut->what));
	else
		err_set(err, cut->code, _("%s; all that came was \"%s\""), _(cut->what), quoted);
	err_hint(err, "%s", _(cut->hint));
	free(quoted);
}
