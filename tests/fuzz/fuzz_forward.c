/* SPDX-License-Identifier: Apache-2.0 */
/* A forward as somebody wrote it: what is understood means the same when it is written down and read again. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sallyport/hosts.h"

/* In brackets there is no way to write this one. */
static bool can_be_written(const struct forward *forward)
{
	return (!forward->bind || !strchr(forward->bind, ']')) &&
	    (!forward->host || !strchr(forward->host, ']'));
}

static void read_again(const struct forward *forward)
{
	struct str text = STR_INIT;
	struct forward again;
	struct err err = ERR_INIT;

	forward_text(forward, &text);
	/* Where SOCKS decides, ssh shows a target that it does not read. */
	if (forward->kind == FORWARD_REMOTE && !forward->host)
		text.data[strcspn(text.data, " ")] = '\0';
	assert(forward_parse(forward->kind, str_text(&text), &again, &err));
	assert(forward_equal(forward, &again));
	forward_done(&again);
	str_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum forward_kind kinds[] = { FORWARD_LOCAL, FORWARD_REMOTE, FORWARD_DYNAMIC };
	char *text = mem_strndup((const char *)data, size);
	struct forward forward;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!forward_parse(kinds[i], text, &forward, NULL))
			continue;
		assert(
		    forward.port >= (kinds[i] == FORWARD_REMOTE ? 0 : 1) && forward.port <= 65535);
		assert(!forward.host == !forward.host_port && forward.host_port <= 65535);
		if (can_be_written(&forward))
			read_again(&forward);
		forward_done(&forward);
	}
	free(text);
	return 0;
}
