/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "transport.h"

/* ---- memory: libssh2 frees passwords and keys as they are, so this allocator wipes ---- */

/*
 * When a ChaCha20 packet does not decrypt, libssh2 1.11.1 takes the cipher's 1 for the type of a
 * packet, keeps the bytes and the memory, and tries again for ever: one flipped bit on the way would eat all
 * memory.  Between two reads of at most 35,000 bytes it needs a small part of this.
 */
enum { ALLOCATED_MAX = 4 * 1024 * 1024 };

/*
 * Before every block.  All blocks of a session are in a list, so that what libssh2 forgets on its
 * error paths is wiped and freed with the session.
 */
struct block {
	size_t size;
	struct block *next, **link; /* link: what points to this one */
	max_align_t data[];
};

static struct block *block_of(const void *data)
{
	return (struct block *)((uintptr_t)data - offsetof(struct block, data));
}

static void block_free(struct block *block)
{
	*block->link = block->next;
	if (block->next)
		block->next->link = block->link;
	secret_wipe(block->data, block->size);
	free(block);
}

static LIBSSH2_ALLOC_FUNC(wiping_alloc)
{
	struct session *session = *abstract;
	struct block *block = NULL;

	if (count < ALLOCATED_MAX)
		block = malloc(sizeof *block + count + 1);
	if (!block)
		return NULL;
	session->allocated += sizeof *block + count;
	if (session->allocated > ALLOCATED_MAX) {
		session->damaged = true;
		free(block);
		return NULL;
	}
	*block = (struct block){ count, session->blocks, &session->blocks };
	if (block->next)
		block->next->link = &block->next;
	session->blocks = block;
	/* What libssh2 never fills must not look like a packet to packet_seen(). */
	*(unsigned char *)block->data = 0;
	return block->data;
}

static LIBSSH2_FREE_FUNC(wiping_free)
{
	if (!ptr)
		return;
	packet_seen(*abstract, ptr, block_of(ptr)->size);
	block_free(block_of(ptr));
}

static LIBSSH2_REALLOC_FUNC(wiping_realloc)
{
	void *fresh = wiping_alloc(count, abstract);
	size_t old;

	if (!fresh || !ptr)
		return fresh;
	old = block_of(ptr)->size;
	memcpy(fresh, ptr, old < count ? old : count);
	wiping_free(ptr, abstract);
	return fresh;
}

void *session_alloc(struct session *session, size_t size)
{
	return wiping_alloc(size, libssh2_session_abstract(session->lib));
}

void *session_dup(struct session *session, const void *data, size_t len)
{
	void *copy = session_alloc(session, len + 1);

	if (copy && len)
		memcpy(copy, data, len);
	return copy;
}

/* ---- callbacks ---- */

static LIBSSH2_SEND_FUNC(on_send)
{
	(void)socket;
	(void)flags;
	return transport_send(((struct session *)*abstract)->net, buffer, length);
}

static LIBSSH2_RECV_FUNC(on_recv)
{
	(void)socket;
	(void)flags;
	((struct session *)*abstract)->allocated = 0;
	return transport_recv(((struct session *)*abstract)->net, buffer, length);
}

static LIBSSH2_DISCONNECT_FUNC(on_disconnect)
{
	struct session *own = *abstract;

	(void)session;
	(void)reason;
	(void)language;
	(void)language_len;
	if (!own->disconnect && message && message_len > 0)
		own->disconnect = mem_strndup(message, (size_t)message_len);
}

/*
 * A packet whose MAC is wrong is an error of the call that met it, and the next call goes on behind it,
 * as if it had never been sent.  No call's result decides about that: the session is over.
 */
static LIBSSH2_MACERROR_FUNC(on_mac_error)
{
	(void)session;
	(void)packet;
	(void)packet_len;
	((struct session *)*abstract)->damaged = true;
	return -1;
}

/* ---- life ---- */

void session_prefs_done(struct session_prefs *prefs)
{
	free(prefs->kex);
	free(prefs->hostkey);
	free(prefs->cipher);
	free(prefs->mac);
	free(prefs->pubkey);
	*prefs = (struct session_prefs){ 0 };
}

static char *supported(LIBSSH2_SESSION *lib, int method)
{
	struct strlist all = { 0 };
	const char **names = NULL;
	int count = libssh2_session_supported_algs(lib, method, &names);
	char *list;

	if (count <= 0)
		return NULL;
	for (int i = 0; i < count; i++)
		strlist_add(&all, names[i]);
	libssh2_free(lib, names);
	list = strlist_join(&all, ",");
	strlist_done(&all);
	return list;
}

void session_supported(struct session_prefs *linked)
{
	LIBSSH2_SESSION *lib = libssh2_session_init();

	*linked = (struct session_prefs){ 0 };
	if (!lib)
		return;
	linked->kex = supported(lib, LIBSSH2_METHOD_KEX);
	linked->hostkey = supported(lib, LIBSSH2_METHOD_HOSTKEY);
	linked->cipher = supported(lib, LIBSSH2_METHOD_CRYPT_CS);
	linked->mac = supported(lib, LIBSSH2_METHOD_MAC_CS);
	libssh2_session_free(lib);
}

static bool set_prefs(struct session *session, const struct session_prefs *prefs, struct err *err)
{
	const struct {
		int method;
		const char *list;
	} wanted[] = {
		{ LIBSSH2_METHOD_KEX, prefs->kex },
		{ LIBSSH2_METHOD_HOSTKEY, prefs->hostkey },
		{ LIBSSH2_METHOD_CRYPT_CS, prefs->cipher },
		{ LIBSSH2_METHOD_CRYPT_SC, prefs->cipher },
		{ LIBSSH2_METHOD_MAC_CS, prefs->mac },
		{ LIBSSH2_METHOD_MAC_SC, prefs->mac },
		{ LIBSSH2_METHOD_COMP_CS, "none" },
		{ LIBSSH2_METHOD_COMP_SC, "none" },
		{ LIBSSH2_METHOD_SIGN_ALGO, prefs->pubkey },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (libssh2_session_method_pref(session->lib, wanted[i].method, wanted[i].list))
			return session_err(session, ERR_KEX, wanted[i].list, err);
	return true;
}

struct session *session_new(
    struct transport *net, const struct session_prefs *prefs, struct err *err)
{
	struct session *session = mem_zalloc(1, sizeof *session);

	session->net = net;
	session->lib = libssh2_session_init_ex(wiping_alloc, wiping_free, wiping_realloc, session);
	if (!session->lib) {
		free(session);
		err_set(err, ERR_LOCAL, _("the SSH library could not be started"));
		return NULL;
	}
	libssh2_session_set_blocking(session->lib, 0);
	libssh2_session_set_read_timeout(session->lib, SESSION_PATIENCE_S);
	libssh2_session_callback_set2(
	    session->lib, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)on_send);
	libssh2_session_callback_set2(
	    session->lib, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)on_recv);
	libssh2_session_callback_set2(
	    session->lib, LIBSSH2_CALLBACK_DISCONNECT, (libssh2_cb_generic *)on_disconnect);
	libssh2_session_callback_set2(
	    session->lib, LIBSSH2_CALLBACK_MACERROR, (libssh2_cb_generic *)on_mac_error);
	libssh2_session_banner_set(session->lib, SESSION_IDENT);
	if (set_prefs(session, prefs, err))
		return session;
	session_free(session);
	return NULL;
}

/*
 * As it frees itself libssh2 reads on in what it has got from the server, and an assertion of it fails
 * where that no longer begins with a packet.  So what is lost is only forgotten: the blocks are ours, and the few
 * things of OpenSSL stay until the process ends.
 */
static bool is_lost(const struct session *session)
{
	return session->damaged || session->failed;
}

void session_free(struct session *session)
{
	if (!session)
		return;
	if (!session->net->eof && !session->disconnect && !is_lost(session))
		libssh2_session_disconnect(session->lib, "disconnected by user");
	transport_kill(session->net);
	/* Cut off from the server it cannot wait; a few turns finish what was half done. */
	for (int i = 0; i < 10 && !is_lost(session); i++)
		if (libssh2_session_free(session->lib) != LIBSSH2_ERROR_EAGAIN)
			break;
	while (session->blocks)
		block_free(session->blocks);
	free(session->disconnect);
	free(session->open_failure);
	free(session->change_prompt);
	strlist_done(&session->methods);
	strlist_done(&session->sig_algs);
	pubkey_done(&session->host_key);
	free(session);
}

bool session_key_changed(const struct session *session)
{
	const struct pubkey *accepted = &session->host_key;
	const char *now = NULL;
	size_t len;
	int type;

	/* libssh2 has none while keys are being exchanged. */
	if (accepted->blob)
		now = libssh2_session_hostkey(session->lib, &len, &type);
	return now && (len != accepted->len || memcmp(now, accepted->blob, len) != 0);
}

bool session_err(struct session *session, enum err_code code, const char *what, struct err *err)
{
	char *text = NULL;

	if (session->disconnect)
		return err_set(err, code, _("%s: the server ended the connection: %s"), what,
		    session->disconnect);
	libssh2_session_last_error(session->lib, &text, NULL, 0);
	return err_set(err, code, "%s: %s", what, text && *text ? text : _("no reason given"));
}
