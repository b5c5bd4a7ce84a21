/* SPDX-License-Identifier: Apache-2.0 */
/* What calls itself an SSH agent answers: to "list your keys" and to "sign this". */
#include "fuzz.h"

#include <assert.h>

#include "ssh/agentmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire body;
	struct agent_key *keys;
	const unsigned char *sig;
	size_t count, len;
	struct err err;

	if (agentmsg_frame(data, size, &body, &err) != AGENTMSG_WHOLE)
		return 0;
	assert(body.len <= AGENT_ANSWER_MAX && body.data + body.len <= data + size);
	if (agentmsg_read_keys(body, &keys, &count, &err)) {
		assert(count <= AGENT_KEYS_MAX);
		agentmsg_free_keys(keys, count);
	}
	if (agentmsg_read_signature(body, &sig, &len, &err))
		assert(sig >= body.data && sig + len <= body.data + body.len);
	return 0;
}
