/* SPDX-License-Identifier: Apache-2.0 */
/* A server's first bytes: its identification, then its algorithm lists. */
#include "fuzz.h"

#include <assert.h>

#include "ssh/ident.h"
#include "ssh/kexinit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ident ident = { 0 }, ident_part = { 0 };
	struct kexinit kexinit = { 0 };
	struct err err;

	if (ident_parse(&ident, data, size, &err) != IDENT_DONE) {
		ident_cut(data, size, 0, &err);
		return 0;
	}
	assert(ident.consumed <= size);
	assert(ident_parse(&ident_part, data, ident.consumed - 1, &err) == IDENT_MORE);
	if (kexinit_parse(&kexinit, data + ident.consumed, size - ident.consumed, &err) ==
	    KEXINIT_DONE)
		kexinit_done(&kexinit);
	ident_done(&ident);
	return 0;
}
