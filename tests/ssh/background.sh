#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# connect -f: asks in front, goes to the background when the session is open, and keeps nobody
# waiting; ConnectionAttempts.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good password stranger
export TMP

# told EVENT: the report has it
told() {
	grep -q "\"event\":\"$1\"" "$TMP/report"
}

# The child's own process id; it ends when it is told to.
background() {
	: >"$TMP/report"
	"$SALLYPORT" connect --report-fd 3 -f "$@" 3>"$TMP/report"
	told open || fail "it came back before the session was open"
	pid=$(sed -n 's/.*"event":"hello".*"pid":\([0-9]*\).*/\1/p' "$TMP/report")
	at_exit "kill $pid 2>/dev/null || :"
}

# -N: the pipe is not kept open, so this ends.
background -N good | cat
pid=$(sed -n 's/.*"event":"hello".*"pid":\([0-9]*\).*/\1/p' "$TMP/report")
kill -0 "$pid" || fail "nothing is in the background"
[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ] || fail "no session of its own"
for fd in 0 1 2; do
	[ "$(readlink "/proc/$pid/fd/$fd")" = /dev/null ] || fail "descriptor $fd is kept"
done
kill "$pid"
wait_for told end

# A command's output still comes, after the program has returned; its standard input has ended.
background good "until [ -e '$TMP/go' ]; do sleep 0.02; done; cat; echo late" >"$TMP/late"
[ ! -s "$TMP/late" ] || fail "it waited for the command"
: >"$TMP/go"
wait_for told end
[ "$(cat "$TMP/late")" = late ] || fail "the output is lost"
grep -q '"event":"end","status":0,' "$TMP/report" || fail "the end"

# On a terminal: the password is asked for in front, and the terminal is left alone afterwards.
cat >"$TMP/job" <<-'END'
	"$SALLYPORT" connect --report-fd 3 -f -N password 3>"$TMP/report"
	echo "back: $?"
	read -r line
	echo "got $line"
END
ptyrun --same-termios --output "$TMP/out" --wait 'password: ' --send "$LAB_PASSWORD\\r" --wait 'back: 0' \
    --send 'typed\r' --wait 'got typed' -- sh "$TMP/job" || fail "on a terminal: $?"
pid=$(sed -n 's/.*"event":"hello".*"pid":\([0-9]*\).*/\1/p' "$TMP/report")
kill -0 "$pid" || fail "it ended with the terminal"
kill "$pid"
wait_for told end

# What fails in front fails with our status; ^C and SIGTERM end both.
expect 255 "$SALLYPORT" connect -f -N stranger
expect_err 'sallyport: stranger: '
expect 255 "$SALLYPORT" connect -f good
expect_err '-f needs a command'
ptyrun --output "$TMP/out" --wait 'password: ' --send '\x03' -- "$SALLYPORT" connect -f -N password && fail "after ^C"
[ $? -eq 130 ] || fail "the status after ^C"
fault silent
: >"$TMP/report"
"$SALLYPORT" connect --report-fd 3 -f -N "127.0.0.1:$PORT" 2>"$TMP/err" 3>"$TMP/report" &
starter=$!
wait_for told stage
kill "$starter"
got=0
wait "$starter" || got=$?
[ "$got" -eq 255 ] || fail "after SIGTERM: $got"
told end || fail "the child went on"

# Killed outright, it leaves nothing behind that connects on, and signals whoever inherits it.
: >"$TMP/report"
"$SALLYPORT" connect --report-fd 3 -f -N "127.0.0.1:$PORT" 2>"$TMP/err" 3>"$TMP/report" &
starter=$!
wait_for told stage
kill -KILL "$starter"
wait "$starter" || :
wait_for told end

# ConnectionAttempts: a port that opens later; and that never does.
free_port
expect 255 "$SALLYPORT" connect -v -o ConnectionAttempts=2 "127.0.0.1:$PORT" true
[ "$(grep -c 'net.connect: fail' "$TMP/err")" -eq 2 ] || fail "not two attempts"
expect_err 'trying again'
expect 255 "$SALLYPORT" connect -v "127.0.0.1:$PORT" true
[ "$(grep -c 'net.connect: fail' "$TMP/err")" -eq 1 ] || fail "more than one attempt"
