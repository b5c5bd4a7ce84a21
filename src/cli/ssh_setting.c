/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_setting.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool ssh_value_is_no(const char *value)
{
	return strcasecmp(value, "no") == 0 || strcasecmp(value, "none") == 0 ||
	    strcasecmp(value, "false") == 0;
}

static bool is_yes(const char *value)
{
	return strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0;
}

static bool set_flag(bool *flag, const char *value, struct err *err)
{
	if (!is_yes(value) && !ssh_value_is_no(value))
		return err_set(err, ERR_INVALID, _("must be yes or no, but is \"%s\""), value);
	*flag = is_yes(value);
	return true;
}

static bool set_batch(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->batch, value, err);
}

static bool set_stdin_null(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->stdin_null, value, err);
}

/* What ssh has on, and -o may turn off. */
static bool set_no(bool *no, const char *value, struct err *err)
{
	bool on = false;

	if (!set_flag(&on, value, err))
		return false;
	*no = !on;
	return true;
}

static bool set_tcp_keepalive(struct ssh_options *options, const char *value, struct err *err)
{
	return set_no(&options->no_tcp_keepalive, value, err);
}

static bool set_no_forwards(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->no_forwards, value, err);
}

static bool set_forwards_must_work(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->forwards_must_work, value, err);
}

static bool set_gateway_ports(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->gateway_ports, value, err);
}

static bool set_command_line(struct ssh_options *options, const char *value, struct err *err)
{
	return set_no(&options->no_command_line, value, err);
}

/* Whoever limits where -R with SOCKS may lead must not get one without the limit. */
static bool set_remote_open(struct ssh_options *options, const char *value, struct err *err)
{
	(void)options;
	return strcasecmp(value, "any") == 0 ||
	    err_set(err, ERR_INVALID, _("limits for remote forwards are not supported"));
}

/* As -e in ssh(1): a character, ^X, or none. */
static bool set_escape(struct ssh_options *options, const char *value, struct err *err)
{
	if (value[0] == '^' && (unsigned char)value[1] >= 64 && (unsigned char)value[1] < 128 &&
	    !value[2])
		options->escape = value[1] & 31;
	else if (value[0] && !value[1])
		options->escape = (unsigned char)value[0];
	else if (strcasecmp(value, "none") == 0)
		options->escape = -1;
	else
		return err_set(err, ERR_INVALID,
		    _("must be a character, ^ and a letter, or none, but is \"%s\""), value);
	return true;
}

/* Patterns that name variables to send; "-PATTERN" takes back what it matches (rm_env() in readconf.c). */
static bool set_send_env(struct ssh_options *options, const char *value, struct err *err)
{
	struct strlist words = { NULL, 0 }, kept = { NULL, 0 };

	strlist_split(&words, value, " ");
	for (size_t i = 0; i < words.len; i++) {
		if (strchr(words.items[i], '=')) {
			err_set(err, ERR_INVALID, _("\"%s\" is not a name"), words.items[i]);
			strlist_done(&words);
			return false;
		}
		if (words.items[i][0] != '-') {
			if (!strlist_has(&options->send_env, words.items[i]))
				strlist_add(&options->send_env, words.items[i]);
			continue;
		}
		for (size_t j = 0; j < options->send_env.len; j++)
			if (fnmatch(words.items[i] + 1, options->send_env.items[j], FNM_NOESCAPE))
				strlist_add(&kept, options->send_env.items[j]);
		strlist_done(&options->send_env);
		options->send_env = kept;
		kept = (struct strlist){ NULL, 0 };
	}
	strlist_done(&words);
	return true;
}

/* "unbound" and "host-bound" are about a protocol extension that we have not got. */
static bool set_publickey(struct ssh_options *options, const char *value, struct err *err)
{
	bool on = strcasecmp(value, "unbound") == 0 || strcasecmp(value, "host-bound") == 0;

	return set_no(&options->auth.no_publickey, on ? "yes" : value, err);
}

static bool set_kbdint(struct ssh_options *options, const char *value, struct err *err)
{
	return set_no(&options->auth.no_kbdint, value, err);
}

static bool set_password(struct ssh_options *options, const char *value, struct err *err)
{
	return set_no(&options->auth.no_password, value, err);
}

static bool set_prompts(struct ssh_options *options, const char *value, struct err *err)
{
	char *end;
	long count = strtol(value, &end, 10);

	if (end == value || *end || count < 0 || count > INT_MAX)
		return err_set(err, ERR_INVALID, _("must be a number, but is \"%s\""), value);
	options->auth.prompts = count > 0 ? (int)count : -1;
	return true;
}

static bool set_session(struct ssh_options *options, const char *value, struct err *err)
{
	options->no_command = strcasecmp(value, "none") == 0;
	options->subsystem = strcasecmp(value, "subsystem") == 0;
	if (!options->no_command && !options->subsystem && strcasecmp(value, "default") != 0)
		return err_set(err, ERR_INVALID,
		    _("must be none, subsystem or default, but is \"%s\""), value);
	return true;
}

static bool set_check_ip(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->hostkey.check_ip, value, err);
}

static bool set_localhost(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->hostkey.trust_localhost, value, err);
}

static bool set_visual(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->hostkey.visual, value, err);
}

static bool set_global_files(struct ssh_options *options, const char *value, struct err *err)
{
	(void)err;
	strlist_split(&options->global_files, value, " \t");
	options->hostkey.global_files = &options->global_files;
	return true;
}

static bool set_revoked(struct ssh_options *options, const char *value, struct err *err)
{
	(void)err;
	if (strcasecmp(value, "none") != 0)
		options->hostkey.revoked_file = options->revoked_file = mem_strdup(value);
	return true;
}

static bool set_rsa_size(struct ssh_options *options, const char *value, struct err *err)
{
	char *end;
	unsigned long bits = strtoul(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || bits > 65536)
		return err_set(
		    err, ERR_INVALID, _("must be a number of bits, but is \"%s\""), value);
	options->hostkey.min_rsa_bits = (unsigned)bits;
	return true;
}

static bool set_background(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->background, value, err);
}

static bool set_attempts(struct ssh_options *options, const char *value, struct err *err)
{
	char *end;

	errno = 0;
	options->attempts = strtol(value, &end, 10);
	if (end == value || *end || errno || options->attempts < 1)
		return err_set(
		    err, ERR_INVALID, _("must be a number from 1 on, but is \"%s\""), value);
	return true;
}

static const struct ssh_setting settings[] = {
	{ "BatchMode", false, set_batch },
	{ "CheckHostIP", false, set_check_ip },
	{ "ClearAllForwardings", false, set_no_forwards },
	{ "ConnectionAttempts", false, set_attempts },
	{ "EnableEscapeCommandline", false, set_command_line },
	{ "EscapeChar", false, set_escape },
	{ "ExitOnForwardFailure", false, set_forwards_must_work },
	{ "GatewayPorts", false, set_gateway_ports },
	{ "ForkAfterAuthentication", false, set_background },
	{ "GlobalKnownHostsFile", false, set_global_files },
	{ "KbdInteractiveAuthentication", false, set_kbdint },
	{ "NoHostAuthenticationForLocalhost", false, set_localhost },
	{ "NumberOfPasswordPrompts", false, set_prompts },
	{ "PasswordAuthentication", false, set_password },
	{ "PermitRemoteOpen", false, set_remote_open },
	{ "PubkeyAuthentication", false, set_publickey },
	{ "RequiredRSASize", false, set_rsa_size },
	{ "RevokedHostKeys", false, set_revoked },
	{ "SendEnv", true, set_send_env },
	{ "SessionType", false, set_session },
	{ "StdinNull", false, set_stdin_null },
	{ "TCPKeepAlive", false, set_tcp_keepalive },
	{ "VisualHostKey", false, set_visual },
};

const struct ssh_setting *ssh_setting_find(const char *keyword)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (str_eq(settings[i].keyword, keyword))
			return &settings[i];
	return NULL;
}
