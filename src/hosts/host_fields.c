/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of a host's members: what is not in it does not exist. */
#include "sallyport/hosts.h"

#include <limits.h>

#include "value.h"

/* ssh_config(5) also has "no" and "off": host keys that nobody looks at are not offered here. */
static const char *const host_keys[] = { "ask", "accept-new", "yes", NULL };
static const char *const families[] = { "any", "inet", "inet6", NULL };
static const char *const ttys[] = { "auto", "yes", "no", "force", NULL };
static const char *const log_levels[] = { "QUIET", "FATAL", "ERROR", "INFO", "VERBOSE", "DEBUG",
	"DEBUG1", "DEBUG2", "DEBUG3", NULL };

#define FIELD(member, type)                                                                        \
	.json = #member, .kind = FIELD_##type, .offset = offsetof(struct host, member)

static const struct host_field fields[] = {
	{ FIELD(name, TEXT), .label = N_("Name"),
	    .help = N_("What the host is called here; unique."), .check = value_name,
	    .not_in_defaults = true },
	{ FIELD(hostname, TEXT), .label = N_("Host name"),
	    .help = N_("The name or address to connect to; the host's name when not given."),
	    .check = value_hostname, .ssh_keyword = "HostName" },
	{ FIELD(port, NUMBER), .label = N_("Port"), .help = N_("The TCP port of the SSH server."),
	    .min = 1, .max = 65535, .dflt = 22, .ssh_keyword = "Port", .ssh_flag = "-p" },
	{ FIELD(user, TEXT), .label = N_("User"),
	    .help = N_("The account on the server; the local user when not given."),
	    .check = host_user_valid, .ssh_keyword = "User" },
	{ FIELD(identity_file, LIST), .label = N_("Key"),
	    .help = N_("Private key files to offer; ssh's own list when not given."),
	    .check = value_plain, .ssh_keyword = "IdentityFile", .ssh_flag = "-i" },
	{ FIELD(certificate_file, LIST), .label = N_("Certificate"),
	    .help = N_("Certificates to offer with the keys."), .check = value_plain,
	    .ssh_keyword = "CertificateFile" },
	{ FIELD(identities_only, BOOL), .label = N_("Only these keys"),
	    .help = N_("Offer only the keys named here, even if the agent has more."),
	    .ssh_keyword = "IdentitiesOnly" },
	{ FIELD(identity_agent, TEXT), .label = N_("Agent"),
	    .help = N_("The socket of the agent to ask, SSH_AUTH_SOCK, or none."),
	    .check = value_plain, .ssh_keyword = "IdentityAgent" },
	{ FIELD(add_keys_to_agent, TEXT), .label = N_("Add keys to agent"),
	    .help =
		N_("Give a key to the agent once it is unlocked: yes, no, ask, confirm or a time."),
	    .check = value_add_keys, .dflt_text = "no", .ssh_keyword = "AddKeysToAgent" },
	{ FIELD(proxy_jump, TEXT), .label = N_("Jump hosts"),
	    .help = N_(
		"Hosts to go through, first to last: names of other hosts or [user@]host[:port]."),
	    .check = value_jumps, .ssh_keyword = "ProxyJump", .ssh_flag = "-J" },
	{ FIELD(forward_agent, BOOL), .label = N_("Forward agent"),
	    .help = N_("Let the server use the local agent while the session lasts."),
	    .ssh_keyword = "ForwardAgent" },
	{ FIELD(local_forward, LIST), .label = N_("Local forwards"),
	    .help =
		N_("Ports here that lead to an address behind the server, as ssh -L takes them."),
	    .check = value_local_forward, .ssh_keyword = "LocalForward", .ssh_flag = "-L" },
	{ FIELD(remote_forward, LIST), .label = N_("Remote forwards"),
	    .help = N_("Ports on the server that lead to an address here, as ssh -R takes them."),
	    .check = value_remote_forward, .ssh_keyword = "RemoteForward", .ssh_flag = "-R" },
	{ FIELD(dynamic_forward, LIST), .label = N_("Dynamic forwards"),
	    .help = N_("Ports here that speak SOCKS, as ssh -D takes them."),
	    .check = value_dynamic_forward, .ssh_keyword = "DynamicForward", .ssh_flag = "-D" },
	{ FIELD(server_alive_interval, NUMBER), .label = N_("Keepalive every"),
	    .help =
		N_("Seconds of silence before the server is asked for a sign of life; 0: never."),
	    .max = INT_MAX, .ssh_keyword = "ServerAliveInterval" },
	{ FIELD(server_alive_count_max, NUMBER), .label = N_("Keepalives lost"),
	    .help = N_("Unanswered keepalives before the connection is given up."), .max = INT_MAX,
	    .dflt = 3, .ssh_keyword = "ServerAliveCountMax" },
	{ FIELD(connect_timeout, NUMBER), .label = N_("Connect timeout"),
	    .help = N_("Seconds to wait for the connection; 0: as long as the system does."),
	    .max = INT_MAX, .ssh_keyword = "ConnectTimeout" },
	{ FIELD(strict_host_key_checking, CHOICE), .label = N_("New host keys"),
	    .help = N_(
		"What to do with a host key that is not known yet: ask, accept-new, or yes to refuse."),
	    .choices = host_keys, .dflt_text = "ask", .ssh_keyword = "StrictHostKeyChecking" },
	{ FIELD(host_key_alias, TEXT), .label = N_("Host key name"),
	    .help = N_("The name to look the host key up by, instead of the host name."),
	    .check = value_plain, .ssh_keyword = "HostKeyAlias" },
	{ FIELD(user_known_hosts_file, LIST), .label = N_("Known hosts"),
	    .help =
		N_("Files of known host keys; ~/.ssh/known_hosts and known_hosts2 when not given."),
	    .check = value_plain, .ssh_keyword = "UserKnownHostsFile" },
	{ FIELD(hash_known_hosts, BOOL), .label = N_("Hash known hosts"),
	    .help = N_("Hash names and addresses when a host key is written down."),
	    .ssh_keyword = "HashKnownHosts" },
	{ FIELD(host_key_algorithms, TEXT), .label = N_("Host key algorithms"),
	    .help = N_("Host key algorithms to accept, best first."), .check = value_plain,
	    .ssh_keyword = "HostKeyAlgorithms" },
	{ FIELD(pubkey_accepted_algorithms, TEXT), .label = N_("Key algorithms"),
	    .help = N_("Signature algorithms to use with keys."), .check = value_plain,
	    .ssh_keyword = "PubkeyAcceptedAlgorithms" },
	{ FIELD(kex_algorithms, TEXT), .label = N_("Key exchange"),
	    .help = N_("Key exchange algorithms, best first."), .check = value_plain,
	    .ssh_keyword = "KexAlgorithms" },
	{ FIELD(ciphers, TEXT), .label = N_("Ciphers"), .help = N_("Ciphers, best first."),
	    .check = value_plain, .ssh_keyword = "Ciphers" },
	{ FIELD(macs, TEXT), .label = N_("MACs"),
	    .help = N_("Message authentication codes, best first."), .check = value_plain,
	    .ssh_keyword = "MACs" },
	{ FIELD(address_family, CHOICE), .label = N_("Address family"),
	    .help = N_("Which addresses to use: any, inet (IPv4) or inet6 (IPv6)."),
	    .choices = families, .dflt_text = "any", .ssh_keyword = "AddressFamily" },
	{ FIELD(bind_address, TEXT), .label = N_("Bind address"),
	    .help = N_("The local address to connect from."), .check = value_plain,
	    .ssh_keyword = "BindAddress" },
	{ FIELD(request_tty, CHOICE), .label = N_("Terminal"),
	    .help = N_("Ask for a terminal on the server: auto, yes, no or force."),
	    .choices = ttys, .dflt_text = "auto", .ssh_keyword = "RequestTTY" },
	{ FIELD(remote_command, TEXT), .label = N_("Command"),
	    .help = N_("A command to run instead of a shell."), .ssh_keyword = "RemoteCommand" },
	{ FIELD(set_env, MAP), .label = N_("Environment"),
	    .help = N_("Variables to set on the server, where it lets us."), .check = value_env,
	    .ssh_keyword = "SetEnv" },
	{ FIELD(preferred_authentications, TEXT), .label = N_("Authentication order"),
	    .help = N_("Ways to log in, in the order to try them."), .check = value_plain,
	    .ssh_keyword = "PreferredAuthentications" },
	{ FIELD(log_level, CHOICE), .label = N_("Log level"),
	    .help = N_("How much connect says about itself, from QUIET to DEBUG3."),
	    .choices = log_levels, .dflt_text = "INFO", .ssh_keyword = "LogLevel" },
	{ FIELD(group, TEXT), .label = N_("Group"),
	    .help = N_("Folders in the list, with slashes between them."), .check = value_line },
	{ FIELD(tags, LIST), .label = N_("Tags"), .help = N_("Words to find the host by."),
	    .check = value_plain },
	{ FIELD(note, TEXT), .label = N_("Note"), .help = N_("Free text about the host.") },
	{ FIELD(session_log, TEXT), .label = N_("Session log"),
	    .help =
		N_("File to keep a session's output in, such as ~/logs/{name}-%Y%m%d-%H%M%S.log."),
	    .check = value_log },
	{ FIELD(cloud, MAP), .label = N_("Cloud"),
	    .help = N_("Facts about the instance from an import.") },
};

_Static_assert(ARRAY_LEN(fields) <= HOST_FIELDS_MAX, "struct host has an origin for each");

const struct host_field *host_fields(size_t *count)
{
	*count = ARRAY_LEN(fields);
	return fields;
}

const struct host_field *host_field_find(const char *json)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (*fields[i].json == *json && str_eq(fields[i].json, json))
			return &fields[i];
	return NULL;
}
