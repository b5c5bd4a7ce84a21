#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ~# and ~C in an open session.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

lab good
serve cat
echo_port=$PORT
echo there >"$TMP/some"

# session STEP... -- ARGUMENT...: on a terminal, which must be the same afterwards
session() {
	got=0
	ptyrun --same-termios --timeout 30 --output "$TMP/out" "$@" || got=$?
	[ "$got" -eq "${session_status:-5}" ] || fail "status $got: $*"
}
works="'$LAB_BIN/reach' $ADDRESS 8080 <'$TMP/some' | cmp - '$TMP/some'"
gone="! '$LAB_BIN/reach' $ADDRESS 8080 </dev/null 2>/dev/null"

# A port is forwarded, listed, and not forwarded any more.
session --wait 'good$ ' --send '\r~C' --wait 'sallyport> ' --send "-L $ADDRESS:8080:127.0.0.1:$echo_port\r" \
    --wait 'Forwarding port.' --run "$works" \
    --send '\r~#' --wait 'Forwarded:' --wait "-L $ADDRESS:8080 to 127.0.0.1:$echo_port" \
    --wait 'The following connections are open:' --wait session \
    --send '\r~C' --wait 'sallyport> ' --send "KL $ADDRESS:8080\r" --wait 'Canceled forwarding.' --run "$gone" \
    --send '\r~#' --wait 'connections are open:' --send 'exit 5\r' -- "$SALLYPORT" connect good
[ "$(grep -c "^-L $ADDRESS:8080 to" "$TMP/out")" -eq 1 ] || fail 'not listed once'
# Every line of ours begins at the left.
! grep -aE '(Forwarding port|Canceled forwarding|open:)\.?$' "$TMP/out" || fail 'a line without a carriage return'

# A target that refuses is told on a line of its own.  When the shell ends, ~. or Ctrl-C ends what is still open.
free_port
mkfifo "$TMP/held"
cat >"$TMP/hold" <<-END
	"$LAB_BIN/reach" $ADDRESS 8080 <"$TMP/held" >"$TMP/back" 2>&1 &
	exec 3>"$TMP/held"
	echo x >&3
	until grep -q x "$TMP/back"; do sleep 0.03; done
	sleep 100 >/dev/null 2>&1 &
	echo \$! >"$TMP/holder"
END
session_status=255
for end in '~.' '\x03'; do
	session --wait 'good$ ' --run "! '$LAB_BIN/reach' $ADDRESS 8081 </dev/null | grep ." --wait 'Connection refused' \
	    --run "sh '$TMP/hold'" --send 'exit 5\r' --wait 'still open' --send '~#' --wait 'connections are open:' \
	    --wait '8080 to' --send "$end" -- \
	    "$SALLYPORT" connect -L "$ADDRESS:8080:127.0.0.1:$echo_port" -L "$ADDRESS:8081:127.0.0.1:$PORT" good
	kill "$(cat "$TMP/holder")"
done
session_status=5
grep -aq "Connection refused$(printf '\r')\$" "$TMP/out" || fail 'the line does not end'

# In one go: what is given up is there for the next.
session --wait 'good$ ' --send '\r~C' --wait 'sallyport> ' --send "-L $ADDRESS:8080:127.0.0.1:$echo_port\r" \
    --wait 'Forwarding port.' --send "\r~CKL $ADDRESS:8080\r~C-L $ADDRESS:8080:127.0.0.1:$echo_port\r" \
    --wait 'Canceled forwarding.' --wait 'Forwarding port.' --run "$works" --send 'exit 5\r' -- \
    "$SALLYPORT" connect good

# On the server, and SOCKS.
session --wait 'good$ ' --send '\r~C' --wait 'sallyport> ' --send "-R0:127.0.0.1:$echo_port\r" \
    --wait 'Forwarding port.' --wait 'Allocated port ' \
    --send '\r~C' --wait 'sallyport> ' --send "-D$ADDRESS:8080\r" --wait 'Forwarding port.' \
    --run "'$LAB_BIN/reach' --socks 5 $ADDRESS 8080 127.0.0.1 $echo_port <'$TMP/some' | cmp - '$TMP/some'" \
    --send '\r~C' --wait 'sallyport> ' --send 'KR 0\r' --wait 'Canceled forwarding.' \
    --send '\r~C' --wait 'sallyport> ' --send "-KD$ADDRESS:8080\r" --wait 'Canceled forwarding.' \
    --send 'exit 5\r' -- "$SALLYPORT" connect good

# A line is edited, left by ^C, ^D or Enter, helped with and refused; the server gets none of it.
session --wait 'good$ ' --send '\r~C' --wait 'sallyport> ' --send 'nonsense\x15-hx\x7f\r' --wait 'Commands:' --wait '-KD' \
    --send '\r~C' --wait 'sallyport> ' --send 'echo to the server\r' --wait 'there is no such command' \
    --send '\r~C' --wait 'sallyport> ' --send '-L 8080\r' --wait 'is not [address:]port:host:hostport' \
    --send '\r~C' --wait 'sallyport> ' --send '-KL 1\r' --wait 'there is no such port forward' \
    --send '\r~C' --wait 'sallyport> ' --send 'left\x03' --send '\r~C' --wait 'sallyport> ' --send '\x04' \
    --send '\r~C' --wait 'sallyport> ' --send '\r' --send 'echo go""ing on\r' --wait 'going on' \
    --send 'exit 5\r' -- "$SALLYPORT" connect good
! grep -aq 'not found' "$TMP/out" || fail 'the shell got a command'

# What the server sends meanwhile waits, and nothing of it is lost.
session --wait 'good$ ' --send "sleep 0.1; seq 1 20000; echo al''l\r~C" --wait 'sallyport> ' --send '-L' \
    --wait '-L' --run 'sleep 1' --send '\x15\x03' --wait 'all' --send 'exit 5\r' -- "$SALLYPORT" connect good
tr -d '\r' <"$TMP/out" | grep -aE '^[0-9]+$' >"$TMP/numbers"
seq 1 20000 | cmp - "$TMP/numbers" || fail 'numbers are missing'
[ "$(sed -n '/sallyport> /,$p' "$TMP/out" | tr -d '\r' | grep -acE '^[0-9]+$')" -eq 20000 ] ||
	fail 'the server wrote between our prompt and the answer'

# Turned off; and a connection that ends meanwhile is told when the line is left.
session --wait 'good$ ' --send '\r~C' --wait 'is turned off' --send 'exit 5\r' -- \
    "$SALLYPORT" connect -o EnableEscapeCommandline=no good
got=0
ptyrun --same-termios --timeout 30 --output "$TMP/out" --wait 'good$ ' --send "sleep 0.3; kill -9 \$PPID\r~C" \
    --wait 'sallyport> ' --send '-L' --wait '-L' --run 'sleep 0.5' --send '\x03' -- "$SALLYPORT" connect good || got=$?
[ "$got" -eq 255 ] || fail "status $got"
expect_out 'sallyport: good: '
