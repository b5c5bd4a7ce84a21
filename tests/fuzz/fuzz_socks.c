/* SPDX-License-Identifier: Apache-2.0 */
/* What calls itself a SOCKS client says: all at once and byte by byte it means the same. */
#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "ssh/socks.h"

struct told {
	enum socks_step step;
	struct socks socks;
	struct str reply;
	size_t used;
};

static void feed(struct told *told, const uint8_t *data, size_t size, size_t piece)
{
	size_t seen = 0, used;

	*told = (struct told){ .step = SOCKS_MORE };
	while (told->step == SOCKS_MORE && seen < size) {
		seen = seen + piece < size ? seen + piece : size;
		told->step = socks_take(
		    &told->socks, data + told->used, seen - told->used, &used, &told->reply);
		told->used += used;
		assert(told->used <= seen);
	}
	assert(told->step != SOCKS_TARGET || (*told->socks.host && told->socks.port <= 65535));
	assert(told->step != SOCKS_MORE || size - told->used < SOCKS_REQUEST_MAX);
	if (told->step == SOCKS_TARGET)
		socks_answer(&told->socks, size % 2, &told->reply);
}

static void done(struct told *told)
{
	socks_done(&told->socks);
	str_done(&told->reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, slow;

	feed(&whole, data, size, size);
	feed(&slow, data, size, 1);
	/* A long one is given up earlier when it comes in pieces. */
	if (size < SOCKS_REQUEST_MAX) {
		assert(whole.step == slow.step);
		if (whole.step == SOCKS_TARGET) {
			assert(whole.used == slow.used && whole.socks.port == slow.socks.port);
			assert(str_eq(whole.socks.host, slow.socks.host));
			assert(whole.reply.len == slow.reply.len &&
			    memcmp(whole.reply.data, slow.reply.data, slow.reply.len) == 0);
		}
	}
	done(&whole);
	done(&slow);
	return 0;
}
