/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sallyport/util.h"
#include "ssh/ident.h"

static enum ident_status parse(struct ident *ident, const void *data, size_t len, struct err *err)
{
	/* exactly as long as it is, so that valgrind sees a read beyond it */
	unsigned char *exact = mem_dup(data, len);
	enum ident_status status = ident_parse(ident, exact, len, err);

	free(exact);
	return status;
}

static void assert_fails_with(const void *data, size_t len, enum err_code code, const char *says)
{
	struct ident ident = { 0 };
	struct err err = ERR_INIT;

	assert_int_equal(parse(&ident, data, len, &err), IDENT_FAILED);
	assert_int_equal(err.code, code);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", says, err.text);
	assert_string_not_equal(err.hint, "");
	assert_null(ident.line);
}

#define ASSERT_FAILS(text, says) assert_fails_with((text), sizeof(text) - 1, ERR_PROTOCOL, (says))

static void reads_the_line_of_openssh(void **state)
{
	static const char text[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n\0\0\3\14";
	struct ident ident = { 0 };

	(void)state;
	assert_int_equal(parse(&ident, text, sizeof text - 1, NULL), IDENT_DONE);
	assert_string_equal(ident.line, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3");
	assert_string_equal(ident.software, "OpenSSH_9.2p1 Debian-2+deb12u3");
	assert_string_equal(str_text(&ident.text), "");
	assert_int_equal(ident.consumed, sizeof text - 1 - 4);
	ident_done(&ident);
}

static void reads_a_line_without_carriage_return(void **state)
{
	struct ident ident = { 0 };

	(void)state;
	assert_int_equal(parse(&ident, "SSH-1.99-x\n", 11, NULL), IDENT_DONE);
	assert_string_equal(ident.line, "SSH-1.99-x");
	assert_string_equal(ident.software, "x");
	ident_done(&ident);
}

static void keeps_the_lines_before_it(void **state)
{
	static const char text[] = "Authorised users only\r\n\r\nSSH-2.0-x\r\n";
	struct ident ident = { 0 };

	(void)state;
	assert_int_equal(parse(&ident, text, sizeof text - 1, NULL), IDENT_DONE);
	assert_string_equal(str_text(&ident.text), "Authorised users only\r\n\r\n");
	assert_int_equal(ident.consumed, sizeof text - 1);
	ident_done(&ident);
}

static void waits_for_every_missing_byte(void **state)
{
	static const char text[] = "Hello\r\nSSH-2.0-x\r\n";
	struct ident ident = { 0 };

	(void)state;
	for (size_t len = 1; len < sizeof text - 1; len++)
		assert_int_equal(parse(&ident, text, len, NULL), IDENT_MORE);
	assert_int_equal(parse(&ident, text, sizeof text - 1, NULL), IDENT_DONE);
	ident_done(&ident);
}

/* N10 to N12 */
static void names_what_answers_instead(void **state)
{
	(void)state;
	ASSERT_FAILS("HTTP/1.1 400 Bad Request\r\n", "a web server");
	ASSERT_FAILS("HTTP/1.1 400 Bad Request\r\n", "\"HTTP/1.1 400 Bad Request\"");
	ASSERT_FAILS("<html><body>\n", "a web server");
	ASSERT_FAILS("\x15\x03\x01\x00\x02\x02\x46", "a TLS server");
	ASSERT_FAILS("\x16\x03\x03", "a TLS server");
	ASSERT_FAILS("220 mail.example.org ESMTP Postfix\r\n", "a mail server (SMTP)");
	ASSERT_FAILS("220 (vsFTPd 3.0.3)\r\n", "an FTP server");
	ASSERT_FAILS("220 welcome\r\n", "an FTP or mail server");
	ASSERT_FAILS("+OK Dovecot ready.\r\n", "POP3");
	ASSERT_FAILS("* OK IMAP4 ready\r\n", "IMAP");
	ASSERT_FAILS("RFB 003.008\n", "VNC");
}

/* N13 */
static void names_binary_data(void **state)
{
	(void)state;
	ASSERT_FAILS("\x4a\x00\x00\x00\x0a"
		     "8.0.34",
	    "binary data");
	ASSERT_FAILS("ab\x01", "begins \"ab\\x01\"");
}

/* N14 */
static void refuses_version_1(void **state)
{
	(void)state;
	ASSERT_FAILS("SSH-1.5-1.2.27\n", "only version 1");
}

static void refuses_a_malformed_line(void **state)
{
	(void)state;
	ASSERT_FAILS("SSH-2.0\r\n", "malformed");
	ASSERT_FAILS("SSH-3.7-x\r\n", "malformed");
}

/* N15 */
static void refuses_a_nul_in_the_line(void **state)
{
	(void)state;
	ASSERT_FAILS("SSH-2.0-a\0b\r\n", "NUL");
}

/* N15: odd, but harmless: it is cleaned where it is shown */
static void takes_escape_codes_in_the_line(void **state)
{
	struct ident ident = { 0 };

	(void)state;
	assert_int_equal(parse(&ident, "SSH-2.0-\033[2Jx\r\n", 15, NULL), IDENT_DONE);
	assert_string_equal(ident.software, "\033[2Jx");
	ident_done(&ident);
}

static void quotes_only_cleaned_text(void **state)
{
	struct ident ident = { 0 };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(parse(&ident, "SSH-9\033]0;x\007\n", 13, &err), IDENT_FAILED);
	assert_null(strchr(err.text, '\033'));
	assert_null(strchr(err.text, '\007'));
	assert_non_null(strstr(err.text, "\\x1b]0;x"));
}

static void fill(struct str *text, char c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		str_add_char(text, c);
}

/* N15: RFC 4253 allows 255 bytes with the line's end */
static void refuses_a_line_of_256_bytes(void **state)
{
	struct str text = STR_INIT;
	struct ident ident = { 0 };

	(void)state;
	str_add(&text, "SSH-2.0-");
	fill(&text, 'x', 255 - 8 - 2);
	str_add(&text, "\r\n");
	assert_int_equal(parse(&ident, text.data, text.len, NULL), IDENT_DONE);
	ident_done(&ident);
	text.len -= 2;
	str_add(&text, "y\r\n");
	assert_fails_with(text.data, text.len, ERR_PROTOCOL, "255");
	text.len -= 2; /* and without its end */
	fill(&text, 'x', 1);
	assert_fails_with(text.data, text.len, ERR_PROTOCOL, "255");
	str_done(&text);
}

/* N9 */
static void refuses_a_line_without_end(void **state)
{
	struct str text = STR_INIT;

	(void)state;
	fill(&text, 'a', 8193);
	assert_fails_with(text.data, text.len, ERR_PROTOCOL, "without end");
	str_done(&text);
}

/* N8 */
static void refuses_endless_lines(void **state)
{
	struct str text = STR_INIT;

	(void)state;
	for (int i = 0; i < 1025; i++)
		str_add(&text, "x\n");
	assert_fails_with(text.data, text.len, ERR_PROTOCOL, "line after line");
	str_reset(&text);
	while (text.len <= 64 * 1024) {
		fill(&text, 'x', 1000);
		str_add(&text, "\n");
	}
	assert_fails_with(text.data, text.len, ERR_PROTOCOL, "line after line");
	str_done(&text);
}

static void tells_that_sshd_turns_us_away(void **state)
{
	(void)state;
	assert_fails_with("Not allowed at this time\r\n", 26, ERR_REFUSED, "MaxStartups");
	assert_fails_with("Exceeded MaxStartups\r\n", 22, ERR_REFUSED, "MaxStartups");
}

static void assert_cut(
    const char *got, size_t len, int errnum, enum err_code code, const char *says)
{
	struct err err = ERR_INIT;

	ident_cut((const unsigned char *)got, len, errnum, &err);
	assert_int_equal(err.code, code);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", says, err.text);
}

static void tells_how_a_connection_ended_without_a_line(void **state)
{
	(void)state;
	assert_cut(NULL, 0, 0, ERR_RESET, "closed the connection before its SSH banner");
	assert_cut(NULL, 0, ECONNRESET, ERR_RESET, "reset before the SSH banner");
	assert_cut(NULL, 0, ETIMEDOUT, ERR_TIMEOUT, "no SSH banner came");
	assert_cut(NULL, 0, EHOSTUNREACH, ERR_UNREACHABLE, "No route to host");
	assert_cut("SSH-2.", 6, 0, ERR_RESET, "all that came was \"SSH-2.\"");
	assert_cut("220 mx ESMTP", 12, ETIMEDOUT, ERR_PROTOCOL, "a mail server");
	assert_cut("Not allowed at this time", 24, 0, ERR_REFUSED, "MaxStartups");
}

static void hints_at_maxstartups_and_bans_when_cut(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	ident_cut(NULL, 0, ECONNRESET, &err);
	assert_non_null(strstr(err.hint, "MaxStartups"));
	assert_non_null(strstr(err.hint, "fail2ban"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_line_of_openssh),
		cmocka_unit_test(reads_a_line_without_carriage_return),
		cmocka_unit_test(keeps_the_lines_before_it),
		cmocka_unit_test(waits_for_every_missing_byte),
		cmocka_unit_test(names_what_answers_instead),
		cmocka_unit_test(names_binary_data),
		cmocka_unit_test(refuses_version_1),
		cmocka_unit_test(refuses_a_malformed_line),
		cmocka_unit_test(refuses_a_nul_in_the_line),
		cmocka_unit_test(takes_escape_codes_in_the_line),
		cmocka_unit_test(quotes_only_cleaned_text),
		cmocka_unit_test(refuses_a_line_of_256_bytes),
		cmocka_unit_test(refuses_a_line_without_end),
		cmocka_unit_test(refuses_endless_lines),
		cmocka_unit_test(tells_that_sshd_turns_us_away),
		cmocka_unit_test(tells_how_a_connection_ended_without_a_line),
		cmocka_unit_test(hints_at_maxstartups_and_bans_when_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
