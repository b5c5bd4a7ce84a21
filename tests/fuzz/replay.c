/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands for libFuzzer where the build has none: gives the target each file that is named.
 */
#include "fuzz.h"

#include <stdio.h>

#include "sallyport/util.h"

int main(int argc, char **argv)
{
	struct err err;

	for (int i = 1; i < argc; i++) {
		struct str text = { 0 };
		if (!file_read(argv[i], 1 << 20, &text, &err)) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)text.data, text.len);
		str_done(&text);
	}
	return 0;
}
