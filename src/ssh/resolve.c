/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/loop.h"
#include "sallyport/util.h"

/* What the worker reads and writes; it may outlive the resolve that asked. */
struct job {
	struct resolve *owner; /* NULL: cancelled; touched by the loop's thread only */
	bool in_worker; /* belongs to the worker, which frees it */
	atomic_bool begun; /* somebody asks for it */
	char *hostname;
	char service[24];
	int family;
	int code; /* EAI_ */
	int errnum; /* for EAI_SYSTEM */
	struct address *addresses;
	size_t count;
};

struct resolve {
	struct job *job;
	struct loop_work *work; /* NULL: an address, or done */
	struct loop_task told; /* for what needs no worker */
	resolve_done *done;
	void *ctx;
};

static bool address_same(const struct address *a, const struct addrinfo *b)
{
	return a->len == b->ai_addrlen && memcmp(&a->sa, b->ai_addr, a->len) == 0;
}

static void add_new(struct job *job, const struct addrinfo *ai)
{
	struct address *address;

	if (ai->ai_addrlen > sizeof address->sa)
		return;
	for (size_t i = 0; i < job->count; i++)
		if (address_same(&job->addresses[i], ai))
			return;
	job->addresses = mem_realloc(job->addresses, job->count + 1, sizeof *job->addresses);
	address = &job->addresses[job->count++];
	memset(address, 0, sizeof *address);
	memcpy(&address->sa, ai->ai_addr, ai->ai_addrlen);
	address->len = ai->ai_addrlen;
}

/* flags: AI_NUMERICHOST never asks anybody, so that it cannot block. */
static void ask(struct job *job, int flags)
{
	struct addrinfo hints = { .ai_flags = flags | AI_NUMERICSERV,
		.ai_family = job->family,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	job->code = getaddrinfo(job->hostname, job->service, &hints, &found);
	job->errnum = errno;
	for (const struct addrinfo *ai = found; ai != NULL; ai = ai->ai_next)
		add_new(job, ai);
	if (found != NULL)
		freeaddrinfo(found);
}

/* ---- why it failed ---- */

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : family == AF_INET6 ? "IPv6" : "IP";
}

static void explain_numeric(const struct job *job, struct err *err)
{
	const char *zone = strchr(job->hostname, '%');
	const char *family = family_name(job->family);

	if (job->code == EAI_ADDRFAMILY) {
		err_set(err, ERR_RESOLVE, _("%s is not an %s address"), job->hostname, family);
		err_hint(err, _("Only %s is allowed here: see address_family, -4 and -6."), family);
	} else if (zone != NULL) {
		err_set(err, ERR_RESOLVE, _("%s: this machine has no network interface \"%s\""),
		    job->hostname, zone + 1);
		err_hint(err, _("\"ip link\" lists the interfaces."));
	} else {
		err_set(err, ERR_INVALID, _("%s is neither a name nor an address"), job->hostname);
		err_hint(err,
		    _("An IPv6 address is written without brackets; a port has a member of "
		      "its own."));
	}
}

#define ADDRESS_HINT                                                                               \
	N_("See address_family, -4 and -6, and the name's DNS records: A is for IPv4, AAAA for "   \
	   "IPv6.")

static const struct reason {
	int code;
	enum err_code kind;
	const char *what;
	const char *hint;
} reasons[] = {
	{ EAI_NONAME, ERR_RESOLVE, N_("no such host name"),
	    N_("Check the spelling of hostname; a name inside a company or a cloud may need its VPN "
	       "or its name server.") },
	{ EAI_AGAIN, ERR_RESOLVE, N_("no name server could look it up"),
	    N_("Is this machine online?  The name may still be right: see /etc/resolv.conf, then "
	       "try again.") },
	{ EAI_FAIL, ERR_RESOLVE, N_("the name server failed to look it up"),
	    N_("The name server or the name's domain is broken: try again later, or use the "
	       "address as hostname.") },
	{ EAI_NODATA, ERR_RESOLVE, N_("the name has no address"), ADDRESS_HINT },
	{ EAI_ADDRFAMILY, ERR_RESOLVE, N_("the name has no address of the kind asked for"),
	    ADDRESS_HINT },
	{ EAI_MEMORY, ERR_LOCAL, N_("this machine has no memory left to look it up"),
	    N_("Close other programs and try again.") },
};

static void explain_name(const struct job *job, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].code != job->code)
			continue;
		err_set(err, reasons[i].kind, "%s: %s", job->hostname, _(reasons[i].what));
		err_hint(err, "%s", _(reasons[i].hint));
		return;
	}
	if (job->code == EAI_SYSTEM) {
		err_set(err, ERR_LOCAL, _("%s: this machine could not look it up: %s"),
		    job->hostname, strerror(job->errnum));
		err_hint(err, _("If too many files are open, see \"ulimit -n\"."));
		return;
	}
	err_set(err, ERR_RESOLVE, "%s: %s", job->hostname, gai_strerror(job->code));
}

/* ---- the asking ---- */

static void job_free(struct job *job)
{
	free(job->hostname);
	free(job->addresses);
	free(job);
}

static void job_work(void *ctx)
{
	struct job *job = ctx;

	atomic_store(&job->begun, true);
	ask(job, 0);
}

static void job_release(void *ctx)
{
	struct job *job = ctx;

	if (job->owner != NULL)
		job->owner->job = NULL;
	job_free(job);
}

/* done may cancel: nothing of the resolve is touched after it. */
static void tell(struct resolve *resolve, void (*explain)(const struct job *, struct err *))
{
	const struct job *job = resolve->job;
	struct err err = ERR_INIT;

	if (job->count == 0)
		explain(job, &err);
	resolve->done(resolve->ctx, job->addresses, job->count, job->count == 0 ? &err : NULL);
}

static void job_done(void *ctx)
{
	struct job *job = ctx;

	job->owner->work = NULL;
	tell(job->owner, explain_name);
}

static void tell_numeric(void *ctx)
{
	tell(ctx, explain_numeric);
}

/* Is it an address, or can it be nothing else?  Then there is nothing to ask a name server. */
static bool is_numeric(const struct job *job)
{
	return job->count > 0 || job->code == EAI_ADDRFAMILY || strchr(job->hostname, ':') != NULL;
}

struct resolve *resolve_start(
    struct loop *loop, const char *hostname, long port, int family, resolve_done *done, void *ctx)
{
	struct resolve *resolve = mem_zalloc(1, sizeof *resolve);
	struct job *job = mem_zalloc(1, sizeof *job);

	*resolve = (struct resolve){ .job = job, .done = done, .ctx = ctx };
	loop_task_init(&resolve->told, loop, tell_numeric, resolve);
	job->owner = resolve;
	job->hostname = mem_strdup(hostname);
	job->family = family;
	snprintf(job->service, sizeof job->service, "%ld", port);
	ask(job, AI_NUMERICHOST);
	if (is_numeric(job)) {
		loop_task_queue(&resolve->told);
	} else {
		job->in_worker = true;
		resolve->work = loop_work_start(loop, job_work, job_done, job_release, job);
	}
	return resolve;
}

void resolve_cancel(struct resolve *resolve)
{
	if (resolve == NULL)
		return;
	loop_task_done(&resolve->told);
	loop_work_cancel(resolve->work);
	if (resolve->job != NULL) {
		resolve->job->owner = NULL;
		if (!resolve->job->in_worker)
			job_free(resolve->job);
	}
	free(resolve);
}

bool resolve_begun(const struct resolve *resolve)
{
	return resolve->job != NULL && atomic_load(&resolve->job->begun);
}
