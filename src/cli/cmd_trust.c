/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/harden.h"
#include "sallyport/hosts.h"
#include "sallyport/keys.h"
#include "sallyport/loop.h"
#include "sallyport/ssh.h"

struct trust {
	struct host *host;
	struct host_chain jumps;
	struct loop *loop;
	struct conn *conn;
	struct pubkey key; /* that the server proved to have; blob NULL: it did not get so far */
	char *address; /* that it has, NULL: behind a jump host */
	char *name; /* as known_hosts writes it */
	struct strlist files;
	struct err why; /* of a connection that failed, or of a key that is refused */
	bool interrupted;
};

/* ---- looking at the key ---- */

static void on_hostkey(void *ctx, const unsigned char *blob, size_t len)
{
	struct trust *trust = ctx;

	pubkey_copy(&trust->key, blob, len);
}

static void on_stage_end(void *ctx, struct result *result)
{
	struct trust *trust = ctx;
	const char *address = result_detail_get(result, "address");

	if (!str_eq(result->id, "net.connect") || !address)
		return;
	free(trust->address);
	trust->address = mem_strdup(address);
}

static void on_ended(void *ctx, const struct conn_end *end)
{
	struct trust *trust = ctx;

	if (end->reason) {
		err_set(&trust->why, end->cause == END_CANCELLED ? ERR_CANCELLED : ERR_REFUSED,
		    "%s", end->reason);
		err_context(&trust->why, "%s", trust->host->name);
		err_hint(&trust->why, "%s", end->hint ? end->hint : "");
	}
	loop_stop(trust->loop);
}

static void on_interrupt(void *ctx)
{
	struct trust *trust = ctx;

	trust->interrupted = true;
	conn_cancel(trust->conn, END_CANCELLED, NULL);
}

/* Goes to the host key and no further.  Nobody is asked on the way: hops need an agent or keys without passphrase. */
static void look(struct trust *trust)
{
	static const struct conn_owner owner = {
		.stage_end = on_stage_end,
		.hostkey = on_hostkey,
		.ended = on_ended,
	};
	const struct conn_options options = {
		.depth = CONN_HOSTKEY,
		.connect_timeout_ms = (double)trust->host->connect_timeout * 1000,
		.jumps = trust->jumps.items,
		.jump_count = trust->jumps.len,
		.batch = true,
	};
	struct loop_signal *interrupt;

	trust->loop = loop_new();
	interrupt = loop_signal_start(trust->loop, SIGINT, on_interrupt, trust);
	trust->conn = conn_start(trust->loop, trust->host, &options, &owner, trust);
	loop_run(trust->loop, NULL, NULL);
	conn_free(trust->conn);
	loop_signal_cancel(interrupt);
	loop_free(trust->loop);
}

/* ---- showing ---- */

static void add_indented(struct str *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		str_addf(out, "    %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void add_key(struct str *out, const struct trust *trust)
{
	const struct pubkey *key = &trust->key;
	char *type = pubkey_type(key->blob, key->len);
	char *fingerprint = pubkey_fingerprint(key->blob, key->len);
	char *art = pubkey_randomart(key->blob, key->len);

	str_addf(
	    out, _("%s (%s port %ld"), trust->host->name, trust->host->hostname, trust->host->port);
	if (trust->address && !str_eq(trust->address, trust->host->hostname))
		str_addf(out, _(", address %s"), trust->address);
	str_addf(out, _(") has this host key:\n\n    %s, %u bits\n    %s\n"), type ? type : "?",
	    pubkey_bits(key->blob, key->len), fingerprint);
	add_indented(out, art ? art : "");
	str_add_char(out, '\n');
	free(type);
	free(fingerprint);
	free(art);
}

static void add_match(struct str *out, const struct hostkey_match *match)
{
	char *file = match->file ? path_show(match->file) : NULL;

	if (match->verdict == HOSTKEY_KNOWN)
		str_addf(out, _("It is known already: %s:%u.\n"), file, match->line);
	if (match->verdict == HOSTKEY_OTHER_TYPE)
		str_addf(out, _("A key of another type is known: %s %s (%s:%u).\n"), match->type,
		    match->fingerprint, file, match->line);
	if (match->verdict == HOSTKEY_CA)
		str_addf(out,
		    _("The host's keys are signed by a CA (%s:%u), which libssh2 cannot check: this "
		      "is the plain key.\n"),
		    file, match->line);
	free(file);
}

static void add_others(struct str *out, const struct trust *trust, const struct known_hosts *known)
{
	enum { SHOWN = 8 }; /* a longer list would push the key off the screen */
	struct strlist others = { 0 };

	known_hosts_others(known, trust->name, trust->key.blob, trust->key.len, &others);
	if (others.len > 0)
		str_add(out, _("This very key is known for:\n"));
	for (size_t i = 0; i < others.len && i < SHOWN; i++)
		add_indented(out, others.items[i]);
	if (others.len > SHOWN)
		str_addf(out, _("    and %zu more\n"), others.len - SHOWN);
	strlist_done(&others);
}

static int print(const struct str *text)
{
	struct str clean = STR_INIT;
	int status;

	clean_text(&clean, str_text(text), text->len, CLEAN_LINES | clean_locale_flags());
	status = cli_print(&clean);
	str_done(&clean);
	return status;
}

/* ---- deciding ---- */

/* The files as they are now.  False: refuse. */
static bool judge(const struct trust *trust, struct known_hosts **known,
    struct hostkey_match *match, struct err *err)
{
	*known = known_hosts_load(&trust->files, err);
	return *known &&
	    known_hosts_check(*known, trust->name, trust->key.blob, trust->key.len, match, err);
}

static bool may_be_stored(const struct hostkey_match *match)
{
	return match->verdict == HOSTKEY_NEW || match->verdict == HOSTKEY_OTHER_TYPE ||
	    match->verdict == HOSTKEY_CA;
}

static int store(const struct trust *trust, const char *file)
{
	struct known_hosts *known;
	struct hostkey_match match = { 0 };
	struct err err = ERR_INIT;
	struct str text = STR_INIT;
	int status = EXIT_OK;
	char *shown = path_show(file);

	/* What came into the files while the question was on the screen counts. */
	if (!judge(trust, &known, &match, &err)) {
		status = cli_fail(&err);
	} else if (match.verdict == HOSTKEY_KNOWN) {
		add_match(&text, &match);
	} else if (!may_be_stored(&match)) {
		err_set(&err, ERR_HOSTKEY,
		    _("%s: meanwhile %s:%u speaks against this key: not stored"), trust->host->name,
		    match.file, match.line);
		status = cli_fail(&err);
	} else if (known_hosts_add(file, trust->name, trust->key.blob, trust->key.len,
		       trust->host->hash_known_hosts, &err)) {
		str_addf(&text, _("Stored in %s as %s.\n"), shown, trust->name);
	} else {
		err_context(&err, _("the host key was not stored"));
		status = cli_fail(&err);
	}
	if (status == EXIT_OK)
		status = print(&text);
	str_done(&text);
	free(shown);
	hostkey_match_done(&match);
	known_hosts_free(known);
	return status;
}

static int ask_and_store(const struct trust *trust)
{
	const char *file = known_hosts_store(&trust->host->user_known_hosts_file, &trust->files);
	char *fingerprint, *question, *shown;
	struct err err = ERR_INIT;
	bool yes = false;

	if (!file) {
		err_set(&err, ERR_INVALID, _("%s: user_known_hosts_file says that no key is kept"),
		    trust->host->name);
		return cli_fail(&err);
	}
	shown = path_show(file);
	question = mem_printf(_("Store it in %s? (yes/no/[fingerprint])"), shown);
	fingerprint = pubkey_fingerprint(trust->key.blob, trust->key.len);
	if (!cli_ask_yes(question, fingerprint, &yes, &err)) {
		err_context(&err, _("%s: the host key was not stored"), trust->host->name);
		err_hint(&err,
		    _("Run it from a terminal; without one nobody can compare the fingerprint."));
	} else if (!yes) {
		err_set(&err, ERR_HOSTKEY, _("%s: the host key was not stored"), trust->host->name);
	}
	free(shown);
	free(question);
	free(fingerprint);
	return yes ? store(trust, file) : cli_fail(&err);
}

static int show_and_ask(struct trust *trust)
{
	struct known_hosts *known = NULL;
	struct hostkey_match match = { 0 };
	struct err err = ERR_INIT;
	struct str text = STR_INIT;
	int status;
	bool judged = judge(trust, &known, &match, &err);

	add_key(&text, trust);
	if (judged && !trust->why.code) {
		add_match(&text, &match);
		if (may_be_stored(&match))
			add_others(&text, trust, known);
	}
	status = print(&text);
	if (!judged)
		status = cli_fail(&err);
	else if (trust->why.code)
		status = cli_fail(&trust->why);
	else if (status == EXIT_OK && may_be_stored(&match))
		status = ask_and_store(trust);
	str_done(&text);
	hostkey_match_done(&match);
	known_hosts_free(known);
	return status;
}

/* ---- the command ---- */

/* A name of the list, else an address; a word that could be a mistyped name is not looked up. */
static struct host *find(const struct host_list *list, const char *name, struct err *err)
{
	if (hosts_find(list, name) || strpbrk(name, "@.:"))
		return hosts_resolve(list, name, err);
	cli_no_such_host(list, name, err);
	return NULL;
}

/* The host and the way to it, with tokens expanded. */
static bool prepare(
    struct trust *trust, const struct host_list *list, const char *name, struct err *err)
{
	trust->host = find(list, name, err);
	if (!trust->host || !cli_complete_host(list, trust->host, &trust->jumps, err))
		return false;
	trust->name = known_hosts_name_of(trust->host);
	return known_hosts_files(&trust->host->user_known_hosts_file, NULL, &trust->files, err);
}

static int trust_host(struct cli *cli, const char *name)
{
	struct host_list list = { 0 };
	struct trust trust = { .why = ERR_INIT };
	struct err err = ERR_INIT;
	int status;

	if (!cli_load_hosts(cli, &list, &err) || !prepare(&trust, &list, name, &err)) {
		status = cli_fail(&err);
	} else {
		look(&trust);
		if (trust.interrupted)
			status = EXIT_INTERRUPTED;
		else
			status = trust.key.blob ? show_and_ask(&trust) : cli_fail(&trust.why);
	}
	pubkey_done(&trust.key);
	free(trust.address);
	free(trust.name);
	strlist_done(&trust.files);
	host_chain_done(&trust.jumps);
	host_free(trust.host);
	hosts_done(&list);
	return status;
}

static int trust_run(struct cli *cli, int argc, char **argv)
{
	int status = cli_options(cli, NULL, 0, &argc, argv);

	if (status != CLI_GO_ON)
		return status;
	if (argc != 2)
		return cli_usage(cli, argc < 2 ? _("no host named") : _("one host at a time"));
	cli_harden();
	return trust_host(cli, argv[1]);
}

const struct cmd cmd_trust = {
	.name = "trust",
	.usage = "NAME",
	.summary = N_("show a host's key without logging in, and store it if you say yes"),
	.more = N_(
	    "Compare the fingerprint with what the machine's console shows: that is the moment to find\n"
	    "somebody in between.  A key that has changed is refused.\n"),
	.usage_status = EXIT_USAGE,
	.run = trust_run,
};
