#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# On a terminal: wrapped at its width, coloured unless NO_COLOR says otherwise; a
# pipe gets neither.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

fault refused
esc=$(printf '\033')

check_on_terminal() { # COLUMNS [VARIABLE=VALUE...]
	columns=$1
	shift
	# The shell outlives it: tmux may lose what a program prints last.
	screen_start "$columns" 30 sh -c '"$@"; echo ended $?; exec sleep 1000' sh \
	    env "$@" "$SALLYPORT" check "root@127.0.0.1:$PORT"
	screen_wait 'ended 1'
	screen_tmux capture-pane -p -e >"$TMP/out"
	screen_text >"$TMP/text"
	screen_stop
}

check_on_terminal 100
expect_out "${esc}[31mfail"
expect_out "${esc}[32mpass"
check_on_terminal 100 NO_COLOR=1
! grep -q "${esc}\[3[0-9]m" "$TMP/out" || fail "colour in spite of NO_COLOR"

# Nothing is longer than the screen, and the words go on below the summary.
check_on_terminal 70
grep -q '^  fail  net.connect     ' "$TMP/text" || fail "no net.connect"
grep -q '^                        [a-z]' "$TMP/text" || fail "not wrapped below the summary"
check_on_terminal 40
grep -q '^  fail  net.connect' "$TMP/text" || fail "no net.connect"
grep -q '^        [A-Za-z]' "$TMP/text" || fail "narrow screens have the summary below"

"$SALLYPORT" check "root@127.0.0.1:$PORT" >"$TMP/out" || :
! grep -q "$esc" "$TMP/out" || fail "escape codes in a pipe"
[ "$(grep -c 'net.connect  ' "$TMP/out")" -eq 1 ] || fail "no net.connect in the pipe"
