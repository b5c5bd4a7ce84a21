/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/internal.h"

#include <stdlib.h>

bool host_is_behind(const struct host *host)
{
	return host->proxy_jump && *host->proxy_jump && !str_eq(host->proxy_jump, "none");
}

/* What is odd and stops nothing: in its entry, then in the file as a whole. */
static void remark(struct result *result, const struct host_list *list, const struct host *host)
{
	const char *of_all = host->line ? list->remark : NULL; /* it is from the file */

	if (host->remark)
		result_detail(result, "remark", "%s", host->remark);
	if (of_all)
		result_detail(result, "remark", "%s", of_all);
	if (!host->remark && !of_all)
		return;
	result->verdict = VERDICT_WARN;
	result_summary(result, "%s", host->remark ? host->remark : of_all);
	result_hint(result, "%s",
	    host->remark ? _("Mend this entry of the hosts file.")
			 : _("Mend the hosts file: this is so for all hosts in it."));
}

/* Where it is mended: a host that is in no file is an address with our defaults, or a name without an entry. */
static const char *problem_hint(const struct host *host)
{
	if (host->line)
		return _("Mend this entry of the hosts file.");
	return host->hostname ? _("Mend the defaults of the hosts file.")
			      : _("sallyport list shows the hosts that are there.");
}

struct result *host_settings_judge(
    const char *id, const struct host_list *list, const struct host *host)
{
	struct result *result = result_new(id, VERDICT_FAIL);
	struct host_chain way = { 0 };
	struct err err = ERR_INIT;
	char *jump = NULL, *address;

	if (host->problem) {
		result_summary(result, "%s", host->problem);
		result_hint(result, "%s", problem_hint(host));
		return result;
	}
	if (!host_name_valid(host->hostname, &err) ||
	    (host->user && !host_user_valid(host->user, &err))) {
		result_free(result);
		return result_from_err(id, &err);
	}
	jump = hosts_jump_problem(list, host);
	if (jump) {
		result_summary(result, "%s", jump);
		result_hint(result, _("Mend proxy_jump of this host."));
		free(jump);
		return result;
	}
	if (host_is_behind(host) && !host_way(list, host, &way, &err)) {
		result_free(result);
		return result_from_err(id, &err);
	}
	host_chain_done(&way);
	address = host_address(host);
	result->verdict = VERDICT_PASS;
	result_summary(result, "%s", address);
	free(address);
	remark(result, list, host);
	return result;
}

static void start(struct check_job *job)
{
	check_tell(job, host_settings_judge(job->check->id, job->list, job->host));
}

const struct check check_host_settings = {
	.id = "host.settings",
	.title = N_("Settings are valid"),
	.why = N_(
	    "A wrong value in the hosts file, or a jump host that is not there, stops everything else."),
	.depth = DEPTH_LOCAL,
	.start = start,
};
