/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the checks and their runner share: the job that a local check works on, the key
 * files that many hosts have in common, and the rules, which are pure so that tests can try them.
 */
#ifndef SALLYPORT_CHECKS_INTERNAL_H
#define SALLYPORT_CHECKS_INTERNAL_H

#include <sys/stat.h>

#include "checks/agents.h"
#include "sallyport/checks.h"
#include "sallyport/hosts.h"
#include "sallyport/keys.h"

/* ---- key files, each read once however many hosts use it ---- */

struct check_key {
	struct check_key *next; /* in the cache */
	char *path; /* as the host names it */
	struct strlist certs; /* certificate_file of the host */
	bool loaded; /* file is filled in; else err says why not */
	struct key_file file;
	struct err err;
	char *bad_cert; /* what is wrong with the certificate that goes with it; else NULL */
	char *bad_folder; /* its folder or ~/.ssh, where others may write to it; else NULL */
};

/* What a check said of the keys of the host before, or why it had nothing to say: most have the same ones. */
struct key_verdict {
	const struct check *check;
	const struct check_key **keys;
	size_t count;
	bool keys_default;
	struct result *result;
};

enum { KEY_VERDICTS = 5 };

enum { KEY_BUCKETS = 1024 };

struct key_cache {
	struct check_key *buckets[KEY_BUCKETS]; /* by a hash of the path */
	struct key_verdict verdicts[KEY_VERDICTS];
	struct strlist defaults; /* ssh's own list, looked up once */
	bool defaults_known;
};

/* Borrowed from the cache.  certs: certificate_file of the host. */
const struct check_key *key_cache_get(
    struct key_cache *cache, const char *path, const struct strlist *certs);
void key_cache_done(struct key_cache *cache);

/* ---- a job: local checks of one host, one after the other, or one that takes its time ---- */

typedef void check_tell_fn(struct check_job *job, struct result *result); /* takes the result */

struct check_job {
	const struct host *host;
	const struct host_list *list;
	const struct check_key **keys;
	size_t key_count;
	bool keys_default; /* ssh's own list, not the host's */
	struct key_cache *cache;
	struct agents *agents;
	struct agent_wait wait; /* see check_agent() */
	const struct check *check; /* the one that runs */
	double started;
	check_tell_fn *tell;
	void *ctx;
	struct check_job *next; /* of its host */
};

/* Fills in the keys that the host would use. */
void check_job_keys(struct check_job *job, struct key_cache *cache);
void check_job_done(struct check_job *job);
/* Hands over the result of the running check; a job of its own is gone then. */
void check_tell(struct check_job *job, struct result *result);
/* A result for the running check that says why it did not run. */
void check_skip(struct check_job *job, const char *why);
/*
 * Calls done with what the host's agent has, at once or later: for a check with check_agent_cancel() as its cancel.  ctx is the
 * job.
 */
void check_agent(struct check_job *job, void (*done)(void *ctx, const struct agent_view *view));
void check_agent_cancel(struct check_job *job);
/*
 * Judges each key and tells the worst of the results, with a detail "file" for each key.  A judge
 * returns NULL for a key that is not its business; no result at all becomes a skip.
 */
typedef struct result *key_judge_fn(const char *id, const struct check_key *key);
void check_keys(struct check_job *job, key_judge_fn *judge);

/* ---- the rules ---- */

/* What is wrong with the entry itself, as a failed result; else a pass. */
struct result *host_settings_judge(
    const char *id, const struct host_list *list, const struct host *host);
struct result *key_file_judge(const char *id, const struct check_key *key);
struct result *key_format_judge(const char *id, const struct check_key *key);
struct result *key_mode_judge(const char *id, const struct check_key *key);
struct result *key_agent_judge(
    const char *id, const struct check_job *job, const struct agent_view *view);
/* Of a host with facts of a cloud. */
struct result *cloud_instance_judge(const char *id, const struct host *host);
/* key_mode_judge() for an invented user. */
struct result *key_mode_judge_as(const char *id, const struct check_key *key, uid_t me);
/* What chmod should make of the mode of a key that others can read. */
mode_t key_wanted_mode(const char *path);
/* A path to type into a shell: "~" for the home folder where nothing needs quoting.  Caller frees. */
char *path_for_shell(const char *path);

/* Is the host reached through another one? */
bool host_is_behind(const struct host *host);

/*
 * The hops on the way to a host, first to last, complete as for a connection.  False with err: the way is
 * broken, which host.settings tells.
 */
bool host_way(
    const struct host_list *list, const struct host *host, struct host_chain *way, struct err *err);

/* ---- records ---- */

extern const struct check check_host_settings;
extern const struct check check_key_file;
extern const struct check check_key_mode;
extern const struct check check_key_format;
extern const struct check check_key_agent;
extern const struct check check_cloud_instance;
extern const struct check check_jump; /* "jump.N" stands for jump.1, jump.2 and so on */
extern const struct check check_net_resolve;
extern const struct check check_net_connect;
extern const struct check check_ssh_banner;
extern const struct check check_ssh_kex;
extern const struct check check_ssh_hostkey;
extern const struct check check_auth_methods;
extern const struct check check_auth_publickey;

/* Where in the table a check stands, for sorting; unknown ids last. */
size_t check_rank(const char *id);

/* ---- plan: who shares a connection with whom ---- */

struct planned {
	size_t index; /* of the host */
	char *server; /* the same text: the same address and port, asked for in the same way */
	char *engine; /* the same algorithms and the same known_hosts */
	char *login; /* the same user and the same keys */
};

/*
 * Sorts hosts so that those of one server stand together, within it those that can share a
 * connection to the key exchange, within these those that can share a login.
 * Servers are in the order of their first host.
 */
struct planned *plan_make(const struct host *const *hosts, const size_t *indexes, size_t count);
void plan_free(struct planned *plan, size_t count);
bool plan_same_server(const struct planned *a, const struct planned *b);
bool plan_same_engine(const struct planned *a, const struct planned *b);
bool plan_same_login(const struct planned *a, const struct planned *b);

#endif
