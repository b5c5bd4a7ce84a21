/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- key files ---- */

/* The folder that a path is in, as a new string. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	return slash == path ? mem_strdup("/") : mem_strndup(path, (size_t)(slash - path));
}

static bool folder_bad(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && folder_perm_bad(&st, geteuid());
}

/* The folder of the key, or ~/.ssh, whichever others may write to; NULL: neither.  Caller frees. */
static char *bad_folder(const char *key_path)
{
	char *own = folder_of(key_path), *ssh = path_expand("~/.ssh", NULL);
	char *bad = folder_bad(own) ? mem_strdup(own) : NULL;

	if (!bad && ssh && folder_bad(ssh))
		bad = mem_strdup(ssh);
	free(own);
	free(ssh);
	return bad;
}

/* What is wrong with a certificate file, if it is one for this key; NULL: nothing.  Caller frees. */
static char *cert_file_problem(const char *path, const struct pubkey *key)
{
	struct key_file file = { 0 };
	struct cert cert;
	char *problem = NULL;

	if (key_file_load(&file, path, NULL) && file.pub.blob &&
	    cert_read(&cert, file.pub.blob, file.pub.len, NULL)) {
		if (!key->blob ||
		    (key->len == cert.key.len && memcmp(key->blob, cert.key.blob, key->len) == 0))
			problem = cert_problem(&cert, CERT_USER, (uint64_t)time(NULL));
		cert_done(&cert);
	}
	key_file_done(&file);
	return problem;
}

/*
 * What is wrong with the certificate that a login would offer with the key: one of certificate_file, else FILE-cert or
 * FILE-cert.pub (ssh_config(5), CertificateFile); NULL: nothing, or there is none.  Caller frees.
 */
static char *bad_cert(const struct key_file *file, const struct strlist *certs)
{
	struct strlist beside = { 0 };
	char *bad = NULL;

	strlist_take(&beside, mem_printf("%s-cert", file->path));
	strlist_take(&beside, mem_printf("%s-cert.pub", file->path));
	if (!certs->len)
		certs = &beside;
	for (size_t i = 0; i < certs->len && !bad; i++)
		bad = cert_file_problem(certs->items[i], &file->pub);
	strlist_done(&beside);
	return bad;
}

static struct check_key *key_load(const char *path, const struct strlist *certs)
{
	struct check_key *key = mem_zalloc(1, sizeof *key);

	key->path = mem_strdup(path);
	for (size_t i = 0; i < certs->len; i++)
		strlist_add(&key->certs, certs->items[i]);
	key->loaded = key_file_load(&key->file, path, &key->err);
	if (key->loaded)
		key->bad_cert = bad_cert(&key->file, certs);
	key->bad_folder = bad_folder(key->file.path ? key->file.path : path);
	return key;
}

static bool same_texts(const struct strlist *a, const struct strlist *b)
{
	size_t i = 0;

	while (i < a->len && i < b->len && str_eq(a->items[i], b->items[i]))
		i++;
	return i == a->len && i == b->len;
}

const struct check_key *key_cache_get(
    struct key_cache *cache, const char *path, const struct strlist *certs)
{
	struct check_key **bucket = &cache->buckets[str_hash(path) % KEY_BUCKETS], *key = *bucket;

	while (key && !(str_eq(key->path, path) && same_texts(&key->certs, certs)))
		key = key->next;
	if (key)
		return key;
	key = key_load(path, certs);
	key->next = *bucket;
	return *bucket = key;
}

static void bucket_done(struct check_key *key)
{
	for (struct check_key *next; key; key = next) {
		next = key->next;
		key_file_done(&key->file);
		free(key->path);
		strlist_done(&key->certs);
		free(key->bad_cert);
		free(key->bad_folder);
		free(key);
	}
}

void key_cache_done(struct key_cache *cache)
{
	for (size_t i = 0; i < KEY_BUCKETS; i++)
		bucket_done(cache->buckets[i]);
	for (size_t i = 0; i < KEY_VERDICTS; i++) {
		free(cache->verdicts[i].keys);
		result_free(cache->verdicts[i].result);
	}
	strlist_done(&cache->defaults);
	memset(cache, 0, sizeof *cache);
}

/* ---- jobs ---- */

static const struct strlist *default_paths(struct key_cache *cache)
{
	if (!cache->defaults_known)
		key_default_files(&cache->defaults);
	cache->defaults_known = true;
	return &cache->defaults;
}

void check_job_keys(struct check_job *job, struct key_cache *cache)
{
	const struct strlist *paths = &job->host->identity_file;

	job->cache = cache;
	job->keys_default = paths->len == 0;
	if (job->keys_default)
		paths = default_paths(cache);
	job->keys = mem_zalloc(paths->len + 1, sizeof *job->keys);
	for (size_t i = 0; i < paths->len; i++)
		if (!str_eq(paths->items[i], "none")) /* ssh_config(5): no key file at all */
			job->keys[job->key_count++] =
			    key_cache_get(cache, paths->items[i], &job->host->certificate_file);
}

void check_job_done(struct check_job *job)
{
	free(job->keys);
	job->keys = NULL;
	job->key_count = 0;
}

void check_tell(struct check_job *job, struct result *result)
{
	job->tell(job, result);
}

/*
 * A key of ssh's own list that is no good is passed over by ssh, so it only warns when another
 * one will do; a key that the host names must be good.
 */
static void soften(const struct check_job *job, struct result *worst, bool one_will_do)
{
	if (job->keys_default && one_will_do && worst->verdict == VERDICT_FAIL)
		worst->verdict = VERDICT_WARN;
}

static struct result *judge_keys(const struct check_job *job, key_judge_fn *judge)
{
	struct result *worst = NULL;
	bool one_will_do = false;

	for (size_t i = 0; i < job->key_count; i++) {
		struct result *result = judge(job->check->id, job->keys[i]);
		if (!result)
			continue;
		one_will_do = one_will_do || result->verdict != VERDICT_FAIL;
		if (!worst || result->verdict > worst->verdict) {
			result_free(worst);
			worst = result;
		} else {
			result_free(result);
		}
	}
	if (!worst) {
		worst = result_new(job->check->id, VERDICT_SKIP);
		result_summary(worst, "%s",
		    job->key_count ? _("there is no private key to look at")
				   : _("no key file is set, and none of ssh's own is there"));
		return worst;
	}
	soften(job, worst, one_will_do);
	for (size_t i = 0; i < job->key_count; i++)
		result_detail(worst, "file", "%s", job->keys[i]->path);
	return worst;
}

static bool same_keys(const struct key_verdict *verdict, const struct check_job *job)
{
	return verdict->result && verdict->keys_default == job->keys_default &&
	    verdict->count == job->key_count &&
	    memcmp(verdict->keys, job->keys, job->key_count * sizeof(struct check_key *)) == 0;
}

static struct key_verdict *verdict_of(struct key_cache *cache, const struct check *check)
{
	size_t i = 0;

	while (
	    i < KEY_VERDICTS - 1 && cache->verdicts[i].check && cache->verdicts[i].check != check)
		i++;
	return &cache->verdicts[i];
}

void check_keys(struct check_job *job, key_judge_fn *judge)
{
	struct key_verdict *verdict = verdict_of(job->cache, job->check);

	if (verdict->check != job->check || !same_keys(verdict, job)) {
		free(verdict->keys);
		result_free(verdict->result);
		*verdict = (struct key_verdict){ job->check,
			mem_dup(job->keys, job->key_count * sizeof(struct check_key *)),
			job->key_count, job->keys_default, judge_keys(job, judge) };
	}
	check_tell(job, result_share(verdict->result));
}

void check_skip(struct check_job *job, const char *why)
{
	struct key_verdict *verdict = verdict_of(job->cache, job->check);

	if (verdict->check != job->check || !str_eq(verdict->result->summary, why)) {
		free(verdict->keys);
		result_free(verdict->result);
		*verdict = (struct key_verdict){ .check = job->check,
			.result = result_new(job->check->id, VERDICT_SKIP) };
		result_summary(verdict->result, "%s", why);
	}
	check_tell(job, result_share(verdict->result));
}

void check_agent(struct check_job *job, void (*done)(void *ctx, const struct agent_view *view))
{
	const struct agent_view *view;

	job->wait = (struct agent_wait){ .done = done, .ctx = job };
	view = agents_ask(job->agents, job->host->identity_agent, &job->wait);
	if (view)
		done(job, view);
}

void check_agent_cancel(struct check_job *job)
{
	agents_forget(job->agents, &job->wait);
}
