/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a hosts file: refused with a place, or a list whose every host is usable or says why not, and
 * can be copied, shown, searched and written as valid JSON.
 */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"
#include "sallyport/report.h"

static void use_host(const struct host_list *list, const struct host *host)
{
	struct str out = STR_INIT;
	struct host *dup = host_dup(host);
	char *command = host_ssh_command(list, host);
	char *jump = hosts_jump_problem(list, host);

	assert(host->name && (host->problem || (host->hostname && host->user)));
	assert(hosts_find(list, host->name) && hosts_by_id(list, host->id) == host);
	assert(host->problem || host_name_valid(host->hostname, NULL));
	assert(host->problem || host_user_valid(host->user, NULL));
	host_matches(host, "a tag:b user:c @d");
	host_write(list, dup, true, &out);
	assert(json_valid(str_text(&out), out.len, NULL));
	host_free(dup);
	free(command);
	free(jump);
	str_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_list list;
	struct err err = ERR_INIT;
	/* Exactly its size: a read past the end is seen. */
	char *text = mem_alloc(size + !size);

	if (size)
		memcpy(text, data, size);

	if (hosts_parse(&list, text, size, "f", &err)) {
		assert(json_valid(text, size, NULL));
		for (size_t i = 0; i < list.len && i < 50; i++)
			use_host(&list, list.items[i]);
	} else {
		assert(list.len == 0 && str_starts(err.text, "f:"));
	}
	hosts_done(&list);
	free(text);
	return 0;
}
