/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: a host, its fields (one table that loading, showing and the manual
 * walk), the list, the strict reader of hosts.json, and finding a host by name or
 * by a few letters.  The only reader of the hosts file.  Knows no network and no
 * screen.
 */
#ifndef SALLYPORT_HOSTS_H
#define SALLYPORT_HOSTS_H

#include "sallyport/util.h"

struct tm;

/* ---- the strict scanner (RFC 8259), exposed for tests and fuzzing ---- */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/*
 * Is text one valid JSON document: RFC 8259 to the letter, UTF-8, at most 64 levels deep?  A byte order
 * mark before it is let through.  If not, err says what was found and at which line and column: both count from
 * 1, columns in characters, as editors show them.
 */
bool json_valid(const char *text, size_t len, struct err *err);

/* A member of an object, or an item of an array, in a text that json_valid() accepted. */
struct json_part {
	const char *key; /* its name as written, without the quotes; NULL for an item */
	size_t key_len;
	const char *text; /* its value as written */
	size_t len;
	enum json_type type;
};

/* The document's value: no white space, no byte order mark around it. */
void json_root(const char *text, size_t len, struct json_part *root);

/* Steps through an object or array: start with the part, then until it returns false. */
struct json_walk {
	const char *next;
	bool object;
};
/* The first step is taken by the first json_walk_next(). */
void json_walk_start(struct json_walk *walk, const struct json_part *container);
/* False: there is no further part. */
bool json_walk_next(struct json_walk *walk, struct json_part *part);

/* ---- fields ---- */

enum field_kind {
	FIELD_TEXT, /* char *, NULL when unset */
	FIELD_LIST, /* struct strlist: a string or an array of strings */
	FIELD_NUMBER, /* long, within min and max */
	FIELD_BOOL, /* bool */
	FIELD_CHOICE, /* char *, one of choices */
	FIELD_MAP, /* struct strlist of "NAME=value": an object of strings */
};

/* Where an effective value came from. */
enum field_origin { ORIGIN_BUILTIN, ORIGIN_DEFAULTS, ORIGIN_HOST, ORIGIN_COMMAND_LINE };

/* One member of a host object.  The table host_fields() is the master copy: load, show, --explain
 * and the manual page are views of it. */
struct host_field {
	const char *json; /* member name: ssh_config(5)'s keyword in snake_case */
	const char *label; /* for forms and the details panel, N_() */
	const char *help; /* one sentence, N_() */
	enum field_kind kind;
	size_t offset; /* in struct host */
	long min, max, dflt;
	const char *const *choices; /* NULL-terminated; FIELD_CHOICE */
	const char *dflt_text; /* FIELD_TEXT and FIELD_CHOICE; NULL: none */
	/* The rule for a value (each item of a list), NULL: any; false with the reason in err. */
	bool (*check)(const char *value, struct err *err);
	const char *ssh_keyword; /* ssh_config(5)'s spelling, NULL for our own members */
	const char *ssh_flag; /* the option of ssh(1) that says it shorter, "-p"; NULL: none */
	bool not_in_defaults;
};

const struct host_field *host_fields(size_t *count);
/* NULL when there is no such member. */
const struct host_field *host_field_find(const char *json);
/* The member that somebody may have meant by a name that is none; NULL: it is like none of them. */
const char *host_field_nearest(const char *name);

#define HOST_FIELDS_MAX 48

/*
 * One entry.  Open plain data, without holes: there may be 100,000.  Every char * is owned, unless it is the built-in
 * text of its field, and NULL when unset.  After loading, values from "defaults" and built-in values are filled in, and
 * origin[] says for each field (by its index in host_fields()) where its value came from.
 */
struct host {
	unsigned id; /* stable while the program runs; never reused */
	bool identities_only;
	bool forward_agent;
	bool hash_known_hosts;
	char *name;
	char *hostname; /* effective: never NULL in a usable host */
	long port;
	char *user; /* effective: the local user when not given */
	struct strlist identity_file; /* as written, "~" not yet expanded; empty: ssh's own list */
	struct strlist certificate_file;
	char *identity_agent;
	char *add_keys_to_agent;
	char *proxy_jump;
	struct strlist local_forward;
	struct strlist remote_forward;
	struct strlist dynamic_forward;
	long server_alive_interval; /* seconds, 0: off */
	long server_alive_count_max;
	long connect_timeout; /* seconds, 0: the system's */
	char *strict_host_key_checking; /* ask, accept-new, yes */
	char *host_key_alias;
	struct strlist user_known_hosts_file; /* empty: ~/.ssh/known_hosts and known_hosts2 */
	char *host_key_algorithms;
	char *pubkey_accepted_algorithms;
	char *kex_algorithms;
	char *ciphers;
	char *macs;
	char *address_family; /* any, inet, inet6 */
	char *bind_address;
	char *request_tty; /* auto, yes, no, force */
	char *remote_command;
	struct strlist set_env; /* NAME=value */
	char *preferred_authentications;
	char *log_level;
	char *group;
	struct strlist tags;
	char *note;
	char *session_log;
	struct strlist cloud; /* provider=..., instance_id=...: facts from an import */

	unsigned char origin[HOST_FIELDS_MAX]; /* enum field_origin */
	const char *
	    source; /* "hosts.json", borrowed from the list; or "command line" for a literal DEST */
	int line, col; /* where the entry begins in its file; 0 for a literal */
	char *
	    remark; /* what is odd about it and does not stop it: the first misspelt member; NULL: nothing */
	char *problem; /* NULL when usable; else a sentence with file:line:col, host and member */
};

struct host *host_new(void);
void host_free(struct host *host);
struct host *host_dup(const struct host *host);
/*
 * Sets one field from text as a command line gives it (a list: replaces it by the one item,
 * or appends when append is true).  False with err for a value that is not allowed.
 */
bool host_set(struct host *host, const struct host_field *field, const char *value, bool append,
    enum field_origin origin, struct err *err);
enum field_origin host_origin(const struct host *host, const struct host_field *field);
/* One of the facts in "cloud", borrowed; NULL: not said. */
const char *host_cloud(const struct host *host, const char *fact);
/* The names of those that are known. */
const char *const *host_cloud_facts(size_t *count);
/* The items of a list or map, borrowed; NULL for a field of another kind. */
const struct strlist *host_get_list(const struct host *host, const struct host_field *field);
/* The field's effective value as text for people and for --explain ("" when unset).  Caller frees. */
char *host_get_text(const struct host *host, const struct host_field *field);
/* "user@hostname", with ":port" when it is not 22 and brackets around an IPv6 literal.  Caller frees; not cleaned. */
char *host_address(const struct host *host);
/*
 * What a server is called where its calls are counted: "ADDRESS PORT".  An IPv4 address that is written as one of IPv6
 * (RFC 4291 section 2.5.5.2, as getnameinfo() prints it) is the same server.  Caller frees.
 */
char *server_name(const char *address, long port);
/*
 * The file that session_log names, which must be set, for a session that begins at that time: {name}, {hostname},
 * {user} and {port} are the host's, made safe as part of a file name, %Y %m %d %j %H %M %S
 * the date's; "~/" is the home folder.  Caller frees.  NULL with err.
 */
char *host_log_path(const struct host *host, const struct tm *when, struct err *err);
/*
 * Fills in what follows from the rest: the host name from the name and its tokens (%h, %%; ssh_config(5), HostName),
 * the user from the local one.  False with the member and reason: the host is not usable.
 */
bool host_complete(struct host *host, const char *local_user, struct err *err);
/*
 * Replaces the tokens of ssh_config(5) (%h, %r, ...) and, where ssh does, ${NAME}: in key, certificate and
 * known_hosts files, the agent's socket and the remote command.  For a host that is about to be used; what is shown
 * and saved stays as written.  False with the member and reason; what a shell could act on is not
 * put into a command.
 */
bool host_expand(struct host *host, struct err *err);
/*
 * OpenSSH's ssh_valid_hostname() and valid_ruser() (ssh.c, readconf.c): no leading "-", no shell
 * characters, no controls.  False with a sentence.
 */
bool host_name_valid(const char *hostname, struct err *err);
bool host_user_valid(const char *user, struct err *err);

/* ---- port forwards ---- */

enum forward_kind {
	FORWARD_LOCAL, /* a port here leads to an address behind the server (-L) */
	FORWARD_REMOTE, /* a port on the server leads to an address here (-R) */
	FORWARD_DYNAMIC, /* a port here speaks SOCKS (-D) */
};

/* Texts are owned. */
struct forward {
	enum forward_kind kind;
	char *bind; /* NULL: not said; "" and "*": every address of the machine */
	long port; /* 0, FORWARD_REMOTE only: the server chooses one */
	char *host; /* where it leads; NULL: who connects says so, in SOCKS */
	long host_port;
};

/*
 * ssh(1)'s notation, "[address:]port:host:hostport" or "[address:]port", and ssh_config(5)'s with a blank in it.
 * TCP only.  False with what is wrong with the text, to be read after it, and then nothing is to be freed.
 */
bool forward_parse(
    enum forward_kind kind, const char *text, struct forward *forward, struct err *err);
void forward_done(struct forward *forward);
/* The copy is to be freed with forward_done(). */
void forward_copy(struct forward *to, const struct forward *from);
bool forward_equal(const struct forward *a, const struct forward *b);
/* Appends "8080 [db]:5432", as ssh -G shows it.  Not cleaned. */
void forward_text(const struct forward *forward, struct str *out);

/* ---- the list ---- */

struct host_list {
	struct host **items; /* in file order */
	size_t len;
	struct host **by_name; /* sorted for hosts_find() */
	char *path; /* the file that was read, NULL: none */
	char *source; /* its name, for the hosts */
	struct host *defaults; /* values for literal destinations; never NULL after loading */
	char *local_user; /* the user of hosts that name none; NULL when this account has no name */
	struct strlist warnings; /* unknown members, wide modes: one sentence each */
	char *remark; /* of the warnings the first that concerns every host; NULL: none */
	bool missing; /* the file does not exist (an empty list, not an error) */
	struct loader *loader; /* there are hosts in the file that are not read yet; NULL: none */
};

/*
 * The hosts file to use: given (from --hosts) if not NULL, else $SALLYPORT_HOSTS, else
 * the XDG path of the manual page.  Caller frees; NULL with err when there is no home folder.
 */
char *hosts_path(const char *given, struct err *err);
/*
 * Reads a hosts file into a list that holds nothing yet; hosts_done() is due whatever comes of it.  A document that is not JSON or not an object fails with "file:line:col: ..."
 * and leaves the list empty.  A wrong value marks that host (problem) and loading goes on.
 * A missing file is an empty list with missing set.
 */
bool hosts_load(struct host_list *list, const char *path, struct err *err);
/*
 * The same in two parts, for who has something to show before all is read: the whole document is looked at, but
 * only so many hosts are read.  If then the list has a loader, hosts_load_rest() is due; until it is done nothing is
 * known of names that are there twice, and no host can be found by its name.
 */
bool hosts_load_first(struct host_list *list, const char *path, size_t most, struct err *err);
void hosts_load_rest(struct host_list *list);
/* The same from memory; name stands for the file in messages. */
bool hosts_parse(
    struct host_list *list, const char *text, size_t len, const char *name, struct err *err);
void hosts_done(struct host_list *list);
/* By exact name; NULL when there is none.  A host with a problem (a duplicate name too) is
 * returned: look at its problem before use. */
struct host *hosts_find(const struct host_list *list, const char *name);
/* The name of the list that somebody may have meant by one that is not in it; NULL: it is like none of them.  The list owns it. */
const char *hosts_nearest(const struct host_list *list, const char *name);
struct host *hosts_by_id(const struct host_list *list, unsigned id);
/*
 * DEST of a command: a host by name, also as user@name, name:port or ssh://user@name:port, which then win over its
 * own; else a literal [user@]host[:port] (or [v6]:port) with "defaults".  Returns a new host that the caller frees, or NULL
 * with err: ERR_NOTFOUND, ERR_INVALID (bad characters, or a host with a problem).
 */
struct host *hosts_resolve(const struct host_list *list, const char *dest, struct err *err);
/*
 * What is wrong with a host's proxy_jump: an unknown name, a loop, itself, a hop that is unusable.  NULL when
 * nothing is, else a sentence that the caller frees.
 */
char *hosts_jump_problem(const struct host_list *list, const struct host *host);
/* The hosts on the way to one, first to last; owned. */
struct host_chain {
	struct host **items;
	size_t len;
};
/*
 * All hops to a host: its proxy_jump, and before its first hop that one's own.  False with err (ERR_INVALID) where
 * hosts_jump_problem() finds something.
 */
bool hosts_jump_chain(const struct host_list *list, const struct host *host,
    struct host_chain *chain, struct err *err);
void host_chain_done(struct host_chain *chain);
/*
 * The equivalent ssh command, quoted for a POSIX shell.  ssh does not know our names, so jump hosts
 * that are in the list (which may be NULL) become addresses.  Caller frees.
 */
char *host_ssh_command(const struct host_list *list, const struct host *host);

/* ---- add_keys_to_agent ---- */

struct add_keys {
	bool add, ask; /* ask: only when the user says yes */
	bool confirm; /* the agent shall ask for every use */
	long seconds; /* that it shall keep the key; 0: for ever */
};
/* ssh_config(5), AddKeysToAgent: yes, no, ask, confirm [TIME], TIME; NULL is no.  False: none of these. */
bool add_keys_parse(const char *value, struct add_keys *how);

/* ---- settings ---- */

/* What the menu checks by itself where the cursor rests. */
enum auto_check { AUTO_CHECK_REACH, AUTO_CHECK_LOCAL, AUTO_CHECK_OFF };
enum after_session { AFTER_SESSION_MENU, AFTER_SESSION_EXIT };

/* All zero: as the program comes. */
struct settings {
	enum auto_check auto_check;
	enum after_session after_session;
	struct strlist warnings; /* unknown settings: one sentence each */
};

/*
 * Reads the settings file: given (from --config), which must be there, or config.json in the XDG folder of the
 * manual page, which need not.  A value that is not allowed fails with "file:line:col: ...": who wanted
 * less than the program does by itself must not get it for a slip of the pen.  settings_done() is due in any case.
 */
bool settings_load(struct settings *settings, const char *given, struct err *err);
/* The same from memory; name stands for the file in messages. */
bool settings_parse(
    struct settings *settings, const char *text, size_t len, const char *name, struct err *err);
void settings_done(struct settings *settings);

/* ---- search ---- */

/*
 * Does a filter text match?  Words separated by blanks must all match; each is a substring without regard to
 * case of name, address, group, tags or note; "tag:", "group:", "user:" narrow a word.
 */
bool host_matches(const struct host *host, const char *filter);
/* The same with the filter's words, for who asks many hosts. */
bool host_matches_words(const struct host *host, const struct strlist *words);
/* What may stand in front of a word of a filter, and where the word is looked for then: "tag:". */
struct filter_prefix {
	const char *text;
	const char *help; /* N_() */
};
/* Those that host_matches() knows, one after the other; NULL: no more. */
const struct filter_prefix *host_filter_prefix(size_t i);

#endif
