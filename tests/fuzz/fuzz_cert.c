/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate, as a file or an agent hands it over. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>

#include "sallyport/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cert cert;
	char *type, *problem;

	if (!cert_read(&cert, data, size, NULL))
		return 0;
	type = pubkey_type(data, size);
	assert(type && pubkey_type_is_cert(type));
	assert(cert.key.len < size && cert.ca.len < size && cert.id);
	problem = cert_problem(&cert, CERT_USER, 1800000000);
	free(problem);
	free(type);
	cert_done(&cert);
	return 0;
}
