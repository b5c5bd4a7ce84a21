/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_option.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sallyport/hosts.h"

/* ssh_config(5) of OpenSSH 9.2 and the old names that it still takes: known, without effect. */
static const char *const without_effect[] = { "CanonicalDomains", "CanonicalizeFallbackLocal",
	"CanonicalizeHostname", "CanonicalizeMaxDots", "CanonicalizePermittedCNAMEs",
	"CASignatureAlgorithms", "ChallengeResponseAuthentication", "Cipher", "ClearAllForwardings",
	"Compression", "CompressionLevel", "ConnectionAttempts", "ControlMaster", "ControlPath",
	"ControlPersist", "DSAAuthentication", "EnableEscapeCommandline", "EnableSSHKeysign",
	"ExitOnForwardFailure", "FallBackToRsh", "FingerprintHash", "ForwardX11",
	"ForwardX11Timeout", "ForwardX11Trusted", "GatewayPorts", "GSSAPIAuthentication",
	"GSSAPIClientIdentity", "GSSAPIDelegateCredentials", "GSSAPIKexAlgorithms",
	"GSSAPIKeyExchange", "GSSAPIRenewalForcesRekey", "GSSAPIServerIdentity", "GSSAPITrustDns",
	"HostbasedAcceptedAlgorithms", "HostbasedAuthentication", "HostbasedKeyTypes",
	"IgnoreUnknown", "IPQoS", "KbdInteractiveAuthentication", "KbdInteractiveDevices",
	"LocalCommand", "LogVerbose", "NumberOfPasswordPrompts", "PasswordAuthentication",
	"PermitLocalCommand", "PermitRemoteOpen", "PKCS11Provider", "Protocol", "ProxyUseFdpass",
	"PubkeyAuthentication", "RekeyLimit", "RequiredRSASize", "RhostsRSAAuthentication",
	"RSAAuthentication", "SecurityKeyProvider", "SendEnv", "SkeyAuthentication",
	"StreamLocalBindMask", "StreamLocalBindUnlink", "SyslogFacility", "TISAuthentication",
	"UpdateHostKeys", "UsePrivilegedPort", "UseRoaming", "UseRsh", "VerifyHostKeyDNS",
	"XAuthLocation" };

/* To ignore one of these would lead somewhere else or do less than was asked; "none" and "no" are fine. */
static const struct {
	const char *keyword;
	const char *why;
} refused[] = {
	{ "BindInterface", N_("binding to an interface is not supported") },
	{ "DynamicForward", N_("port forwarding is not in this version") },
	{ "ForkAfterAuthentication", N_("going to the background is not in this version") },
	{ "Include", N_("ssh_config files are not read in this version") },
	{ "KnownHostsCommand", N_("commands for host keys are not supported") },
	{ "LocalForward", N_("port forwarding is not in this version") },
	{ "ProxyCommand", N_("proxy commands are not supported") },
	{ "RemoteForward", N_("port forwarding is not in this version") },
	{ "Tunnel", N_("tunnel devices are not supported") },
	{ "TunnelDevice", N_("tunnel devices are not supported") },
};

static bool is_no(const char *value)
{
	return strcasecmp(value, "no") == 0 || strcasecmp(value, "none") == 0 ||
	    strcasecmp(value, "false") == 0;
}

static bool is_yes(const char *value)
{
	return strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0;
}

/* ---- settings that are no field of a host ---- */

static bool set_flag(bool *flag, const char *value, struct err *err)
{
	if (!is_yes(value) && !is_no(value))
		return err_set(err, ERR_INVALID, _("must be yes or no, but is \"%s\""), value);
	*flag = is_yes(value);
	return true;
}

static bool set_batch(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->batch, value, err);
}

static bool set_tcp_keepalive(struct ssh_options *options, const char *value, struct err *err)
{
	bool on = false;

	if (!set_flag(&on, value, err))
		return false;
	options->no_tcp_keepalive = !on;
	return true;
}

static bool set_stdin_null(struct ssh_options *options, const char *value, struct err *err)
{
	return set_flag(&options->stdin_null, value, err);
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

static const struct {
	const char *keyword;
	bool (*set)(struct ssh_options *options, const char *value, struct err *err);
} session_settings[] = {
	{ "BatchMode", set_batch },
	{ "CheckHostIP", set_check_ip },
	{ "GlobalKnownHostsFile", set_global_files },
	{ "NoHostAuthenticationForLocalhost", set_localhost },
	{ "RevokedHostKeys", set_revoked },
	{ "VisualHostKey", set_visual },
	{ "EscapeChar", set_escape },
	{ "SessionType", set_session },
	{ "StdinNull", set_stdin_null },
	{ "TCPKeepAlive", set_tcp_keepalive },
};

/* ---- fields of the host ---- */

static const struct host_field *field_of(const char *keyword)
{
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (fields[i].ssh_keyword && strcasecmp(fields[i].ssh_keyword, keyword) == 0)
			return &fields[i];
	return NULL;
}

/* TIME FORMATS of sshd_config(5): "90", "1m30s"; false: not one. */
static bool parse_time(const char *text, long *seconds)
{
	static const struct {
		char unit;
		long seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	char *end;

	for (*seconds = 0; *text; text = end) {
		long number = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : -1, unit = 1;
		if (number < 0 || number > 1000000)
			return false;
		for (size_t i = 0; *end && i < ARRAY_LEN(units); i++)
			if (tolower((unsigned char)*end) == units[i].unit) {
				unit = units[i].seconds;
				end++;
				break;
			}
		if (*end && !isdigit((unsigned char)*end))
			return false;
		*seconds += number * unit;
	}
	return true;
}

/* ssh's value in the words of the hosts file; caller frees. */
static char *field_value(
    struct ssh_options *options, const struct host_field *field, const char *value)
{
	long seconds;

	if (str_eq(field->json, "strict_host_key_checking") &&
	    (is_no(value) || strcasecmp(value, "off") == 0)) {
		strlist_add(&options->ignored,
		    _("StrictHostKeyChecking=no: taken as accept-new, a changed host key is refused"));
		return mem_strdup("accept-new");
	}
	if (str_eq(field->json, "remote_command") && strcasecmp(value, "none") == 0)
		return mem_strdup("");
	if (str_eq(field->json, "connect_timeout") && strcasecmp(value, "none") == 0)
		return mem_strdup("0");
	if ((str_eq(field->json, "connect_timeout") ||
		str_eq(field->json, "server_alive_interval")) &&
	    parse_time(value, &seconds))
		return mem_printf("%ld", seconds);
	return mem_strdup(value);
}

/* The count of the command line's items in a list that adds up; NULL: of this field the first value wins. */
static size_t *adding_up(
    struct ssh_options *options, const struct host_field *field, const struct strlist **now)
{
	if (str_eq(field->json, "identity_file")) {
		*now = &options->host->identity_file;
		return &options->keys_given;
	}
	if (str_eq(field->json, "certificate_file")) {
		*now = &options->host->certificate_file;
		return &options->certificates_given;
	}
	return NULL;
}

/* The command line's files come before the host's own. */
static bool set_file(struct host *host, const struct host_field *field, const struct strlist *now,
    size_t *given, const char *value, struct err *err)
{
	struct strlist all = { NULL, 0 };
	bool ok = true;

	for (size_t i = 0; i <= now->len; i++) {
		if (i == *given)
			strlist_add(&all, value);
		if (i < now->len)
			strlist_add(&all, now->items[i]);
	}
	for (size_t i = 0; ok && i < all.len; i++)
		ok = host_set(host, field, all.items[i], i > 0, ORIGIN_COMMAND_LINE, err);
	*given += 1;
	strlist_done(&all);
	return ok;
}

/* Several words are several items: UserKnownHostsFile, SetEnv. */
static bool set_words(
    struct host *host, const struct host_field *field, const char *value, struct err *err)
{
	struct strlist words = { NULL, 0 };
	bool ok = true;

	strlist_split(&words, value, " \t");
	for (size_t i = 0; ok && i < words.len; i++)
		ok = host_set(host, field, words.items[i], i > 0, ORIGIN_COMMAND_LINE, err);
	strlist_done(&words);
	return ok;
}

_Static_assert(HOST_FIELDS_MAX <= 64, "fields_given has a bit for each");

/* False: an earlier setting, or the destination, has said it. */
static bool first_time(struct ssh_options *options, const struct host_field *field)
{
	size_t count;
	unsigned long long bit = 1ULL << (field - host_fields(&count));
	bool given = options->fields_given & bit;

	if (options->dest_done && host_origin(options->host, field) == ORIGIN_COMMAND_LINE)
		given = true;
	options->fields_given |= bit;
	return !given;
}

static bool set_field(
    struct ssh_options *options, const struct host_field *field, const char *value, struct err *err)
{
	struct host *host = options->host;
	const struct strlist *now;
	size_t *given = adding_up(options, field, &now);
	char *text;
	bool ok;

	if (given)
		return set_file(host, field, now, given, value, err);
	if (!first_time(options, field))
		return true;
	text = field_value(options, field, value);
	if (field->kind == FIELD_LIST || field->kind == FIELD_MAP)
		ok = set_words(host, field, text, err);
	else
		ok = host_set(host, field, text, false, ORIGIN_COMMAND_LINE, err);
	free(text);
	return ok;
}

/* ---- one setting ---- */

static bool apply_session(struct ssh_options *options, size_t i, const char *value, struct err *err)
{
	bool given = options->given & 1u << i;

	options->given |= 1u << i;
	return given || session_settings[i].set(options, value, err) ||
	    err_context(err, "%s", session_settings[i].keyword);
}

static bool apply(
    struct ssh_options *options, const char *keyword, const char *value, struct err *err)
{
	const struct host_field *field;

	if (strcasecmp(keyword, "PubkeyAcceptedKeyTypes") == 0) /* its name until OpenSSH 8.5 */
		keyword = "PubkeyAcceptedAlgorithms";
	if (strcasecmp(keyword, "KeepAlive") == 0) /* ... until 3.8 */
		keyword = "TCPKeepAlive";
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (strcasecmp(refused[i].keyword, keyword) == 0)
			return is_no(value) ||
			    err_set(err, ERR_INVALID, "%s: %s", keyword, _(refused[i].why));
	for (size_t i = 0; i < ARRAY_LEN(session_settings); i++)
		if (strcasecmp(session_settings[i].keyword, keyword) == 0)
			return apply_session(options, i, value, err);
	if ((field = field_of(keyword)))
		return set_field(options, field, value, err) ||
		    err_context(err, "%s=%s", keyword, value);
	for (size_t i = 0; i < ARRAY_LEN(without_effect); i++)
		if (strcasecmp(without_effect[i], keyword) == 0) {
			strlist_take(&options->ignored,
			    mem_printf(_("%s=%s: ignored, not supported"), keyword, value));
			return true;
		}
	return err_set(err, ERR_USAGE, _("Bad configuration option: %s"), keyword);
}

/* "Keyword value", "Keyword=value", "Keyword = "value"": as readconf.c reads a line. */
static void split_option(const char *text, char **keyword, char **value)
{
	size_t len;

	text += strspn(text, " \t");
	len = strcspn(text, " \t=");
	*keyword = mem_strndup(text, len);
	text += len;
	text += strspn(text, " \t");
	if (*text == '=')
		text += 1 + strspn(text + 1, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len >= 2 && text[0] == '"' && text[len - 1] == '"') {
		text++;
		len -= 2;
	}
	*value = mem_strndup(text, len);
}

bool ssh_option_apply(struct ssh_options *options, const struct setting *setting, struct err *err)
{
	char *keyword, *value;
	bool ok;

	if (setting->keyword) {
		keyword = mem_strdup(setting->keyword);
		value = mem_strdup(setting->value);
	} else {
		split_option(setting->value, &keyword, &value);
	}
	if (*keyword && !*value && strcasecmp(keyword, "RemoteCommand") != 0)
		ok = err_set(err, ERR_USAGE, _("-o %s: the value is missing"), keyword);
	else
		ok = apply(options, keyword, value, err);
	free(keyword);
	free(value);
	return ok;
}
