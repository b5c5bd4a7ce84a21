/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <string.h>

/* A document being checked.  The stack is a bit a level: 1 an object, 0 an array. */
struct scan {
	const char *text;
	size_t len;
	size_t pos;
	uint64_t objects;
	int depth;
	struct err *err;
};

_Static_assert(JSON_DEPTH_MAX <= 64, "one bit a level");

static int peek(const struct scan *s)
{
	return s->pos < s->len ? (unsigned char)s->text[s->pos] : -1;
}

static void skip_space(struct scan *s)
{
	for (; s->pos < s->len; s->pos++) {
		char c = s->text[s->pos];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			break;
	}
}

/* "expected X, but found Y" at the current place; expected is N_() text. */
static bool unexpected(struct scan *s, const char *untranslated)
{
	const char *expected = _(untranslated);
	int c = peek(s);

	if (c == -1)
		return err_set(
		    s->err, ERR_SYNTAX, _("the text ends where %s was expected"), expected);
	if (c >= 0x21 && c < 0x7f)
		return err_set(s->err, ERR_SYNTAX, _("expected %s, but found '%c'"), expected, c);
	return err_set(s->err, ERR_SYNTAX, _("expected %s, but found byte 0x%02X"), expected, c);
}

static bool expect(struct scan *s, char c, const char *name)
{
	skip_space(s);
	if (peek(s) != c)
		return unexpected(s, name);
	s->pos++;
	return true;
}

static bool scan_escape(struct scan *s)
{
	s->pos++;
	int c = peek(s);

	if (c > 0 && strchr("\"\\/bfnrt", c)) {
		s->pos++;
		return true;
	}
	if (c != 'u')
		return unexpected(s, N_("one of \" \\ / b f n r t u after a backslash"));
	s->pos++;
	for (int i = 0; i < 4; i++, s->pos++) {
		c = peek(s);
		if (c <= 0 || !strchr("0123456789abcdefABCDEF", c))
			return unexpected(s, N_("four hexadecimal digits after \\u"));
	}
	return true;
}

static bool scan_string(struct scan *s)
{
	s->pos++;
	for (;;) {
		uint32_t cp;
		int c = peek(s);

		if (c == -1)
			return unexpected(s, N_("the closing '\"' of a string"));
		if (c == '"') {
			s->pos++;
			return true;
		}
		if (c < 0x20)
			return err_set(s->err, ERR_SYNTAX,
			    _("a control character (0x%02X) or the end of the line inside a string"),
			    c);
		if (c == '\\') {
			if (!scan_escape(s))
				return false;
			continue;
		}
		size_t n = c < 0x80 ? 1 : utf8_decode(s->text + s->pos, s->len - s->pos, &cp);
		if (!n)
			return err_set(s->err, ERR_SYNTAX, _("byte 0x%02X is not valid UTF-8"), c);
		s->pos += n;
	}
}

/* At least one digit. */
static bool scan_digits(struct scan *s)
{
	if (peek(s) < '0' || peek(s) > '9')
		return unexpected(s, N_("a digit"));
	while (peek(s) >= '0' && peek(s) <= '9')
		s->pos++;
	return true;
}

static bool scan_number(struct scan *s)
{
	if (peek(s) == '-')
		s->pos++;
	if (peek(s) == '0')
		s->pos++; /* nothing but a fraction or an exponent may follow */
	else if (!scan_digits(s))
		return false;
	if (peek(s) == '.') {
		s->pos++;
		if (!scan_digits(s))
			return false;
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->pos++;
		if (peek(s) == '+' || peek(s) == '-')
			s->pos++;
		if (!scan_digits(s))
			return false;
	}
	if (peek(s) >= '0' && peek(s) <= '9')
		return err_set(s->err, ERR_SYNTAX, _("a number must not begin with 0"));
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len - s->pos < len || memcmp(s->text + s->pos, word, len) != 0)
		return unexpected(s, N_("a value"));
	s->pos += len;
	return true;
}

static bool scan_scalar(struct scan *s)
{
	switch (peek(s)) {
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		if (peek(s) == '-' || (peek(s) >= '0' && peek(s) <= '9'))
			return scan_number(s);
		return unexpected(s, N_("a value"));
	}
}

/* A member's name and its colon. */
static bool scan_name(struct scan *s)
{
	skip_space(s);
	if (peek(s) != '"')
		return unexpected(s, N_("a member's name in double quotes"));
	return scan_string(s) && expect(s, ':', N_("':' after a member's name"));
}

static bool in_object(const struct scan *s)
{
	return s->objects >> (s->depth - 1) & 1;
}

/*
 * Reads a scalar, an empty container, or the opening of one.  *complete: nothing of it is left
 * to read; else its first value comes next.
 */
static bool scan_opening(struct scan *s, bool *complete)
{
	skip_space(s);
	bool object = peek(s) == '{';

	*complete = true;
	if (!object && peek(s) != '[')
		return scan_scalar(s);
	if (s->depth == JSON_DEPTH_MAX)
		return err_set(
		    s->err, ERR_SYNTAX, _("nested deeper than %d levels"), JSON_DEPTH_MAX);
	s->pos++;
	skip_space(s);
	if (peek(s) == (object ? '}' : ']')) {
		s->pos++;
		return true;
	}
	*complete = false;
	s->objects &= ~(UINT64_C(1) << s->depth);
	s->objects |= (uint64_t)object << s->depth;
	s->depth++;
	return !object || scan_name(s);
}

/* After a complete value: closes what ends here.  *more: another value comes next. */
static bool scan_following(struct scan *s, bool *more)
{
	*more = false;
	while (s->depth) {
		bool object = in_object(s);

		skip_space(s);
		if (peek(s) == ',') {
			s->pos++;
			*more = true;
			return !object || scan_name(s);
		}
		if (peek(s) != (object ? '}' : ']'))
			return unexpected(s, object ? N_("',' or '}'") : N_("',' or ']'"));
		s->pos++;
		s->depth--;
	}
	return true;
}

/* Text in another encoding is named, instead of calling its first byte wrong. */
static bool scan_encoding(struct scan *s)
{
	const char *t = s->text;

	if (s->len >= 2 &&
	    ((t[0] == '\xff' && t[1] == '\xfe') || (t[0] == '\xfe' && t[1] == '\xff') ||
		(!t[0] != !t[1])))
		return err_set(s->err, ERR_SYNTAX, _("this is UTF-16 text, but JSON is UTF-8"));
	if (s->len >= 3 && memcmp(t, "\xef\xbb\xbf", 3) == 0)
		s->pos = 3;
	skip_space(s);
	if (s->pos == s->len)
		return err_set(s->err, ERR_SYNTAX, _("the text is empty"));
	return true;
}

static bool scan_document(struct scan *s)
{
	bool complete, more = true;

	if (!scan_encoding(s))
		return false;
	while (more) {
		if (!scan_opening(s, &complete) || (complete && !scan_following(s, &more)))
			return false;
	}
	skip_space(s);
	return s->pos == s->len || unexpected(s, N_("nothing after the end of the document"));
}

bool json_scan(const char *text, size_t len, struct json_place *fault, struct err *err)
{
	struct scan s = { .text = text, .len = len, .err = err };

	if (scan_document(&s))
		return true;
	*fault = (struct json_place)JSON_PLACE_START;
	json_place_move(fault, text, s.pos);
	return false;
}

bool json_valid(const char *text, size_t len, struct err *err)
{
	struct json_place fault;

	if (json_scan(text, len, &fault, err))
		return true;
	return err_context(err, _("line %d, column %d"), fault.line, fault.col);
}

void json_place_move(struct json_place *place, const char *text, size_t at)
{
	if (at < place->at)
		*place = (struct json_place)JSON_PLACE_START;
	for (; place->at < at; place->at++) {
		unsigned char c = (unsigned char)text[place->at];

		if (c == '\n') {
			place->line++;
			place->col = 1;
		} else if ((c & 0xc0) != 0x80 && !(place->at == 0 && c == 0xef)) {
			place->col++; /* continuation bytes and a byte order mark have no column */
		}
	}
}
