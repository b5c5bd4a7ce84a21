/* SPDX-License-Identifier: Apache-2.0 */
#include "sign.h"

#include "text.h"

struct look {
	const char *name;
	const char *utf8, *ascii;
	enum role role;
	const char *means;
};

static const struct look signs[SIGN_COUNT] = {
	[SIGN_UNKNOWN] = { "unknown", "\xc2\xb7", ".", ROLE_DIM,
	    N_("the server was not called, or has not answered yet") },
	[SIGN_PASS] = { "pass", "\xe2\x9c\x93", "+", ROLE_PASS,
	    N_("the way is clear, down to the login") },
	[SIGN_REACH] = { "reach", "\xe2\x97\x8b", "o", ROLE_PASS,
	    N_("the server answers, but nobody has asked it about the login yet: c does") },
	[SIGN_WARN] = { "warn", "!", "!", ROLE_WARN, N_("works, but look at it") },
	[SIGN_FAIL] = { "fail", "\xe2\x9c\x97", "x", ROLE_FAIL,
	    N_("will not work; the details say why and what to do") },
};

static const char *either(const char *utf8, const char *ascii)
{
	return text_is_utf8() ? utf8 : ascii;
}

const char *sign_name(enum sign sign)
{
	return signs[sign].name;
}

const char *sign_glyph(enum sign sign)
{
	return either(signs[sign].utf8, signs[sign].ascii);
}

enum role sign_role(enum sign sign)
{
	return signs[sign].role;
}

const char *sign_means(enum sign sign)
{
	return signs[sign].means;
}

const char *glyph_of_verdict(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return sign_glyph(SIGN_PASS);
	case VERDICT_WARN:
		return sign_glyph(SIGN_WARN);
	case VERDICT_FAIL:
		return sign_glyph(SIGN_FAIL);
	case VERDICT_SKIP:
		break;
	}
	return "-";
}

enum role role_of_verdict(enum verdict verdict)
{
	static const enum role roles[] = {
		[VERDICT_SKIP] = ROLE_SKIP,
		[VERDICT_PASS] = ROLE_PASS,
		[VERDICT_WARN] = ROLE_WARN,
		[VERDICT_FAIL] = ROLE_FAIL,
	};

	return roles[verdict];
}

const char *glyph_of_running(void)
{
	return either("\xe2\x80\xa6", "~");
}

const char *glyph_of_stopped(void)
{
	return either("\xe2\x80\x96", "=");
}
