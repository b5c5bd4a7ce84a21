/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaned text steers no terminal, and cleaning it again changes nothing. */
#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "sallyport/util.h"

static void clean_with(const char *text, size_t len, unsigned flags)
{
	struct str once = STR_INIT, twice = STR_INIT;

	clean_text(&once, text, len, flags);
	for (size_t i = 0; i < once.len; i++) {
		unsigned char c = (unsigned char)once.data[i];
		if ((flags & CLEAN_LINES) && (c == '\n' || c == '\t'))
			continue;
		assert(c >= 0x20 && c != 0x7f && (c < 0x80 || !(flags & CLEAN_ASCII)));
	}
	clean_text(&twice, str_text(&once), once.len, flags);
	assert(once.len == twice.len && memcmp(str_text(&once), str_text(&twice), once.len) == 0);
	str_done(&once);
	str_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned flags = 0; flags <= (CLEAN_LINES | CLEAN_ASCII); flags++)
		clean_with((const char *)data, size, flags);
	return 0;
}
