/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

#include "algs.h"

#include "sallyport/keys.h"

enum { PHASE_NEW, PHASE_PEEK, PHASE_EXCHANGE };

/* What has to be in common, in the order in which people look for it. */
static const struct {
	const char *key; /* of the result's details */
	const char *name; /* for people */
	enum kexinit_list list;
	enum alg_kind kind;
	size_t ours; /* offset in struct session_prefs */
} agreements[] = {
	{ "kex", N_("key exchange"), KEXINIT_KEX, ALG_KEX, offsetof(struct session_prefs, kex) },
	{ "hostkey", N_("host key algorithm"), KEXINIT_HOSTKEY, ALG_HOSTKEY,
	    offsetof(struct session_prefs, hostkey) },
	{ "cipher", N_("cipher from the server"), KEXINIT_CIPHER_SC, ALG_CIPHER,
	    offsetof(struct session_prefs, cipher) },
	{ "mac", N_("MAC from the server"), KEXINIT_MAC_SC, ALG_MAC,
	    offsetof(struct session_prefs, mac) },
	{ "cipher_out", N_("cipher to the server"), KEXINIT_CIPHER_CS, ALG_CIPHER,
	    offsetof(struct session_prefs, cipher) },
	{ "mac_out", N_("MAC to the server"), KEXINIT_MAC_CS, ALG_MAC,
	    offsetof(struct session_prefs, mac) },
};

static const char *ours(const struct conn *conn, size_t i)
{
	return *(char *const *)((const char *)&conn->prefs + agreements[i].ours);
}

/* Names in the list of key exchanges that are none (RFC 8308 section 2.1, OpenSSH's PROTOCOL 1.10). */
static bool is_signal(const char *name)
{
	return str_starts(name, "ext-info-") || str_starts(name, "kex-strict-");
}

/* The algorithms of a list, as a person wants to read them: of many only the first.  Caller frees. */
static char *list_text(const struct strlist *names)
{
	enum { SHOWN = 280 }; /* of both lists as much fits into one sentence */
	struct str text = STR_INIT;
	size_t more = 0;

	for (size_t i = 0; i < names->len; i++) {
		if (is_signal(names->items[i]))
			continue;
		if (text.len + strlen(names->items[i]) > SHOWN)
			more++;
		else
			str_addf(&text, "%s%s", text.len ? ", " : "", names->items[i]);
	}
	if (more > 0)
		str_addf(&text, _(" and %zu more"), more);
	return str_take(&text);
}

static bool all_post_quantum(const struct strlist *names)
{
	for (size_t i = 0; i < names->len; i++)
		if (!algorithm_post_quantum(names->items[i]) && !is_signal(names->items[i]))
			return false;
	return names->len > 0;
}

static const char gcm_ciphers[] = "aes128-gcm@openssh.com,aes256-gcm@openssh.com";

/* These ciphers bring their own integrity check, so that a MAC is not used. */
static bool has_own_mac(const char *cipher)
{
	return str_starts(cipher, "chacha20-poly1305") || str_ends(cipher, "-gcm@openssh.com");
}

/* libssh2 1.11.1 wants a MAC in common all the same, but for GCM. */
static bool needs_mac(const char *cipher)
{
	return !str_ends(cipher, "-gcm@openssh.com");
}

/* The cipher that would do without the MAC that is not in common; NULL: there is none. */
static const char *without_mac(const struct kexinit *kexinit, enum alg_kind kind)
{
	return kind == ALG_MAC ? kexinit_agree(gcm_ciphers, &kexinit->lists[KEXINIT_CIPHER_SC])
			       : NULL;
}

static void common_hint(struct conn *conn, const struct kexinit *kexinit, size_t i)
{
	const struct strlist *theirs = &kexinit->lists[agreements[i].list];
	const char *gcm = without_mac(kexinit, agreements[i].kind);
	const char *old = kexinit_agree(algs_supported(agreements[i].kind), theirs);
	char *command = host_ssh_command(NULL, conn->host);

	if (gcm)
		conn_hint(conn, _("Set ciphers to \"^%s\", which needs no MAC."), gcm);
	else if (old)
		conn_hint(conn,
		    _("The server is old: update it, or take the risk and set %s to \"+%s\"."),
		    algs_setting(agreements[i].kind), old);
	else if (agreements[i].list == KEXINIT_KEX && all_post_quantum(theirs))
		conn_hint(conn,
		    _("The server takes only post-quantum key exchange, which libssh2 cannot do "
		      "yet.  Use: %s"),
		    command);
	else
		conn_hint(conn, _("libssh2 knows none of the server's.  Use: %s"), command);
	free(command);
}

static enum step nothing_in_common(struct conn *conn, const struct kexinit *kexinit, size_t i)
{
	const struct strlist *theirs = &kexinit->lists[agreements[i].list];
	struct strlist own = { 0 };
	char *list = strlist_join(theirs, ","), *they = list_text(theirs), *we;

	strlist_split(&own, ours(conn, i), ",");
	we = list_text(&own);
	result_detail(conn->result, "ours", "%s", ours(conn, i));
	result_detail(conn->result, "theirs", "%.4000s", list);
	conn_failf(conn, ERR_KEX, _("no %s in common: the server offers %s; we offer %s"),
	    _(agreements[i].name), they, we);
	common_hint(conn, kexinit, i);
	strlist_done(&own);
	free(list);
	free(they);
	free(we);
	return STEP_FAIL;
}

static void tell_agreed(struct conn *conn, const char *key, const char *agreed)
{
	result_detail(conn->result, key, "%s", agreed);
	if (!algorithm_weak(agreed))
		return;
	conn_warn(conn);
	result_detail(conn->result, "weak", "%s", agreed);
}

/* OpenSSH PROTOCOL 1.10: without it somebody in between can drop packets unseen (CVE-2023-48795); we always offer it. */
static void tell_strict(struct conn *conn, const struct kexinit *kexinit)
{
	result_detail(conn->result, "strict_kex", "%s",
	    strlist_has(&kexinit->lists[KEXINIT_KEX], "kex-strict-s-v00@openssh.com") ? "yes"
										      : "no");
}

static enum step compare(struct conn *conn, const struct kexinit *kexinit)
{
	const char *cipher = "";

	tell_strict(conn, kexinit);

	for (size_t i = 0; i < ARRAY_LEN(agreements); i++) {
		const char *agreed =
		    kexinit_agree(ours(conn, i), &kexinit->lists[agreements[i].list]);
		bool is_mac = agreements[i].kind == ALG_MAC;

		if (!agreed && (!is_mac || needs_mac(cipher)))
			return nothing_in_common(conn, kexinit, i);
		if (agreements[i].kind == ALG_CIPHER)
			cipher = agreed;
		if (is_mac && has_own_mac(cipher))
			result_detail(conn->result, agreements[i].key, "%s", _("in the cipher"));
		else
			tell_agreed(conn, agreements[i].key, agreed);
	}
	return STEP_NEXT;
}

static enum step peek(struct conn *conn)
{
	struct kexinit kexinit = { 0 };
	struct err err = ERR_INIT;
	enum step step = STEP_WAIT;

	switch (
	    kexinit_parse(&kexinit, queue_head(&conn->net.in), queue_len(&conn->net.in), &err)) {
	case KEXINIT_MORE:
		break;
	case KEXINIT_BROKEN:
		step = conn_fail(conn, &err);
		break;
	case KEXINIT_DONE:
		step = compare(conn, &kexinit);
		break;
	}
	kexinit_done(&kexinit);
	return step;
}

/* Does the list name a key exchange that holds against quantum computers? */
static bool offers_post_quantum(const char *list)
{
	struct strlist names = { 0 };
	bool found = false;

	strlist_split(&names, list, ",");
	for (size_t i = 0; i < names.len; i++)
		found = found || algorithm_post_quantum(names.items[i]);
	strlist_done(&names);
	return found;
}

static void tell_post_quantum(struct conn *conn, const char *kex)
{
	bool ours_has = offers_post_quantum(conn->prefs.kex);

	result_detail(
	    conn->result, "post_quantum", "%s", algorithm_post_quantum(kex) ? "yes" : "no");
	if (!algorithm_post_quantum(kex))
		result_detail(conn->result, "post_quantum_why", "%s",
		    ours_has ? _("the server offers none that we do")
			     : _("we offer none: libssh2 here has none, or kex_algorithms "
				 "leaves it out"));
}

static void summarize(struct conn *conn)
{
	const char *kex = result_detail_get(conn->result, "kex");
	const char *weak = result_detail_get(conn->result, "weak");
	const char *left_out = result_detail_get(conn->result, "left_out");
	char *lacking;

	tell_post_quantum(conn, kex);
	if (weak) {
		result_summary(conn->result, _("agreed on %s, which is weak"), weak);
		result_hint(conn->result, _("Update the server, or set better algorithms there."));
		return;
	}
	lacking = left_out ? mem_printf(_("; not in this libssh2: %s"), left_out) : mem_strdup("");
	result_summary(conn->result, "%s, %s, %s; %s%s", kex,
	    result_detail_get(conn->result, "hostkey"), result_detail_get(conn->result, "cipher"),
	    algorithm_post_quantum(kex) ? _("post-quantum") : _("not post-quantum"), lacking);
	free(lacking);
}

/* libssh2 does not say which proof failed: the signature, or a value with which everybody knows the keys. */
static enum step exchange_failed(struct conn *conn)
{
	conn_fail_lib(conn, ERR_KEX, _("the key exchange failed"));
	if (!conn->why->hint[0])
		conn_hint(conn,
		    _("The server did not prove that it holds its host key: it is broken, or something on "
		      "the way changes the data.  Compare with: ssh -v %s"),
		    conn->host->hostname);
	return STEP_FAIL;
}

static enum step exchange(struct conn *conn)
{
	int rc = libssh2_session_handshake(conn->session->lib, conn->net.fd);

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (rc)
		return exchange_failed(conn);
	summarize(conn);
	return STEP_NEXT;
}

static void on_timeout(void *ctx)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_TIMEOUT, _("the server sent its SSH banner and then nothing more"));
	err_hint(&err,
	    _("sshd there may be stuck, or something on the way lets only little through: "
	      "an MTU that is too large does that."));
	conn_stop(ctx, END_TIMEOUT, &err);
}

static enum step begin(struct conn *conn)
{
	struct err err = ERR_INIT;

	if (!prefs_load(conn, &err))
		return conn_fail(conn, &err);
	conn->session = session_new(&conn->net, &conn->prefs, &err);
	if (!conn->session)
		return conn_fail(conn, &err);
	conn->session->conn = conn;
	conn->step_timer =
	    loop_timer_start(conn->loop, conn->options.connect_timeout_ms, on_timeout, conn);
	/* Sends our identification and algorithms; the gate keeps the server's from libssh2. */
	return exchange(conn);
}

enum step stage_kex(struct conn *conn)
{
	enum step step;

	if (conn->phase == PHASE_NEW) {
		step = begin(conn);
		if (step != STEP_WAIT)
			return step;
		conn->phase = PHASE_PEEK;
	}
	if (conn->phase == PHASE_PEEK) {
		do
			step = peek(conn);
		while (step == STEP_WAIT && transport_fill(&conn->net));
		if (step != STEP_NEXT) {
			return step == STEP_WAIT && conn->net.eof ? conn_fail_lost(conn) : step;
		}
		loop_timer_cancel(conn->step_timer);
		conn->step_timer = NULL;
		conn->net.gate = SIZE_MAX;
		conn->phase = PHASE_EXCHANGE;
	}
	return exchange(conn);
}
