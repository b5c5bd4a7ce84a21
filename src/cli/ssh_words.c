/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

void ssh_words_keyword(const char *line, char **keyword, char **rest)
{
	size_t len;

	line += strspn(line, BLANKS);
	len = strcspn(line, BLANKS "=");
	*keyword = mem_strndup(line, len);
	line += len;
	line += strspn(line, BLANKS);
	if (*line == '=')
		line += 1 + strspn(line + 1, BLANKS);
	len = strlen(line);
	while (len > 0 && strchr(BLANKS, line[len - 1]))
		len--;
	*rest = mem_strndup(line, len);
}

/* Is the backslash at text for what follows it, inside of quote (0: outside of all)? */
static bool is_escape(const char *text, char quote)
{
	return *text == '\\' &&
	    (text[1] == '"' || text[1] == '\'' || text[1] == '\\' || (!quote && text[1] == ' '));
}

/* The word at *text, and *text behind it; NULL: a quotation mark is missing. */
static char *take_word(const char **text)
{
	struct str word = STR_INIT;
	char quote = 0;
	const char *at = *text;

	for (; *at && (quote || !strchr(BLANKS, *at)); at++) {
		if (is_escape(at, quote))
			str_add_char(&word, *++at);
		else if (quote && *at == quote)
			quote = 0;
		else if (!quote && (*at == '"' || *at == '\''))
			quote = *at;
		else
			str_add_char(&word, *at);
	}
	*text = at;
	if (!quote)
		return str_take(&word);
	str_done(&word);
	return NULL;
}

bool ssh_words_split(struct strlist *words, const char *text)
{
	for (text += strspn(text, BLANKS); *text && *text != '#'; text += strspn(text, BLANKS)) {
		char *word = take_word(&text);

		if (!word)
			return false;
		strlist_take(words, word);
	}
	return true;
}
