#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target on its corpus; in a libFuzzer build also on RUNS inputs made from it (always the same ones).
set -eu
src=${top_srcdir:-$(dirname "$0")/../..}/tests/fuzz
bin=${top_builddir:-.}/tests/fuzz
made=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-fuzz.XXXXXX")
trap 'rm -rf "$made"' EXIT
# The leaks of libssh2, known by whole stacks.
LSAN_OPTIONS=suppressions=$src/../lab/leaks.supp:print_suppressions=0
export LSAN_OPTIONS

# fuzz NAME: a whole connection takes as long as a hundred inputs of a parser, and libssh2's leaks are not ours
fuzz() {
	if [ "$1" = fuzz_session ]; then
		set -- "$1" -runs=$((RUNS / 10)) -detect_leaks=0
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
		export ASAN_OPTIONS
	else
		set -- "$1" -runs="$RUNS"
	fi
	"$bin/$1" "$2" ${3:+"$3"} -seed=1 -max_len=4096 -artifact_prefix="$PWD/$1-" "$made" "$corpus"
}

for source in "$src"/fuzz_*.c; do
	name=$(basename "$source" .c)
	[ "$name" != fuzz_file ] || continue
	corpus=$src/corpus/${name#fuzz_}
	[ -n "$(ls "$corpus")" ] || { echo "$name has no corpus" >&2; exit 1; }
	echo "$name"
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0 "$bin/$name" "$corpus"/*
	[ -z "${RUNS:-}" ] || (fuzz "$name")
	rm -rf "${made:?}"/*
done
