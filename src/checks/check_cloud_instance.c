/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>
#include <strings.h>

#include "sallyport/ssh.h"

/*
 * What the clouds call the states of an instance (ECS DescribeInstances, EC2 InstanceState, Google's instances.status,
 * Tencent's InstanceState), letters of any case.  A state that nobody knows here is told as it is.
 */
static const struct state {
	const char *name;
	enum verdict verdict;
} states[] = {
	{ "running", VERDICT_PASS },
	{ "stopped", VERDICT_FAIL },
	{ "stopping", VERDICT_FAIL },
	{ "shutting-down", VERDICT_FAIL },
	{ "shutdown", VERDICT_FAIL },
	{ "suspending", VERDICT_FAIL },
	{ "suspended", VERDICT_FAIL },
	{ "terminating", VERDICT_FAIL },
	{ "terminated", VERDICT_FAIL },
	{ "released", VERDICT_FAIL },
	{ "deallocated", VERDICT_FAIL },
};

static enum verdict state_verdict(const char *status)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcasecmp(status, states[i].name) == 0)
			return states[i].verdict;
	return VERDICT_WARN;
}

/* Is the fact known to be nothing?  An import that has the instance's id has what else there was. */
static bool lacks(const struct host *host, const char *fact)
{
	const char *value = host_cloud(host, fact), *id = host_cloud(host, "instance_id");

	return value ? !*value : id && *id;
}

static bool is_fact(const struct host *host, const char *fact, const char *value)
{
	return str_eq(host_cloud(host, fact), value);
}

/* The address to reach the instance at from outside; NULL: not known. */
static const char *public_address(const struct host *host)
{
	static const char *const facts[] = { "eip", "public_ip" };

	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *value = host_cloud(host, facts[i]);
		if (value && *value)
			return value;
	}
	return NULL;
}

/* ---- rules: each says what it found, or nothing ---- */

static bool not_running(struct result *result, const struct host *host)
{
	const char *status = host_cloud(host, "status");

	if (!status || !*status || state_verdict(status) == VERDICT_PASS)
		return false;
	result->verdict = state_verdict(status);
	result_summary(result, _("the instance was %.60s when it was imported"), status);
	result_hint(
	    result, _("See it in the cloud's console and start it there; then import it again."));
	return true;
}

static bool inside_only(struct result *result, const struct host *host)
{
	const char *scope = address_text_scope(host->hostname);

	if (!lacks(host, "public_ip") || !lacks(host, "eip") || host_is_behind(host) || !scope ||
	    !*scope)
		return false;
	result->verdict = VERDICT_WARN;
	result_summary(result,
	    _("the instance has no public IP and no EIP, and %s is a %s address"), host->hostname,
	    scope);
	result_hint(result,
	    _("It can be reached from inside its network only: bind an EIP in the console, use a VPN, or set proxy_jump."));
	return true;
}

static bool moved(struct result *result, const struct host *host)
{
	const char *now = public_address(host);

	if (!now || !address_text_scope(host->hostname) || is_fact(host, "eip", host->hostname) ||
	    is_fact(host, "public_ip", host->hostname) ||
	    is_fact(host, "private_ip", host->hostname))
		return false;
	result->verdict = VERDICT_WARN;
	result_summary(result, _("hostname is %s, and the instance has the address %.60s"),
	    host->hostname, now);
	result_hint(result,
	    _("Without an EIP the public address changes with each stop and start: set hostname to the address that the console shows."));
	return true;
}

static bool no_key_pair(struct result *result, const struct host *host)
{
	if (!lacks(host, "key_pair"))
		return false;
	result->verdict = VERDICT_WARN;
	result_summary(result, _("no key pair is bound to the instance"));
	result_hint(result,
	    _("Bind one in the console and restart the instance, or put your public key into ~/.ssh/authorized_keys there."));
	return true;
}

typedef bool rule_fn(struct result *result, const struct host *host);
/* The worst and most telling first: one of them is told. */
static rule_fn *const rules[] = { not_running, inside_only, moved, no_key_pair };

static void describe(struct result *result, const struct host *host)
{
	static const char *const shown[] = { "instance_id", "status", "region", "key_pair" };
	struct str text = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const char *value = host_cloud(host, shown[i]);
		if (value && *value)
			str_addf(&text, "%s%.60s", text.len ? ", " : "", value);
	}
	/* No fault: it may be reached so by a VPN.  But where it is not, this is what to try. */
	if (public_address(host) && is_fact(host, "private_ip", host->hostname))
		str_addf(&text, "%sfrom outside it is %.60s", text.len ? "; " : "",
		    public_address(host));
	result_summary(result, "%s", text.len ? str_text(&text) : _("nothing speaks against it"));
	str_done(&text);
}

static void details(struct result *result, const struct host *host)
{
	size_t count;
	const char *const *facts = host_cloud_facts(&count);

	for (size_t i = 0; i < count; i++) {
		const char *value = host_cloud(host, facts[i]);
		if (value && *value)
			result_detail(result, facts[i], "%.1000s", value);
	}
}

struct result *cloud_instance_judge(const char *id, const struct host *host)
{
	struct result *result = result_new(id, VERDICT_PASS);

	describe(result, host);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i](result, host))
			break;
	details(result, host);
	return result;
}

static void start(struct check_job *job)
{
	if (job->host->cloud.len)
		check_tell(job, cloud_instance_judge(job->check->id, job->host));
	else
		check_skip(job, _("not imported from a cloud"));
}

const struct check check_cloud_instance = {
	.id = "cloud.instance",
	.title = N_("Instance is there"),
	.why = N_(
	    "What the cloud said at the last import: a stopped instance, no public address, an old address or no key pair explain a host that does not answer."),
	.needs = "host.settings",
	.depth = DEPTH_LOCAL,
	.start = start,
};
