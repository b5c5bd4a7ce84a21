/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a known_hosts file, asked for a host with and without a port. */
#include "fuzz.h"

#include "sallyport/keys.h"
#include "sallyport/util.h"

/* An Ed25519 public key of zeros. */
static const unsigned char blob[51] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "web1.example.org", "[web1.example.org]:2222",
		"10.0.0.1" };
	struct strlist files = { 0 };
	struct known_hosts *known;
	struct err err;

	strlist_add(&files, fuzz_file(data, size));
	known = known_hosts_load(&files, &err);
	for (size_t i = 0; known && i < sizeof names / sizeof *names; i++) {
		struct hostkey_match match = { 0 };
		struct strlist types = { 0 };

		if (known_hosts_check(known, names[i], blob, sizeof blob, &match, &err))
			hostkey_match_done(&match);
		known_hosts_types(known, names[i], &types);
		strlist_done(&types);
	}
	known_hosts_free(known);
	strlist_done(&files);
	return 0;
}
