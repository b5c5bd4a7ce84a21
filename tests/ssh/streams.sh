#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Standard input, output and error that are files, pipes, closed or full, with
# and without a controlling terminal.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good

# E16: no terminal anywhere.
expect 0 setsid -w "$SALLYPORT" connect good 'echo alone'
expect_out alone
# Standard input ends: a shell without a terminal ends with it.
echo 'echo from the pipe; exit 4' >"$TMP/script"
got=0
"$SALLYPORT" connect good <"$TMP/script" >"$TMP/out" 2>"$TMP/err" || got=$?
[ $got -eq 4 ] || fail "a shell with input from a file: status $got"
expect_out 'from the pipe'
# -n and closed descriptors.
expect 0 "$SALLYPORT" connect -n good 'cat; echo end'
expect_out end
"$SALLYPORT" connect good 'echo closed' >"$TMP/out" 2>"$TMP/err" <&- || fail "closed standard input"
expect_out closed

# What never blocks takes much at once (write(2) calls of the program: proc(5), /proc/PID/io, with those of the dead).
expect 0 sh -c '"$SALLYPORT" connect good "head -c 3000000 /dev/zero" >/dev/null && cat /proc/$$/io'
calls=$(sed -n 's/^syscw: //p' "$TMP/out")
[ "$calls" -lt 1000 ] || fail "$calls writes of 3,000,000 bytes to /dev/null"

# The last packets of an output came in while the errors were read, as many bytes as had just been read: once in
# thirty times nobody looked at them again.
truncate -s 4M "$TMP/zeros"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
	timeout 20 "$SALLYPORT" connect good "cat '$TMP/zeros'" >/dev/null || fail "status $? of download $i"
done

# E15: the reader goes away.  We end, and quietly.
echo 0 >"$TMP/status"
got=$({ "$SALLYPORT" connect good yes 2>"$TMP/err" || echo $? >"$TMP/status"; } | head -n 1)
[ "$got" = y ] || fail "not the first line of yes"
status=$(cat "$TMP/status")
[ "$status" -ne 0 ] || fail "a broken pipe is no success"

# E16: one of the two is a terminal.
ptyrun --same-termios --output "$TMP/out" -- sh -c "'$SALLYPORT' connect good 'tty; echo \$TERM' </dev/null" ||
	fail "standard input is no terminal"
expect_out 'not a tty'
ptyrun --same-termios --output "$TMP/out" -- sh -c "'$SALLYPORT' connect good 'tty' | cat" || fail "output is a pipe"
expect_out 'not a tty'

# With -tt there is one all the same, with a size.
echo 'exit 5' >"$TMP/script"
got=0
"$SALLYPORT" connect -tt good 'tty; exit 5' </dev/null >"$TMP/out" 2>"$TMP/err" || got=$?
expect_out /dev/pts/

# A terminal's settings, name and size go over; so does a change of its size.
ptyrun --same-termios --output "$TMP/out" --size 91x33 --wait 'good$ ' --send 'stty size; echo $TERM\r' --wait '33 91' \
    --wait 'good$ ' --size 50x20 --send 'stty size\r' --wait '20 50' --send 'exit\r' -- \
    env TERM=xterm-256color "$SALLYPORT" connect good || fail "size: $?"
expect_out xterm-256color

# Standard error that takes nothing does not keep the session from its end.
got=0
timeout 20 "$SALLYPORT" connect good 'head -c 300000 /dev/zero >&2; echo out; exit 6' >"$TMP/out" 2>/dev/full </dev/null || got=$?
[ $got -eq 6 ] || fail "a full standard error: status $got"
expect_out out
