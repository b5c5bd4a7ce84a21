#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The tools of `make bench` measure and judge, and its rows of sessions work, each with the other side in the
# same run; how fast anything is plays no part here.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

measure=$top_builddir/tests/bench/measure
expect 0 "$measure" --until READY --key x --key y --idle 0.1 -- sh -c 'printf READY; cat'
for name in first_ms paint_ms until_ms key_first_ms key_ms idle_wakes rss_kb peak_kb cpu_ms; do
	expect_out "$name="
done
expect 0 "$measure" --drain --output "$TMP/seen" -- echo hello
expect_out 'bytes=7.000'
[ "$(tr -d '\r' <"$TMP/seen")" = hello ] || fail "not what the command wrote"
expect 1 "$measure" --plain -- false
expect_out 'wall_ms='
expect 1 "$measure" --until NEVER -- echo hello
expect_err 'ended too early'

judge() { # BUDGET ANCHOR
	awk -F= -v value=ms -v unit=ms -v divisor=1 -v budget="$1" -v anchor="$2" -v what=row -v ours="$TMP/ours" \
	    -f "$top_srcdir/tests/bench/row.awk" "$TMP/ours" "$TMP/theirs"
}
printf '%s\n' 1=ms=3 2=ms=1 3=ms=2 3=kb=9 >"$TMP/ours"
printf '%s\n' 1=ms=3 2=ms=2 3=ms=4 >"$TMP/theirs"
expect 0 judge x0.5 ssh
expect_out '2.00 [1.00-3.00] ms'
expect_out '0.50     x0.5  ok'
expect 0 judge x0.4 ssh
expect_out MISSED
expect 0 judge 1.9 ''
expect_out '1.9 ms  MISSED'
: >"$TMP/theirs"
expect 0 judge x1 'tig: not installed'
expect_out 'not measured'

# The rows: every one is measured on both sides, and those of one cipher have it on both.
expect 0 env BENCH_QUICK=1 BENCH_ROUNDS=1 BENCH_ROWS='connect jump exec idle' "$top_srcdir/tests/bench/bench.sh"
sed '1,2d' "$TMP/out" >"$TMP/rows"
[ "$(grep -c . "$TMP/rows")" -eq 17 ] || fail "not the 17 rows"
! grep -vE '\[[0-9.-]+\] .*  OpenSSH_.*\[[0-9.-]+\] ' "$TMP/rows" || fail "a row without one of its sides"
! grep 'not measured' "$TMP/rows" || fail "a row that was not measured"
expect_out 'no terminal, aes128-ctr: wall'
expect_out 'aes128-ctr hmac-sha2-256-etm, curve25519'
