#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fault N27 for checks: a system that moves one byte at a time and interrupts every call changes no verdict, of good
# servers and of others.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa dropbear tinyssh new changed othertype revoked stranger weak post-quantum password web full

verdicts() { # COMMAND...
	got=0
	"$@" check --all --json-lines --timeout 60 >"$TMP/lines" 2>"$TMP/err" || got=$?
	[ "$got" -eq 1 ] || fail "status $got"
	sed -n 's/^{"event":"check","host":"\([^"]*\)","id":"\([^"]*\)","verdict":"\([^"]*\)".*/\1 \2 \3/p' "$TMP/lines" | sort
}
verdicts "$SALLYPORT" >"$TMP/plain"
verdicts env LD_PRELOAD="$LAB_BIN/io_shim.so" IO_CAP=1 IO_EVERY=1 IO_EINTR=1 IO_COUNT="$TMP/count" \
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$SALLYPORT" >"$TMP/capped"
[ "$(wc -l <"$TMP/plain")" -gt 150 ] || fail "hardly any results"
diff -u "$TMP/plain" "$TMP/capped" || fail "other verdicts"
grep -qE 'capped [0-9]{4}.* interrupted [0-9]{4}' "$TMP/count" || fail "hardly any call was cut: $(cat "$TMP/count")"
