/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict scanner: a table of texts that RFC 8259's grammar allows and forbids, written from its
 * sections 2 to 8, and where a fault is said to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hosts/json.h"

/* A literal with its length, as it may hold NUL bytes. */
#define T(text)                                                                                    \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

struct sample {
	const char *text;
	size_t len;
};

static const struct sample accepted[] = {
	/* section 2: one value of any kind, white space around the six structural characters */
	T("null"),
	T("true"),
	T("false"),
	T("0"),
	T("\"\""),
	T("[]"),
	T("{}"),
	T(" null "),
	T("\t\r\n[\t\r\n]\t\r\n"),
	T(" { } "),
	T("[ 1 , 2 ]"),
	T("{ \"a\" : 1 , \"b\" : 2 }"),
	T("{\"a\":[]}"),
	T("[[],{},[[]],[{}]]"),
	T("{\"a\":{\"b\":{\"c\":{}}}}"),
	T("[null,true,false]"),
	T("[1]\n"),
	T("\r\n\r\n1"),
	/* a byte order mark may be ignored (section 8.1) */
	T("\xef\xbb\xbf{}"),
	T("\xef\xbb\xbf 1"),
	/* section 4: names need not be unique, may be empty, may be escaped */
	T("{\"\":0}"),
	T("{\"a\":1,\"a\":2}"),
	T("{\"\\u0061\":1}"),
	T("{\"a b\":1}"),
	T("{\"\\\"\":1}"),
	T("{\"\xe4\xb8\xad\":1}"),
	/* section 6 */
	T("-0"),
	T("-1"),
	T("10"),
	T("1234567890123456789012345678901234567890"),
	T("0.0"),
	T("-0.0"),
	T("1.5"),
	T("0.000000000000000000000000000000000000000000000000000000000000000000001"),
	T("1e1"),
	T("1E1"),
	T("1e+1"),
	T("1e-1"),
	T("1e01"),
	T("0e0"),
	T("0E+00"),
	T("-1.25e-10"),
	T("1e400"),
	T("-1e400"),
	T("1e-400"),
	T("[0,-0,1]"),
	T("123.456e78"),
	T("1.7976931348623157e308"),
	/* section 7 */
	T("\"a\""),
	T("\" \""),
	T("\"\\\"\""),
	T("\"\\\\\""),
	T("\"\\/\""),
	T("\"/\""),
	T("\"\\b\""),
	T("\"\\f\""),
	T("\"\\n\""),
	T("\"\\r\""),
	T("\"\\t\""),
	T("\"\\u0041\""),
	T("\"\\uABCD\""),
	T("\"\\uabcd\""),
	T("\"\\u0000\""),
	T("\"\\ud834\\udd1e\""),
	T("\"\\ud800\""),
	T("\"\\udc00\\ud800\""),
	T("\"\\u0022\""),
	T("\"\x7f\""),
	T("\"'\""),
	T("\"\\\\u0000\""),
	T("\"a\\\\\""),
	T("\"[{\""),
	T("\"\\\"[\""),
	T("\"//\""),
	T("\"/**/\""),
	/* section 8.1: UTF-8, at both ends of each length */
	T("\"\xc2\x80\""),
	T("\"\xdf\xbf\""),
	T("\"\xe0\xa0\x80\""),
	T("\"\xed\x9f\xbf\""),
	T("\"\xee\x80\x80\""),
	T("\"\xef\xbf\xbf\""),
	T("\"\xf0\x90\x80\x80\""),
	T("\"\xf4\x8f\xbf\xbf\""),
	T("\"\xe2\x80\xa8\""),
	T("\"\xef\xbb\xbf\""),
};

static const struct sample refused[] = {
	/* not one value */
	T(""),
	T(" "),
	T("\n\n"),
	T("\xef\xbb\xbf"),
	T("1 2"),
	T("[] []"),
	T("{} 1"),
	T("null,"),
	T("[]]"),
	T("{}}"),
	T("]"),
	T("}"),
	T(","),
	T(":"),
	T("[1],"),
	T("\"a\" \"b\""),
	T("\xef\xbb\xbf\xef\xbb\xbf{}"),
	T("\xef\xbb{}"),
	T("{}\0"),
	T("\0"),
	/* words */
	T("nul"),
	T("nulll"),
	T("NULL"),
	T("True"),
	T("TRUE"),
	T("truefalse"),
	T("tru"),
	T("fals"),
	T("undefined"),
	T("NaN"),
	T("Infinity"),
	T("-Infinity"),
	T("a"),
	T("'a'"),
	T("`a`"),
	/* structure */
	T("["),
	T("[1"),
	T("[1,"),
	T("[1,]"),
	T("[,1]"),
	T("[,]"),
	T("[1,,2]"),
	T("[1 2]"),
	T("[1:2]"),
	T("[1}"),
	T("{"),
	T("{\"a\""),
	T("{\"a\":"),
	T("{\"a\":1"),
	T("{\"a\":1,"),
	T("{\"a\":1,}"),
	T("{,}"),
	T("{\"a\"}"),
	T("{\"a\",1}"),
	T("{\"a\" 1}"),
	T("{\"a\"::1}"),
	T("{\"a\":}"),
	T("{\"a\":1 \"b\":2}"),
	T("{\"a\":1,,\"b\":2}"),
	T("{a:1}"),
	T("{'a':1}"),
	T("{1:1}"),
	T("{null:1}"),
	T("{[]:1}"),
	T("{\"a\":1]"),
	T("{1}"),
	T("{\"a\":1:2}"),
	T("[\"a\":1]"),
	T("[{]"),
	T("{\"a\":[}"),
	/* comments and white space that JSON does not have */
	T("/* */ 1"),
	T("// x\n1"),
	T("1 // x"),
	T("# x\n1"),
	T("[1, /* 2 */ 3]"),
	T("\f1"),
	T("\v1"),
	T("[\xc2\xa0]"),
	T("\xe2\x80\xa8[]"),
	T("[1\x1a]"),
	T("[\xef\xbb\xbf]"),
	/* numbers */
	T("+1"),
	T("-"),
	T("--1"),
	T("- 1"),
	T("01"),
	T("-01"),
	T("00"),
	T("-00"),
	T("1."),
	T(".5"),
	T("-.5"),
	T("1.e1"),
	T("1e"),
	T("1e+"),
	T("1E-"),
	T("1e1.5"),
	T("1e1e1"),
	T("1.2.3"),
	T("0x10"),
	T("0b1"),
	T("0o7"),
	T("1_000"),
	T("1,000"),
	T("1f"),
	T("1L"),
	T("0.1.e"),
	T("\xef\xbc\x91"),
	T("1-1"),
	T("[1a]"),
	T("0e"),
	T("0e+-1"),
	/* strings */
	T("\""),
	T("\"a"),
	T("a\""),
	T("\"a\"b\""),
	T("\"\\\""),
	T("\"\\a\""),
	T("\"\\x41\""),
	T("\"\\v\""),
	T("\"\\0\""),
	T("\"\\'\""),
	T("\"\\U0041\""),
	T("\"\\u\""),
	T("\"\\u1\""),
	T("\"\\u12\""),
	T("\"\\u123\""),
	T("\"\\u123g\""),
	T("\"\\u 123\""),
	T("\"\\u+123\""),
	T("\"\\ u0041\""),
	T("\"\n\""),
	T("\"\t\""),
	T("\"\r\""),
	T("\"\x1f\""),
	T("\"\x01\""),
	T("\"a\0b\""),
	T("\"\x1b[31m\""),
	T("\"\\\n\""),
	T("\"\\"),
	T("\"\\u"),
	T("\"\\\xc3\xa9\""),
	/* not UTF-8: lone, overlong, surrogates, too big, cut short */
	T("\"\x80\""),
	T("\"\xbf\""),
	T("\"\xff\""),
	T("\"\xfe\""),
	T("\"\xc0\x80\""),
	T("\"\xc1\xbf\""),
	T("\"\xc3\""),
	T("\"\xc3(\""),
	T("\"\xe0\x80\x80\""),
	T("\"\xe0\x9f\xbf\""),
	T("\"\xe2\x82\""),
	T("\"\xed\xa0\x80\""),
	T("\"\xed\xbf\xbf\""),
	T("\"\xf0\x80\x80\x80\""),
	T("\"\xf0\x8f\xbf\xbf\""),
	T("\"\xf4\x90\x80\x80\""),
	T("\"\xf5\x80\x80\x80\""),
	T("\"\xf8\x88\x80\x80\x80\""),
	T("\"\xe9\""),
	T("\"\xc3"),
	T("{\"\xff\":1}"),
	T("\"\xf0\x9f\x98"),
	/* another encoding */
	T("[\0]\0"),
	T("\0[\0]"),
	T("\xff\xfe[\0]\0"),
	T("\xfe\xff\0[\0]"),
	T("\xff\xfe\0\0[\0\0\0"),
};

/* In a buffer of exactly its size, so that a sanitizer sees a read past the end. */
static bool valid(const char *text, size_t len, struct json_place *fault, struct err *err)
{
	char *exact = mem_alloc(len + !len);

	memcpy(exact, text, len);
	bool ok = json_scan(exact, len, fault, err);

	free(exact);
	return ok;
}

/* H29: the cases are written from RFC 8259. */
static void the_grammar_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
		struct json_place fault;
		struct err err = ERR_INIT;

		if (!valid(accepted[i].text, accepted[i].len, &fault, &err))
			fail_msg("refused: %s: %s", accepted[i].text, err.text);
	}
}

static void all_else_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct json_place fault;
		struct err err = ERR_INIT;

		if (valid(refused[i].text, refused[i].len, &fault, &err))
			fail_msg("accepted sample %zu: %s", i, refused[i].text);
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_true(err.text[0]);
		assert_true(fault.at <= refused[i].len);
	}
}

/* Every beginning of an accepted text, but for numbers and white space, is refused at its end. */
static void no_beginning_of_a_document_is_one(void **state)
{
	(void)state;
	static const char text[] =
	    "{\"a\": [1, -2.5e3, true, \"x\\u00e9\\\\ \xc3\xa9\"],\n \"b\": {\"c\": null}}";

	for (size_t len = 0; len < sizeof text - 1; len++) {
		struct json_place fault;
		struct err err = ERR_INIT;

		assert_false(valid(text, len, &fault, &err));
		assert_true(fault.at <= len);
	}
}

static void nesting_has_a_limit(void **state)
{
	(void)state;
	struct str text = STR_INIT;

	for (int depth = 62; depth <= 66; depth++) {
		struct json_place fault;
		struct err err = ERR_INIT;

		str_reset(&text);
		for (int i = 0; i < depth; i++)
			str_add(&text, i % 2 ? "{\"k\":" : "[");
		str_add(&text, "0");
		for (int i = depth; i-- > 0;)
			str_add(&text, i % 2 ? "}" : "]");
		assert_int_equal(valid(text.data, text.len, &fault, &err), depth <= JSON_DEPTH_MAX);
	}
	str_done(&text);
}

static void a_million_levels_are_refused(void **state)
{
	(void)state;
	static const size_t depths[] = { 1001, 1000000 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		char *text = mem_alloc(depths[i]);
		struct json_place fault;
		struct err err = ERR_INIT;

		memset(text, '[', depths[i]);
		assert_false(valid(text, depths[i], &fault, &err));
		assert_int_equal(fault.col, JSON_DEPTH_MAX + 1);
		assert_non_null(strstr(err.text, "deeper"));
		free(text);
	}
}

static void a_fault_has_its_place(void **state)
{
	(void)state;
	static const struct {
		struct sample text;
		int line, col;
	} faults[] = {
		{ T("x"), 1, 1 },
		{ T("[1,]"), 1, 4 },
		{ T("{\n  \"a\": 1,\n  \"b\" 2\n}"), 3, 7 },
		{ T("[\r\n1\r\n2]"), 3, 1 },
		{ T("{\"a\": \"\xe4\xb8\xad\xe6\x96\x87\", b}"), 1,
		    13 }, /* characters, not bytes */
		{ T("\xef\xbb\xbfx"), 1, 1 }, /* the mark has no column */
		{ T("[\t\tx]"), 1, 4 },
		{ T("[1,\n"), 2, 1 },
		{ T("[\"a\nb\"]"), 1, 4 },
		{ T("\"\\q\""), 1, 3 },
		{ T("\"\xc3\xa9\xff\""), 1, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct json_place fault;
		struct err err = ERR_INIT;

		assert_false(valid(faults[i].text.text, faults[i].text.len, &fault, &err));
		if (fault.line != faults[i].line || fault.col != faults[i].col)
			fail_msg("sample %zu: %d:%d: %s", i, fault.line, fault.col, err.text);
	}
}

static void the_sentence_says_what_and_where(void **state)
{
	(void)state;
	struct err err = ERR_INIT;

	assert_false(json_valid("[1,\n 2 3]", 9, &err));
	assert_string_equal(err.text, "line 2, column 4: expected ',' or ']', but found '3'");
	assert_false(json_valid("{", 1, &err));
	assert_string_equal(err.text,
	    "line 1, column 2: the text ends where a member's name in double quotes was expected");
}

static void utf_16_is_named(void **state)
{
	(void)state;
	static const struct sample texts[] = { T("\xff\xfe{\0}\0"), T("\xfe\xff\0{\0}"),
		T("{\0}\0"), T("\0{\0}") };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err err = ERR_INIT;

		assert_false(json_valid(texts[i].text, texts[i].len, &err));
		assert_non_null(strstr(err.text, "UTF-16"));
	}
}

static void walking_gives_each_member_as_written(void **state)
{
	(void)state;
	static const char text[] =
	    "\xef\xbb\xbf {\"a\" : [1, {\"x\":\"}\"}] ,\n\"b\\\"\":\"\\\\\",\"c\":-1e5 , \"d\":null}\n ";
	static const struct {
		const char *key, *value;
		enum json_type type;
	} expected[] = {
		{ "a", "[1, {\"x\":\"}\"}]", JSON_ARRAY },
		{ "b\\\"", "\"\\\\\"", JSON_STRING },
		{ "c", "-1e5", JSON_NUMBER },
		{ "d", "null", JSON_NULL },
	};
	struct json_part root, part;
	struct json_walk walk;
	size_t n = 0;

	assert_true(json_valid(text, sizeof text - 1, NULL));
	json_root(text, sizeof text - 1, &root);
	assert_int_equal(root.type, JSON_OBJECT);
	assert_int_equal(root.text[root.len - 1], '}');
	for (json_walk_start(&walk, &root); json_walk_next(&walk, &part); n++) {
		assert_int_equal(part.key_len, strlen(expected[n].key));
		assert_memory_equal(part.key, expected[n].key, part.key_len);
		assert_int_equal(part.len, strlen(expected[n].value));
		assert_memory_equal(part.text, expected[n].value, part.len);
		assert_int_equal(part.type, expected[n].type);
	}
	assert_int_equal(n, ARRAY_LEN(expected));
}

static void walking_empty_containers_gives_nothing(void **state)
{
	(void)state;
	static const char *const texts[] = { "{}", "[]", "{ }", "[\n]" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct json_part root, part;
		struct json_walk walk;

		json_root(texts[i], strlen(texts[i]), &root);
		json_walk_start(&walk, &root);
		assert_false(json_walk_next(&walk, &part));
	}
}

static void flaws_of_strings_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool flawed;
	} strings[] = {
		{ "\"plain\"", false },
		{ "\"\\u0000\"", true },
		{ "\"a\\u0000b\"", true },
		{ "\"\\\\u0000\"", false }, /* an escaped backslash before u0000 */
		{ "\"\\\\\\u0000\"", true },
		{ "\"\\u0001\"", false },
		{ "\"\\ud800\"", true },
		{ "\"\\udfff\"", true },
		{ "\"\\ud83d\\ude00\"", false },
		{ "\"\\uD83D\\uDE00\"", false },
		{ "\"\\ud83d\\ud83d\\ude00\"", true },
		{ "\"\\ude00\\ud83d\"", true },
		{ "\"\\ud83dx\"", true },
		{ "\"\\ud83d\\n\"", true },
		{ "[\"ok\",\"\\u0000\"]", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		if (!json_flaw(strings[i].text, strlen(strings[i].text)) == strings[i].flawed)
			fail_msg("%s", strings[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_is_accepted),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(no_beginning_of_a_document_is_one),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_million_levels_are_refused),
		cmocka_unit_test(a_fault_has_its_place),
		cmocka_unit_test(the_sentence_says_what_and_where),
		cmocka_unit_test(utf_16_is_named),
		cmocka_unit_test(walking_gives_each_member_as_written),
		cmocka_unit_test(walking_empty_containers_gives_nothing),
		cmocka_unit_test(flaws_of_strings_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
