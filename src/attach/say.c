/* SPDX-License-Identifier: Apache-2.0 */
#include "say.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "stream.h"

enum {
	SERVER_TEXT_MAX = 64 * 1024, /* of one text: more says nothing more to a person */
	LINE_COLS_MIN = 20,
	TAB_COLS = 8,
	PATIENCE_MS = 2000,
};

/* False: not all of it, as nobody read for so long. */
static bool write_patiently(int fd, const char *data, size_t len, int patience_ms)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put >= 0) {
			data += put;
			len -= (size_t)put;
		} else if (errno == EAGAIN && poll(&room, 1, patience_ms) == 0) {
			return false;
		} else if (errno != EAGAIN && errno != EINTR) {
			return true;
		}
	}
	return true;
}

void say_write(int fd, const char *data, size_t len)
{
	write_patiently(fd, data, len, PATIENCE_MS);
}

void say_bytes(struct say *say, int fd, const char *data, size_t len)
{
	say->unread = !write_patiently(fd, data, len, say->unread ? 0 : PATIENCE_MS);
}

static int columns_of(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void say_init(struct say *say, enum level level, const char *name, int tty)
{
	const char *type = getenv("TERM");

	*say = (struct say){ .level = level, .name = clean_dup(name), .tty = tty };
	say->dumb = !type || !*type || str_eq(type, "dumb");
	/* A pipe is waited for: who reads it wants all of it. */
	say->err = isatty(STDERR_FILENO) ? stream_open_again(STDERR_FILENO, LOOP_WRITE) : -1;
	if (say->err == -1)
		say->err = STDERR_FILENO;
	say->log = say->err;
	say->cols = columns_of(tty != -1 ? tty : STDERR_FILENO);
}

void say_done(struct say *say)
{
	say_erase(say);
	if (say->err != STDERR_FILENO)
		close(say->err);
	free(say->name);
	say->name = NULL;
}

/* The longest beginning of text that fits into cols columns; at least one character. */
static size_t fit(const char *text, size_t len, int cols)
{
	mbstate_t state = { 0 };
	size_t at = 0;

	while (at < len) {
		wchar_t wide = 0;
		size_t step = mbrtowc(&wide, text + at, len - at, &state);
		int width = text[at] == '\t' ? TAB_COLS : 1;
		if (step == 0 || step >= (size_t)-2) {
			step = 1;
			memset(&state, 0, sizeof state);
		} else if (wcwidth(wide) >= 0) {
			width = wcwidth(wide);
		}
		if (at > 0 && width > cols)
			break;
		cols -= width;
		at += step;
	}
	return at;
}

static void add_line(struct str *out, const char *prefix, const char *line, size_t len, int cols)
{
	do {
		size_t part = fit(line, len, cols);
		str_addf(out, "%s%.*s\n", prefix, (int)part, line);
		line += part;
		len -= part;
	} while (len > 0);
}

/* The protocol ends lines in CR LF (RFC 4252 5.4, RFC 4256 3.2): only what else a CR does is shown. */
static void clean_lines(struct str *out, const char *text, size_t len)
{
	struct str plain = STR_INIT;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' || (i + 1 < len && text[i + 1] != '\n'))
			str_add_char(&plain, text[i]);
	clean_text(out, str_text(&plain), plain.len, CLEAN_LINES | clean_locale_flags());
	str_done(&plain);
}

void say_prefixed(struct str *out, const char *prefix, const char *text, size_t len, int cols)
{
	struct str clean = STR_INIT;
	int room = (cols > LINE_COLS_MIN ? cols : LINE_COLS_MIN) - (int)strlen(prefix) - 1;
	bool cut = len > SERVER_TEXT_MAX;

	clean_lines(&clean, text, cut ? SERVER_TEXT_MAX : len);
	for (const char *line = str_text(&clean); *line;) {
		size_t line_len = strcspn(line, "\n");
		add_line(out, prefix, line, line_len, room);
		line += line_len + (line[line_len] == '\n');
	}
	if (cut)
		str_addf(out, _("%s(cut after %d of %zu bytes)\n"), prefix, SERVER_TEXT_MAX, len);
	str_done(&clean);
}

void say_erase(struct say *say)
{
	struct str out = STR_INIT;

	if (!say->shown)
		return;
	if (say->dumb)
		str_addf(&out, "\r%*s\r", say->cols - 1, "");
	else
		str_add(&out, "\r\033[K");
	say_bytes(say, say->tty, str_text(&out), out.len);
	str_done(&out);
	say->shown = false;
}

void say_stage(struct say *say, const char *text)
{
	struct str line = STR_INIT;

	if (say->tty == -1)
		return;
	say_erase(say);
	str_addf(&line, "%s%s: ", OWN_PREFIX, say->name);
	clean_text(&line, text, strlen(text), clean_locale_flags());
	str_add(&line, " ...");
	/* Not worth waiting for. */
	say->shown =
	    write(say->tty, str_text(&line), fit(str_text(&line), line.len, say->cols - 1)) > 0;
	str_done(&line);
}

void say_line(struct say *say, enum level level, const char *fmt, ...)
{
	struct str text = STR_INIT, line = STR_INIT;
	va_list ap;

	if (level > say->level)
		return;
	say_erase(say);
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	clean_text(&line, str_text(&text), text.len, clean_locale_flags());
	str_add(&line, say->raw && say->log == say->err ? "\r\n" : "\n");
	say_bytes(say, say->log, str_text(&line), line.len);
	str_done(&text);
	str_done(&line);
}

/* Some reasons begin with the name of the host already. */
static bool names_host(const struct say *say, const char *reason)
{
	size_t len = strlen(say->name);

	return strncmp(reason, say->name, len) == 0 && reason[len] == ':';
}

void say_error(struct say *say, const char *reason, const char *hint)
{
	if (names_host(say, reason))
		say_line(say, LEVEL_ERROR, "sallyport: %s", reason);
	else
		say_line(say, LEVEL_ERROR, "sallyport: %s: %s", say->name, reason);
	if (hint && *hint)
		say_line(say, LEVEL_ERROR, _("hint: %s"), hint);
}

void say_server(struct say *say, const char *text, size_t len)
{
	struct str out = STR_INIT;

	if (say->level < LEVEL_INFO)
		return;
	say_erase(say);
	say_prefixed(&out, SERVER_PREFIX, text, len, say->cols);
	say_bytes(say, say->err, str_text(&out), out.len);
	str_done(&out);
}
