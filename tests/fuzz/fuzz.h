/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share.  A target is one function that takes any bytes; libFuzzer
 * calls it (--enable-fuzzing), or replay.c does with the files of the corpus.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path under which data can be read as a regular file, until the next call.  Not to be freed. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
