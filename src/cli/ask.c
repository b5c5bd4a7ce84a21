/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

enum { ANSWER_MAX = 256 };

static void say(int tty, const char *text)
{
	struct str line = STR_INIT;
	ssize_t put;

	str_add(&line, "sallyport> ");
	clean_text(&line, text, strlen(text), clean_locale_flags());
	str_add_char(&line, ' ');
	do
		put = write(tty, str_text(&line), line.len);
	while (put == -1 && errno == EINTR);
	str_done(&line);
}

/* One line without its end; false: the terminal has none. */
static bool read_line(int tty, char *line, size_t size)
{
	ssize_t got;

	do
		got = read(tty, line, size - 1);
	while (got == -1 && errno == EINTR);
	if (got <= 0)
		return false;
	line[got] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

bool cli_ask_yes(const char *question, const char *also, bool *yes, struct err *err)
{
	char line[ANSWER_MAX];
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	bool again = true;

	*yes = false;
	if (tty == -1) {
		err_set(err, ERR_LOCAL, _("there is no terminal to ask on"));
		return false;
	}
	for (const char *text = question; again;
	     text = _("Please type 'yes', 'no' or the fingerprint:")) {
		tcflush(tty, TCIFLUSH);
		say(tty, text);
		again = read_line(tty, line, sizeof line);
		*yes = again && (strcasecmp(line, "yes") == 0 || (also && str_eq(line, also)));
		again = again && !*yes && *line && strcasecmp(line, "no") != 0;
	}
	close(tty);
	return true;
}
