/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes in the place of a private key. */
#include "fuzz.h"

#include <assert.h>

#include "sallyport/keys.h"
#include "sallyport/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct key_file file = { 0 };
	struct private_key *key = NULL;
	struct err err;

	if (key_file_load(&file, path, &err) && key_format_private(file.format) &&
	    !file.encrypted && private_key_open(&key, path, NULL, &err) == KEY_OPENED)
		assert(private_key_pub(key)->blob);
	private_key_free(key);
	key_file_done(&file);
	return 0;
}
