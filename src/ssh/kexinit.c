/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/kexinit.h"

#include <stdlib.h>
#include <string.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"

enum {
	PACKET_MAX = 40000, /* LIBSSH2_PACKET_MAXPAYLOAD: libssh2 gives up on a longer one */
	SKIPPED_MAX = 256 * 1024, /* of messages before the one we wait for */
};

enum message {
	MSG_DISCONNECT = 1,
	MSG_IGNORE = 2,
	MSG_UNIMPLEMENTED = 3,
	MSG_DEBUG = 4,
	MSG_KEXINIT = 20,
};

/*
 * Cuts one unencrypted packet (RFC 4253 section 6: length, padding length, payload, padding) off
 * the front of wire.
 */
static enum kexinit_status packet_next(
    struct wire *wire, const unsigned char **payload, size_t *len, struct err *err)
{
	size_t packet, padding;

	if (wire->len < 5)
		return KEXINIT_MORE;
	packet = wire_u32(wire);
	padding = wire->data[0];
	if (packet < 6 || packet > PACKET_MAX)
		goto broken;
	if (padding < 4 || padding + 2 > packet)
		goto broken;
	if (wire->len < packet)
		return KEXINIT_MORE;
	*payload = wire->data + 1;
	*len = packet - 1 - padding;
	wire->data += packet;
	wire->len -= packet;
	return KEXINIT_DONE;
broken:
	err_set(err, ERR_PROTOCOL,
	    _("broken SSH packet from the server: length %zu (6 to %d are allowed), padding %zu"),
	    packet, (int)PACKET_MAX, padding);
	err_hint(err,
	    _("What listens there is not a working SSH server, or something on the way "
	      "changes the data."));
	return KEXINIT_BROKEN;
}

static bool name_list(struct strlist *list, struct wire *wire)
{
	size_t len;
	const unsigned char *bytes = wire_string(wire, &len);
	char *text;

	if (wire->bad)
		return false;
	for (size_t i = 0; i < len; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~') /* RFC 4251 section 6 */
			return false;
	text = mem_strndup((const char *)bytes, len);
	strlist_split(list, text, ",");
	free(text);
	return true;
}

/* RFC 4253 section 7.1: cookie, ten name-lists, a boolean, a reserved number. */
static enum kexinit_status read_kexinit(struct kexinit *kexinit, struct wire *wire, struct err *err)
{
	enum { COOKIE = 16 };
	bool ok = true;

	for (size_t i = 0; i < COOKIE; i++)
		wire_u8(wire);
	*kexinit = (struct kexinit){ 0 };
	for (size_t i = 0; i < KEXINIT_LISTS && ok; i++)
		ok = name_list(&kexinit->lists[i], wire);
	wire_u8(wire);
	wire_u32(wire);
	if (ok && !wire->bad)
		return KEXINIT_DONE;
	kexinit_done(kexinit);
	err_set(
	    err, ERR_PROTOCOL, _("the server's list of algorithms (SSH_MSG_KEXINIT) is broken"));
	err_hint(err,
	    _("What listens there is not a working SSH server, or something on the way "
	      "changes the data."));
	return KEXINIT_BROKEN;
}

/* RFC 4253 section 11.1: reason code, description, language tag. */
static void read_disconnect(struct wire *wire, struct err *err)
{
	unsigned reason = wire_u32(wire);
	size_t len;
	const unsigned char *text = wire_string(wire, &len);
	struct str clean = STR_INIT;

	clean_text(&clean, (const char *)text, wire->bad ? 0 : len, 0);
	err_set(err, ERR_REFUSED, _("the server ended the connection: \"%s\" (reason %u)"),
	    str_text(&clean), reason);
	err_hint(err, _("These are the server's own words: its log may tell more."));
	str_done(&clean);
}

static enum kexinit_status message_read(
    struct kexinit *kexinit, const unsigned char *payload, size_t len, struct err *err)
{
	struct wire wire = { payload, len, false };
	unsigned char type = wire_u8(&wire);

	switch (type) {
	case MSG_KEXINIT:
		return read_kexinit(kexinit, &wire, err);
	case MSG_IGNORE:
	case MSG_UNIMPLEMENTED:
	case MSG_DEBUG:
		return KEXINIT_MORE;
	case MSG_DISCONNECT:
		read_disconnect(&wire, err);
		return KEXINIT_BROKEN;
	default:
		err_set(err, ERR_PROTOCOL,
		    _("the server sent message %u where its list of algorithms was due"), type);
		return KEXINIT_BROKEN;
	}
}

enum kexinit_status kexinit_parse(
    struct kexinit *kexinit, const unsigned char *data, size_t len, struct err *err)
{
	struct wire wire = { data, len, false };
	const unsigned char *payload = NULL;
	size_t payload_len = 0;

	while (len - wire.len <= SKIPPED_MAX) {
		enum kexinit_status status = packet_next(&wire, &payload, &payload_len, err);

		if (status == KEXINIT_DONE)
			status = message_read(kexinit, payload, payload_len, err);
		else
			return status;
		if (status != KEXINIT_MORE)
			return status;
	}
	err_set(err, ERR_PROTOCOL,
	    _("the server sends message after message and never its list of algorithms"));
	return KEXINIT_BROKEN;
}

void kexinit_done(struct kexinit *kexinit)
{
	for (size_t i = 0; i < KEXINIT_LISTS; i++)
		strlist_done(&kexinit->lists[i]);
}

static const char *list_find(const struct strlist *list, const char *name, size_t len)
{
	for (size_t i = 0; i < list->len; i++)
		if (strncmp(list->items[i], name, len) == 0 && list->items[i][len] == '\0')
			return list->items[i];
	return NULL;
}

const char *kexinit_agree(const char *ours, const struct strlist *theirs)
{
	const char *found = NULL;

	while (*ours != '\0' && found == NULL) {
		size_t len = strcspn(ours, ",");

		if (len > 0)
			found = list_find(theirs, ours, len);
		ours += len;
		ours += *ours == ',';
	}
	return found;
}

static bool holds_one_of(const char *name, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(name, parts[i]) != NULL)
			return true;
	return false;
}

bool algorithm_weak(const char *name)
{
	static const char *const parts[] = { "sha1", "md5", "ripemd", "-cbc", "arcfour", "3des",
		"blowfish", "cast128", "ssh-dss", "group1-" };
	static const char *const whole[] = { "ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "none" };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (str_eq(name, whole[i]))
			return true;
	return holds_one_of(name, parts, ARRAY_LEN(parts));
}

bool algorithm_post_quantum(const char *name)
{
	static const char *const parts[] = { "mlkem", "sntrup", "kyber" };

	return holds_one_of(name, parts, ARRAY_LEN(parts));
}
