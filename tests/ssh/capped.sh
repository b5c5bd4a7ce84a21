#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A system that takes and gives a few bytes at a time and interrupts every call (faults N27): nothing hangs,
# nothing is lost.  With send() capped at 1,024 bytes stock libssh2 waits for ever when the server wants
# new keys.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rekey kbdint
size=$((32 * 1024 * 1024))
head -c "$size" /dev/urandom >"$TMP/bytes"
sum=$(sha256sum <"$TMP/bytes")

# capped SECONDS VARIABLE=VALUE... -- COMMAND...: the sanitizers do not mind that the shim is there first
capped() {
	seconds=$1
	shift
	: >"$TMP/count"
	timeout -k 1 "$seconds" env LD_PRELOAD="$LAB_BIN/io_shim.so" IO_COUNT="$TMP/count" \
	    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$@"
}

# Was it preloaded at all?
expect_count() {
	grep -qE "$1" "$TMP/count" || fail "not $1: $(cat "$TMP/count")"
}

# Both ways at once.
got=0
capped 120 IO_CAP=1024 "$SALLYPORT" connect rekey cat <"$TMP/bytes" >"$TMP/out.bytes" 2>"$TMP/err" || got=$?
[ $got -eq 0 ] || fail "1,024 bytes at a time: status $got"
[ "$(sha256sum <"$TMP/out.bytes")" = "$sum" ] || fail "1,024 bytes at a time: wrong bytes"
expect_count 'capped [0-9]{5}'

# The same through a terminal.
ptyrun --timeout 120 --output "$TMP/out.tty" --wait READY --file "$TMP/bytes" -- \
    env LD_PRELOAD="$LAB_BIN/io_shim.so" IO_CAP=1024 IO_COUNT="$TMP/count" \
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" \
    "$SALLYPORT" connect -e none -tt rekey "stty raw -echo; printf READY; head -c $size | sha256sum" ||
	fail "through a terminal: $?"
grep -qF "$sum" "$TMP/out.tty" || fail "through a terminal: wrong bytes"

# One byte at a time, on every descriptor, and each call interrupted: files, sockets, pipes and the terminal.
small=50000
for host in good rekey; do
	expect 0 capped 60 IO_CAP=1 IO_EVERY=1 IO_EINTR=1 "$SALLYPORT" connect "$host" "head -c $small '$TMP/bytes'"
	[ "$(sha256sum <"$TMP/out")" = "$(head -c $small "$TMP/bytes" | sha256sum)" ] || fail "$host: wrong bytes"
	expect_count 'capped [0-9]{5}.* interrupted [0-9]{5}'
done
got=0
head -c $small "$TMP/bytes" | capped 60 IO_CAP=1 IO_EVERY=1 IO_EINTR=1 "$SALLYPORT" connect good 'cat; exit 7' >"$TMP/out" || got=$?
[ $got -eq 7 ] || fail "one byte at a time: status $got"
[ "$(sha256sum <"$TMP/out")" = "$(head -c $small "$TMP/bytes" | sha256sum)" ] || fail "both ways: wrong bytes"
expect 0 capped 60 IO_CAP=1 IO_EVERY=1 IO_EINTR=1 "$SALLYPORT" check good
expect_out 'auth.publickey'

# With questions on the terminal.
ptyrun --same-termios --timeout 60 --output "$TMP/out" --wait 'Token code: ' --send "$LAB_TOKEN\r" --wait 'Password: ' \
    --send "$LAB_PASSWORD\r" --wait 'kbdint$ ' --send 'exit 3\r' -- \
    env LD_PRELOAD="$LAB_BIN/io_shim.so" IO_CAP=1 IO_EVERY=1 IO_EINTR=1 \
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$SALLYPORT" connect kbdint || got=$?
[ $got -eq 3 ] || fail "questions, one byte at a time: status $got"
