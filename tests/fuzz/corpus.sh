#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target on its corpus; in a libFuzzer build also on RUNS inputs made from it (always the same ones).
set -eu
src=${top_srcdir:-$(dirname "$0")/../..}/tests/fuzz
bin=${top_builddir:-.}/tests/fuzz
made=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-fuzz.XXXXXX")
trap 'rm -rf "$made"' EXIT

for source in "$src"/fuzz_*.c; do
	name=$(basename "$source" .c)
	[ "$name" != fuzz_file ] || continue
	corpus=$src/corpus/${name#fuzz_}
	[ -n "$(ls "$corpus")" ] || { echo "$name has no corpus" >&2; exit 1; }
	echo "$name"
	"$bin/$name" "$corpus"/*
	[ -z "${RUNS:-}" ] || "$bin/$name" -runs="$RUNS" -seed=1 -max_len=4096 \
	    -artifact_prefix="$PWD/$name-" "$made" "$corpus"
	rm -rf "${made:?}"/*
done
