/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/internal.h"

#include <stdlib.h>
#include <string.h>

#include "keys/base64.h"

void hostkey_match_done(struct hostkey_match *match)
{
	free(match->file);
	free(match->fingerprint);
	free(match->type);
	memset(match, 0, sizeof *match);
}

/* The key that was offered, and the first line for each way to judge it. */
struct lookup {
	const unsigned char *blob;
	size_t len;
	char *type;
	const struct known_line *same, *revoked, *changed, *other, *ca, *broken;
};

unsigned char *known_line_key(const struct known_line *line, size_t *len)
{
	unsigned char *blob = base64_decode(line->blob, line->blob_len, len);
	struct wire wire = { blob, blob ? *len : 0, false };
	size_t n;
	const unsigned char *type = wire_string(&wire, &n);

	if (blob && pubkey_valid(blob, *len) && n == line->type_len &&
	    memcmp(type, line->type, n) == 0)
		return blob;
	free(blob);
	return NULL;
}

static void keep_first(const struct known_line **slot, const struct known_line *line)
{
	if (!*slot)
		*slot = line;
}

/* Sorts one line that names the host. */
static void judge(struct lookup *lookup, const struct known_line *line)
{
	size_t len;
	unsigned char *blob = known_line_key(line, &len);
	bool same = blob && len == lookup->len && memcmp(blob, lookup->blob, len) == 0;
	bool same_type = line->type_len == strlen(lookup->type) &&
	    memcmp(line->type, lookup->type, line->type_len) == 0;

	free(blob);
	if (!blob) {
		keep_first(&lookup->broken, line);
		return;
	}
	switch (line->marker) {
	case MARK_REVOKED:
		if (same)
			keep_first(&lookup->revoked, line);
		break;
	case MARK_CA:
		keep_first(&lookup->ca, line);
		break;
	case MARK_NONE:
		keep_first(same     ? &lookup->same
			: same_type ? &lookup->changed
				    : &lookup->other,
		    line);
		break;
	}
}

static void match_set(struct hostkey_match *match, enum hostkey_verdict verdict,
    const struct known_hosts *known, const struct known_line *line)
{
	size_t len;
	unsigned char *blob = known_line_key(line, &len);

	match->verdict = verdict;
	match->file = mem_strdup(known->files[line->file].path);
	match->line = line->number;
	match->type = mem_strndup(line->type, line->type_len);
	match->fingerprint = blob ? pubkey_fingerprint(blob, len) : NULL;
	free(blob);
}

/*
 * A line that names this host but whose key cannot be read may be the one that would have said
 * "changed" or "revoked".  Only a line that settles the matter without it may overrule it.
 */
static bool refuse_broken(
    const struct known_hosts *known, const struct known_line *line, struct err *err)
{
	char *file = path_show(known->files[line->file].path);

	err_set(err, ERR_SYNTAX,
	    _("%s:%u: this host's line is damaged, so its key cannot be checked"), file,
	    line->number);
	err_hint(err, _("Mend or remove line %u of %s."), line->number, file);
	free(file);
	return false;
}

static bool decide(const struct lookup *lookup, const struct known_hosts *known,
    struct hostkey_match *match, struct err *err)
{
	const struct {
		const struct known_line *line;
		enum hostkey_verdict verdict;
	} order[] = {
		{ lookup->revoked, HOSTKEY_REVOKED },
		{ lookup->broken && lookup->broken->marker == MARK_REVOKED ? lookup->broken : NULL,
		    HOSTKEY_NEW },
		{ lookup->same, HOSTKEY_KNOWN },
		{ lookup->changed, HOSTKEY_CHANGED },
		{ lookup->broken, HOSTKEY_NEW },
		{ lookup->other, HOSTKEY_OTHER_TYPE },
		{ lookup->ca, HOSTKEY_CA },
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (!order[i].line)
			continue;
		if (order[i].verdict == HOSTKEY_NEW)
			return refuse_broken(known, order[i].line, err);
		match_set(match, order[i].verdict, known, order[i].line);
		return true;
	}
	match->verdict = HOSTKEY_NEW;
	return true;
}

bool known_hosts_check(const struct known_hosts *known, const char *name, const unsigned char *blob,
    size_t len, struct hostkey_match *match, struct err *err)
{
	struct lookup lookup = { .blob = blob, .len = len };
	bool ok;

	memset(match, 0, sizeof *match);
	if (!pubkey_valid(blob, len))
		return err_set(err, ERR_INVALID, _("the server's host key is broken"));
	lookup.type = pubkey_type(blob, len);
	for (size_t i = 0; i < known->count; i++) {
		const struct known_line *line = &known->lines[i];
		if (known_names_match(line->names, line->names_len, name))
			judge(&lookup, line);
	}
	ok = decide(&lookup, known, match, err);
	free(lookup.type);
	return ok;
}

void known_hosts_types(const struct known_hosts *known, const char *name, struct strlist *types)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_line *line = &known->lines[i];
		char *type;
		if (line->marker != MARK_NONE ||
		    !known_names_match(line->names, line->names_len, name))
			continue;
		type = mem_strndup(line->type, line->type_len);
		if (!strlist_has(types, type))
			strlist_add(types, type);
		free(type);
	}
}
