/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/keys.h"

/*
 * libssh2 1.11.1 reads several things and keeps them to itself: whether an exit status came at
 * all (0 also means "never"), which methods remain after an authentication failure and whether it
 * was a partial success, which signatures the server takes, and its words when it refuses a channel or wants a new password.  Asking again would cost
 * an attempt of the server's MaxAuthTries.  But every packet passes our allocator, in
 * clear, as libssh2 frees it; so look at it there.  Other blocks than packets pass too: only what parses
 * exactly counts, and all of it is only what the server could have said anyway.
 */

/* RFC 4250 section 4.1.2 */
enum {
	MSG_EXT_INFO = 7,
	MSG_USERAUTH_FAILURE = 51,
	MSG_USERAUTH_60 = 60, /* what it is depends on the method */
	MSG_CHANNEL_OPEN_FAILURE = 92,
	MSG_CHANNEL_REQUEST = 98,
};

static bool is_name_list(const unsigned char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= 127)
			return false;
	return true;
}

/* RFC 8308 section 3.1: which signatures of ours the server takes. */
static void ext_info(struct session *session, struct wire *wire)
{
	static const char name[] = "server-sig-algs";
	uint32_t count = wire_u32(wire);

	for (uint32_t i = 0; i < count && !wire->bad; i++) {
		size_t key_len, len;
		const unsigned char *key = wire_string(wire, &key_len);
		const unsigned char *value = wire_string(wire, &len);
		char *text;

		if (wire->bad || key_len != sizeof name - 1 || memcmp(key, name, key_len) != 0 ||
		    !is_name_list(value, len))
			continue;
		text = mem_strndup((const char *)value, len);
		strlist_done(&session->sig_algs);
		strlist_split(&session->sig_algs, text, ",");
		session->sig_algs_said = true;
		free(text);
	}
}

/* RFC 4252 section 5.1 */
static void userauth_failure(struct session *session, struct wire *wire)
{
	size_t len;
	const unsigned char *methods = wire_string(wire, &len);
	unsigned char partial = wire_u8(wire);
	char *text;

	if (wire->bad || partial > 1 || !is_name_list(methods, len))
		return;
	text = mem_strndup((const char *)methods, len);
	strlist_done(&session->methods);
	strlist_split(&session->methods, text, ",");
	free(text);
	session->partial = partial;
	session->failures += !partial;
}

/* SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (RFC 4252 section 8), if it is that: only the callback for it looks. */
static void change_request(struct session *session, struct wire *wire)
{
	enum { SHOWN_MAX = 8192 };
	size_t len;
	const unsigned char *prompt = wire_string(wire, &len);

	if (wire->bad)
		return;
	free(session->change_prompt);
	session->change_prompt =
	    mem_strndup((const char *)prompt, len < SHOWN_MAX ? len : SHOWN_MAX);
}

/* RFC 4254 section 5.1 */
static void open_failure(struct session *session, struct wire *wire)
{
	const unsigned char *reason;
	size_t len;

	wire_u32(wire);
	wire_u32(wire);
	reason = wire_string(wire, &len);
	if (wire->bad || len == 0)
		return;
	free(session->open_failure);
	session->open_failure = mem_strndup((const char *)reason, len);
}

/* RFC 4254 section 6.10 */
static void channel_request(struct session *session, struct wire *wire)
{
	static const char name[] = "exit-status";
	const unsigned char *type;
	size_t len;

	wire_u32(wire);
	type = wire_string(wire, &len);
	wire_u8(wire);
	wire_u32(wire);
	if (!wire->bad && len == sizeof name - 1 && memcmp(type, name, len) == 0)
		session->exit_status = true;
}

void packet_seen(struct session *session, const unsigned char *data, size_t len)
{
	struct wire wire = { .data = data, .len = len };

	switch (wire_u8(&wire)) {
	case MSG_EXT_INFO:
		ext_info(session, &wire);
		break;
	case MSG_USERAUTH_FAILURE:
		userauth_failure(session, &wire);
		break;
	case MSG_USERAUTH_60:
		change_request(session, &wire);
		break;
	case MSG_CHANNEL_OPEN_FAILURE:
		open_failure(session, &wire);
		break;
	case MSG_CHANNEL_REQUEST:
		channel_request(session, &wire);
		break;
	}
}
