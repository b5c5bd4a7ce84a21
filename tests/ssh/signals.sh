#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Whatever ends a session, the terminal is as it was before: the server dies,
# the terminal goes away, signals, a broken pipe, no terminal at all.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good

# session STATUS STEP...: an open session, the steps, the status, the terminal as before
session() {
	wanted=$1
	shift
	got=0
	ptyrun --same-termios --output "$TMP/out" --wait 'good$ ' "$@" -- \
	    "$SALLYPORT" connect good 2>"$TMP/err" || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted, after: $*"
}

session 3 --send 'exit 3\r'
# E1: the server's process is killed.
session 255 --send 'kill -9 $PPID\r'
expect_out 'sallyport: '
# E10 to E12: signals to us, as ssh: 255 and a sentence.  E14: a crash is a crash.
session 255 --signal 1
session 255 --signal 15
session 255 --signal 2
# The sanitizer, if built in, must not take the crash for itself.
ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0
session 139 --signal 11
# The escapes of ssh.
session 255 --send '\r~.'
session 7 --send '\r~?' --wait '~.' --send 'exit 7\r'

# E10: the terminal goes away; nothing stays behind.
got=0
ptyrun --wait 'good$ ' --send 'echo pid=$$\r' --hangup -- "$SALLYPORT" connect good || got=$?
[ $got -eq 255 ] || fail "the terminal goes away: status $got"

# E2: the server goes away as a whole.
fake_end() {
	ptyrun --same-termios --output "$TMP/out" --wait 'good$ ' --send 'echo up\r' --wait 'up' \
	    --wait 'good$ ' -- "$SALLYPORT" connect good
}
fake_end >/dev/null 2>&1 &
client=$!
wait_for grep -q up "$TMP/out"
lab_stop "$LAB"
got=0
wait $client || got=$?
[ "$got" -eq 255 ] || fail "the server went away: status $got"
expect_out 'sallyport: '
