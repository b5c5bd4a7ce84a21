/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "sallyport/term.h"

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

/* Takes back what the terminal shows of an Esc that ended the line, and the rest of a key that begins like one. */
static void leave(int tty)
{
	static const char erase[] = "\b\b  \b\b\n";
	ssize_t put;

	do
		put = write(tty, erase, sizeof erase - 1);
	while (put == -1 && errno == EINTR);
	tcflush(tty, TCIFLUSH);
}

/* One line without its end, and an empty one where there is an Esc in it; false: the terminal has none. */
static bool read_line(int tty, char *line, size_t size)
{
	ssize_t got;

	do
		got = read(tty, line, size - 1);
	while (got == -1 && errno == EINTR);
	if (got <= 0)
		return false;
	line[got] = '\0';
	if (line[got - 1] == '\033')
		leave(tty);
	line[strcspn(line, "\r\n")] = '\0';
	if (strchr(line, '\033'))
		*line = '\0';
	return true;
}

static int open_tty(struct err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (tty == -1)
		err_set(err, ERR_LOCAL, _("there is no terminal to ask on"));
	return tty;
}

/* What was typed ahead does not answer. */
static bool ask(int tty, const char *text, char *line, size_t size)
{
	struct term *term = term_new(tty, NULL);
	bool got;

	if (term)
		term_set(term, TERM_LINE);
	tcflush(tty, TCIFLUSH);
	say(tty, text);
	got = read_line(tty, line, size);
	term_free(term);
	return got;
}

bool cli_ask_yes(const char *question, const char *also, bool *yes, struct err *err)
{
	char line[ANSWER_MAX];
	int tty = open_tty(err);
	bool again = true;

	*yes = false;
	if (tty == -1)
		return false;
	for (const char *text = question; again; text = also
		 ? _("Please type 'yes', 'no' or the fingerprint:")
		 : _("Please type 'yes' or 'no':")) {
		again = ask(tty, text, line, sizeof line);
		*yes = again && (strcasecmp(line, "yes") == 0 || (also && str_eq(line, also)));
		again = again && !*yes && *line && strcasecmp(line, "no") != 0;
	}
	close(tty);
	return true;
}

bool cli_ask_word(const char *question, const char *word, bool *yes, struct err *err)
{
	char line[ANSWER_MAX];
	int tty = open_tty(err);

	*yes = false;
	if (tty == -1)
		return false;
	*yes = ask(tty, question, line, sizeof line) && str_eq(line, word);
	close(tty);
	return true;
}

void cli_ask_enter(const char *text)
{
	char line[ANSWER_MAX];
	int tty = open_tty(NULL);

	if (tty == -1)
		return;
	ask(tty, text, line, sizeof line);
	close(tty);
}
