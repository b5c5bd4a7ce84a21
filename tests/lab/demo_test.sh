#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The demo: without a terminal it plays through and every verdict is the
# expected one; on a terminal it opens the menu, which logs in and comes back.
# Whatever ends it, nothing of it is left, neither a file nor a process.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

mkdir "$TMP/tmp"
TMPDIR=$TMP/tmp
export TMPDIR
unset LAB_WATCH_PID

nothing_left() {
	[ -z "$(ls -A "$TMP/tmp")" ] && ! grep -qsF "$TMP/tmp" /proc/[0-9]*/cmdline
}

demo() {
	expect 0 "$top_srcdir/tests/lab/demo.sh" --program "$SALLYPORT"
}

demo
expect_out 'sallyport list'
expect_out 'hello from good'
nothing_left || fail "the demo left something behind"

# A verdict that is not the expected one is a failure.
cat >"$TMP/liar" <<'END'
#!/bin/sh
"$REAL" "$@" | sed 's/"host":"good","verdict":"pass"/"host":"good","verdict":"warn"/'
END
chmod 755 "$TMP/liar"
expect 1 env REAL="$SALLYPORT" "$top_srcdir/tests/lab/demo.sh" --program "$TMP/liar"
expect_err '+good warn'
nothing_left || fail "the failed demo left something behind"

# By hand.
screen_start 100 30 "$top_srcdir/tests/lab/demo.sh" --program "$SALLYPORT"
screen_wait 'Press Enter'
screen_wait "$LAB_PASSPHRASE"
screen_keys Enter
screen_wait dropbear
screen_keys Enter
screen_wait 'good$'
screen_type 'echo $((6 * 7))'
screen_keys Enter
screen_wait 42
screen_type 'exit'
screen_keys Enter
screen_wait dropbear
screen_keys q
[ "$(screen_status)" = 0 ] || fail "the menu's status"
nothing_left || fail "the demo on a terminal left something behind"
screen_stop

# Killed: the shell that plays it, then with all its terminal.
screen_start 100 30 sh -c 'echo $$ >"$1"; exec "$2" --program "$3"' sh "$TMP/pid" \
    "$top_srcdir/tests/lab/demo.sh" "$SALLYPORT"
screen_wait 'Press Enter'
screen_keys Enter
screen_wait dropbear
kill -TERM "$(cat "$TMP/pid")"
wait_for nothing_left
screen_stop
screen_start 100 30 "$top_srcdir/tests/lab/demo.sh" --program "$SALLYPORT"
screen_wait 'Press Enter'
screen_keys Enter
screen_wait dropbear
screen_stop
wait_for nothing_left
screen_start 100 30 "$top_srcdir/tests/lab/demo.sh" --program "$SALLYPORT"
screen_wait 'Press Enter'
screen_keys C-c
wait_for nothing_left
