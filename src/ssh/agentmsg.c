/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/agentmsg.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/util.h"

enum message {
	MSG_FAILURE = 5,
	MSG_SUCCESS = 6,
	MSG_REQUEST_IDENTITIES = 11,
	MSG_IDENTITIES_ANSWER = 12,
	MSG_SIGN_REQUEST = 13,
	MSG_SIGN_RESPONSE = 14,
	MSG_ADD_IDENTITY = 17,
	MSG_ADD_ID_CONSTRAINED = 25,
	MSG_FAILURE_SSH2 = 30, /* the last two: other agents', as OpenSSH authfd.c (agent_failed) */
	MSG_FAILURE_SSHCOM = 102,
};

void agentmsg_add_list(struct str *out)
{
	str_add_u32(out, 1);
	str_add_char(out, MSG_REQUEST_IDENTITIES);
}

void agentmsg_add_sign(
    struct str *out, const struct pubkey *key, const void *data, size_t len, unsigned flags)
{
	str_add_u32(out, (uint32_t)(1 + 4 + key->len + 4 + len + 4));
	str_add_char(out, MSG_SIGN_REQUEST);
	str_add_wire(out, key->blob, key->len);
	str_add_wire(out, data, len);
	str_add_u32(out, flags);
}

void agentmsg_add_key(
    struct str *out, const struct secret *key, const char *comment, long seconds, bool confirm)
{
	enum { LIFETIME = 1, CONFIRM = 2 }; /* section 3.2.7 */
	size_t size = 1 + key->len + 4 + strlen(comment) + (seconds > 0 ? 5 : 0) + confirm;

	str_done(out);
	*out = (struct str){ mem_zalloc(1, size + 5), 0, size + 5 };
	str_add_u32(out, (uint32_t)size);
	str_add_char(out, seconds > 0 || confirm ? MSG_ADD_ID_CONSTRAINED : MSG_ADD_IDENTITY);
	str_add_mem(out, key->data, key->len);
	str_add_wire(out, comment, strlen(comment));
	if (seconds > 0) {
		str_add_char(out, LIFETIME);
		str_add_u32(out, seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds);
	}
	if (confirm)
		str_add_char(out, CONFIRM);
}

enum agentmsg_status agentmsg_frame(
    const unsigned char *data, size_t len, struct wire *body, struct err *err)
{
	struct wire wire = { data, len, false };
	uint32_t size;

	if (len < 4)
		return AGENTMSG_MORE;
	size = wire_u32(&wire);
	if (size == 0 || size > AGENT_ANSWER_MAX) {
		err_set(err, ERR_PROTOCOL,
		    _("it announces an answer of %lu bytes (1 to %d are possible): is it an SSH agent?"),
		    (unsigned long)size, (int)AGENT_ANSWER_MAX);
		return AGENTMSG_BROKEN;
	}
	if (wire.len < size)
		return AGENTMSG_MORE;
	*body = (struct wire){ wire.data, size, false };
	return AGENTMSG_WHOLE;
}

/* The first byte of an answer says what it is. */
static bool read_type(struct wire *body, unsigned char wanted, const char *refusal, struct err *err)
{
	unsigned char type = wire_u8(body);

	if (type == wanted)
		return true;
	if (type == MSG_FAILURE || type == MSG_FAILURE_SSH2 || type == MSG_FAILURE_SSHCOM)
		return err_set(err, ERR_REFUSED, "%s", refusal);
	return err_set(
	    err, ERR_PROTOCOL, _("it answers with message %u, which does not belong here"), type);
}

bool agentmsg_read_success(struct wire body, const char *refusal, struct err *err)
{
	return read_type(&body, MSG_SUCCESS, refusal, err);
}

static bool broken(struct err *err)
{
	return err_set(err, ERR_PROTOCOL, _("its answer is cut short or broken"));
}

/* One key of the list; false when the answer ends before it does. */
static bool read_key(struct wire *body, struct agent_key *keys, size_t *count)
{
	size_t blob_len, comment_len;
	const unsigned char *blob = wire_string(body, &blob_len);
	const unsigned char *comment = wire_string(body, &comment_len);
	char *type;

	if (body->bad)
		return false;
	type = pubkey_type(blob, blob_len);
	if (type != NULL) {
		struct agent_key *key = &keys[(*count)++];

		pubkey_copy(&key->pub, blob, blob_len);
		key->comment = mem_strndup((const char *)comment, comment_len);
	}
	free(type);
	return true;
}

bool agentmsg_read_keys(struct wire body, struct agent_key **keys, size_t *count, struct err *err)
{
	uint32_t announced;

	*keys = NULL;
	*count = 0;
	if (!read_type(&body, MSG_IDENTITIES_ANSWER, _("it does not list its keys"), err))
		return false;
	announced = wire_u32(&body);
	if (body.bad)
		return broken(err);
	if (announced > AGENT_KEYS_MAX)
		return err_set(err, ERR_PROTOCOL, _("it announces %lu keys; %d are the most"),
		    (unsigned long)announced, (int)AGENT_KEYS_MAX);
	*keys = mem_zalloc(announced + 1, sizeof **keys);
	for (uint32_t i = 0; i < announced; i++) {
		if (!read_key(&body, *keys, count)) {
			agentmsg_free_keys(*keys, *count);
			*keys = NULL;
			*count = 0;
			return broken(err);
		}
	}
	return true;
}

void agentmsg_free_keys(struct agent_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pubkey_done(&keys[i].pub);
		free(keys[i].comment);
	}
	free(keys);
}

bool agentmsg_read_signature(
    struct wire body, const unsigned char **sig, size_t *len, struct err *err)
{
	size_t name_len, inner_len;
	struct wire inner;

	if (!read_type(&body, MSG_SIGN_RESPONSE, _("it refused to sign with this key"), err))
		return false;
	*sig = wire_string(&body, len);
	inner = (struct wire){ *sig, body.bad ? 0 : *len, body.bad };
	wire_string(&inner, &name_len);
	wire_string(&inner, &inner_len);
	if (inner.bad || name_len == 0 || inner_len == 0)
		return broken(err);
	return true;
}
