/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/internal.h"

static uint64_t wire_u64(struct wire *wire)
{
	uint64_t high = wire_u32(wire);

	return high << 32 | wire_u32(wire);
}

/* Strings one after another, to the end; false when they do not end there. */
static bool read_principals(struct strlist *names, const unsigned char *data, size_t len)
{
	struct wire wire = { data, len, false };

	while (wire.len > 0 && !wire.bad) {
		size_t n;
		const unsigned char *name = wire_string(&wire, &n);

		if (!wire.bad)
			strlist_take(names, mem_strndup((const char *)name, n));
	}
	return !wire.bad;
}

/* What follows the key itself (PROTOCOL.certkeys); false: cut short, or more than it. */
static bool read_rest(struct cert *cert, struct wire wire)
{
	const unsigned char *text;
	size_t n;

	cert->serial = wire_u64(&wire);
	cert->kind = wire_u32(&wire);
	text = wire_string(&wire, &n);
	cert->id = mem_strndup((const char *)text, n);
	text = wire_string(&wire, &n);
	if (!read_principals(&cert->principals, text, n))
		return false;
	cert->valid_after = wire_u64(&wire);
	cert->valid_before = wire_u64(&wire);
	for (int i = 0; i < 3; i++)
		wire_string(&wire, &n); /* critical options, extensions, reserved */
	text = wire_string(&wire, &n);
	if (!wire.bad && !pubkey_valid(text, n))
		return false;
	pubkey_copy(&cert->ca, text, n);
	wire_string(&wire, &n); /* the signature */
	return !wire.bad && wire.len == 0;
}

bool cert_read(struct cert *cert, const unsigned char *blob, size_t len, struct err *err)
{
	struct wire rest;

	memset(cert, 0, sizeof *cert);
	if (pubkey_of_cert(&cert->key, blob, len, &rest) && read_rest(cert, rest))
		return true;
	cert_done(cert);
	return err_set(err, ERR_SYNTAX, _("not a certificate of OpenSSH, or a broken one"));
}

void cert_done(struct cert *cert)
{
	pubkey_done(&cert->key);
	pubkey_done(&cert->ca);
	free(cert->id);
	strlist_done(&cert->principals);
	memset(cert, 0, sizeof *cert);
}

/* As ssh-keygen -L writes it; caller frees. */
static char *time_text(uint64_t when)
{
	time_t seconds = (time_t)when;
	char text[64];
	struct tm parts;

	if (when > INT64_MAX || !localtime_r(&seconds, &parts) ||
	    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
		return mem_strdup("?");
	return mem_strdup(text);
}

char *cert_problem(const struct cert *cert, enum cert_kind wanted, uint64_t now)
{
	char *when, *problem;

	if (cert->kind != wanted)
		return mem_strdup(wanted == CERT_USER ? _("it is not a user certificate")
						      : _("it is not a host certificate"));
	if (now >= cert->valid_after && now < cert->valid_before)
		return NULL;
	when = time_text(now < cert->valid_after ? cert->valid_after : cert->valid_before);
	problem = now < cert->valid_after
	    ? mem_printf(_("the certificate is not valid before %s"), when)
	    : mem_printf(_("the certificate expired at %s"), when);
	free(when);
	return problem;
}
