/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 (RFC 4648 section 4), strict: what does not decode exactly is refused.
 */
#ifndef SALLYPORT_KEYS_BASE64_H
#define SALLYPORT_KEYS_BASE64_H

#include "sallyport/util.h"

/*
 * Decodes len characters; blanks and line ends between them are skipped.  Returns
 * memory that the caller frees (never NULL on success, even for no bytes), or NULL.
 */
unsigned char *base64_decode(const char *text, size_t len, size_t *out_len);
/* Appends; no line ends. */
void base64_encode(struct str *out, const unsigned char *data, size_t len);

#endif
