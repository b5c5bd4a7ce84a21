/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ssh_keywords.h"

#include <strings.h>

#include "sallyport/hosts.h"

/* Of OpenSSH 9.2 as Debian has it, whose order this is; what ssh -G never prints comes last. */
static const struct ssh_keyword keywords[] = {
	{ "User", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "HostName", TAKES_ONE, SHOWS_LOWER, NULL, NULL },
	{ "Port", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "AddressFamily", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "BatchMode", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "CanonicalizeFallbackLocal", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "CanonicalizeHostname", TAKES_ONE, SHOWS_TRUE, "false", NULL },
	{ "CheckHostIP", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "Compression", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ControlMaster", TAKES_ONE, SHOWS_TRUE, "false", NULL },
	{ "EnableSSHKeysign", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ClearAllForwardings", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ExitOnForwardFailure", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "FingerprintHash", TAKES_ONE, SHOWS_UPPER, "SHA256", NULL },
	{ "ForwardX11", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ForwardX11Trusted", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "GatewayPorts", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPIAuthentication", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPIKeyExchange", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPIDelegateCredentials", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPITrustDns", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPIRenewalForcesRekey", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "GSSAPIClientIdentity", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "GSSAPIServerIdentity", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "GSSAPIKexAlgorithms", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "HashKnownHosts", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "HostbasedAuthentication", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "IdentitiesOnly", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "KbdInteractiveAuthentication", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "NoHostAuthenticationForLocalhost", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "PasswordAuthentication", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "PermitLocalCommand", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ProxyUseFdpass", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "PubkeyAuthentication", TAKES_ONE, SHOWS_TRUE, "true", NULL },
	{ "RequestTTY", TAKES_ONE, SHOWS_TRUE, NULL, NULL },
	{ "SessionType", TAKES_ONE, SHOWS_TEXT, "default", NULL },
	{ "StdinNull", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "ForkAfterAuthentication", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "StreamLocalBindUnlink", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "StrictHostKeyChecking", TAKES_ONE, SHOWS_TRUE, NULL, NULL },
	{ "TCPKeepAlive", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "Tunnel", TAKES_ONE, SHOWS_TRUE, "false", N_("tunnel devices are not supported") },
	{ "VerifyHostKeyDNS", TAKES_ONE, SHOWS_TRUE, "false", NULL },
	{ "VisualHostKey", TAKES_ONE, SHOWS_YES, "no", NULL },
	{ "UpdateHostKeys", TAKES_ONE, SHOWS_TRUE, "false", NULL },
	{ "EnableEscapeCommandline", TAKES_ONE, SHOWS_YES, "yes", NULL },
	{ "CanonicalizeMaxDots", TAKES_ONE, SHOWS_TEXT, "1", NULL },
	{ "CompressionLevel", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "ConnectionAttempts", TAKES_ONE, SHOWS_TEXT, "1", NULL },
	{ "ForwardX11Timeout", TAKES_ONE, SHOWS_TIMES, "1200", NULL },
	{ "NumberOfPasswordPrompts", TAKES_ONE, SHOWS_TEXT, "3", NULL },
	{ "ServerAliveCountMax", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "ServerAliveInterval", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "RequiredRSASize", TAKES_ONE, SHOWS_TEXT, "1024", NULL },
	{ "BindAddress", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "BindInterface", TAKES_ONE, SHOWS_TEXT, NULL,
	    N_("binding to an interface is not supported") },
	{ "Ciphers", TAKES_ONE, SHOWS_ALGORITHMS, NULL, NULL },
	{ "ControlPath", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "HostKeyAlgorithms", TAKES_ONE, SHOWS_ALGORITHMS, NULL, NULL },
	{ "HostKeyAlias", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "HostbasedAcceptedAlgorithms", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "IdentityAgent", TAKES_ONE, SHOWS_PATHS, NULL, NULL },
	{ "IgnoreUnknown", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "KbdInteractiveDevices", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "KexAlgorithms", TAKES_ONE, SHOWS_ALGORITHMS, NULL, NULL },
	{ "CASignatureAlgorithms", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "LocalCommand", TAKES_REST, SHOWS_TEXT, NULL, NULL },
	{ "RemoteCommand", TAKES_REST, SHOWS_TEXT, NULL, NULL },
	{ "LogLevel", TAKES_ONE, SHOWS_LEVEL, NULL, NULL },
	{ "MACs", TAKES_ONE, SHOWS_ALGORITHMS, NULL, NULL },
	{ "PKCS11Provider", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "SecurityKeyProvider", TAKES_ONE, SHOWS_TEXT, "internal", NULL },
	{ "PreferredAuthentications", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "PubkeyAcceptedAlgorithms", TAKES_ONE, SHOWS_ALGORITHMS, NULL, NULL },
	{ "RevokedHostKeys", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "XAuthLocation", TAKES_ONE, SHOWS_TEXT, NULL, NULL },
	{ "KnownHostsCommand", TAKES_REST, SHOWS_TEXT, NULL,
	    N_("commands for host keys are not supported") },
	{ "DynamicForward", TAKES_ONE, SHOWS_FORWARDS, NULL, NULL },
	{ "LocalForward", TAKES_WORDS, SHOWS_FORWARDS, NULL, NULL },
	{ "RemoteForward", TAKES_WORDS, SHOWS_FORWARDS, NULL, NULL },
	{ "IdentityFile", TAKES_ONE, SHOWS_LINES,
	    "~/.ssh/id_rsa\n~/.ssh/id_ecdsa\n~/.ssh/id_ecdsa_sk\n~/.ssh/id_ed25519\n"
	    "~/.ssh/id_ed25519_sk\n~/.ssh/id_dsa",
	    NULL },
	{ "CanonicalDomains", TAKES_WORDS, SHOWS_TEXT, "none", NULL },
	{ "CertificateFile", TAKES_ONE, SHOWS_LINES, NULL, NULL },
	{ "GlobalKnownHostsFile", TAKES_WORDS, SHOWS_PATHS,
	    "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2", NULL },
	{ "UserKnownHostsFile", TAKES_WORDS, SHOWS_PATHS, "~/.ssh/known_hosts ~/.ssh/known_hosts2",
	    NULL },
	{ "SendEnv", TAKES_WORDS, SHOWS_LINES, NULL, NULL },
	{ "SetEnv", TAKES_WORDS, SHOWS_LINES, NULL, NULL },
	{ "LogVerbose", TAKES_WORDS, SHOWS_TEXT, "none", NULL },
	{ "PermitRemoteOpen", TAKES_WORDS, SHOWS_TEXT, "any", NULL },
	{ "AddKeysToAgent", TAKES_WORDS, SHOWS_TRUE_TIMES, NULL, NULL },
	{ "ForwardAgent", TAKES_ONE, SHOWS_YES, NULL, NULL },
	{ "ConnectTimeout", TAKES_ONE, SHOWS_TIMEOUT, NULL, NULL },
	{ "TunnelDevice", TAKES_ONE, SHOWS_TEXT, "any:any",
	    N_("tunnel devices are not supported") },
	{ "CanonicalizePermittedCNAMEs", TAKES_WORDS, SHOWS_TEXT, "none", NULL },
	{ "ControlPersist", TAKES_ONE, SHOWS_TIMES, "no", NULL },
	{ "EscapeChar", TAKES_ONE, SHOWS_ESCAPE, "~", NULL },
	{ "IPQoS", TAKES_WORDS, SHOWS_TWICE, "lowdelay throughput", NULL },
	{ "RekeyLimit", TAKES_WORDS, SHOWS_SIZES, "0 0", NULL },
	{ "StreamLocalBindMask", TAKES_ONE, SHOWS_TEXT, "0177", NULL },
	{ "SyslogFacility", TAKES_ONE, SHOWS_UPPER, "USER", NULL },
	{ "ProxyCommand", TAKES_REST, SHOWS_TEXT, NULL, N_("proxy commands are not supported") },
	{ "ProxyJump", TAKES_ONE, SHOWS_UNLESS_NONE, NULL, NULL },

	{ "Cipher", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "FallBackToRsh", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "Host", TAKES_WORDS, SHOWS_NOTHING, NULL,
	    N_("it begins a part of a file, and is no option of a command line") },
	{ "Include", TAKES_WORDS, SHOWS_NOTHING, NULL,
	    N_("ssh_config files are not read in this version") },
	{ "Match", TAKES_REST, SHOWS_NOTHING, NULL,
	    N_("it begins a part of a file, and is no option of a command line") },
	{ "Protocol", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "RhostsRSAAuthentication", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "RSAAuthentication", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "UsePrivilegedPort", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "UseRoaming", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "UseRsh", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	/* Of later ones, so that settings for them are no mistakes here. */
	{ "ChannelTimeout", TAKES_WORDS, SHOWS_NOTHING, NULL, NULL },
	{ "ObscureKeystrokeTiming", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "RefuseConnection", TAKES_REST, SHOWS_NOTHING, NULL, N_("that says not to connect") },
	{ "Tag", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
	{ "VersionAddendum", TAKES_REST, SHOWS_NOTHING, NULL, NULL },
	{ "WarnWeakCrypto", TAKES_ONE, SHOWS_NOTHING, NULL, NULL },
};

_Static_assert(ARRAY_LEN(keywords) <= SSH_KEYWORDS_MAX, "struct ssh_options has room for each");

/* Old names, and those that mean the same. */
static const struct {
	const char *name;
	const char *keyword;
} aliases[] = {
	{ "ChallengeResponseAuthentication", "KbdInteractiveAuthentication" },
	{ "DSAAuthentication", "PubkeyAuthentication" },
	{ "HostbasedKeyTypes", "HostbasedAcceptedAlgorithms" },
	{ "KeepAlive", "TCPKeepAlive" },
	{ "PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms" },
	{ "SkeyAuthentication", "KbdInteractiveAuthentication" },
	{ "SmartcardDevice", "PKCS11Provider" },
	{ "TISAuthentication", "KbdInteractiveAuthentication" },
};

const struct ssh_keyword *ssh_keywords(size_t *count)
{
	*count = ARRAY_LEN(keywords);
	return keywords;
}

const struct ssh_keyword *ssh_keyword_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (strcasecmp(aliases[i].name, name) == 0)
			name = aliases[i].keyword;
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (strcasecmp(keywords[i].name, name) == 0)
			return &keywords[i];
	return NULL;
}

const struct host_field *ssh_keyword_field(const struct ssh_keyword *row)
{
	size_t count;
	const struct host_field *fields = host_fields(&count);

	for (size_t i = 0; i < count; i++)
		if (fields[i].ssh_keyword && strcasecmp(fields[i].ssh_keyword, row->name) == 0)
			return &fields[i];
	return NULL;
}
