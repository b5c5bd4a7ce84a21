#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Is the server still there?  Servers of three kinds answer the question and nothing is disturbed by
# it; one that is silent is given up, with a sentence; a blocked reader and a stop of our own are no
# silence.  Faults E7, E22, N25.  Most of the time here is silence, so all of it is played at once.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa ecdsa rekey dropbear tinyssh no-sessions

# alive INTERVAL COUNT ARGUMENT...
alive() {
	interval=$1 count=$2
	shift 2
	"$SALLYPORT" connect -o ServerAliveInterval="$interval" -o ServerAliveCountMax="$count" "$@"
}

# asked NAME TIMES: so says the server
asked() {
	[ "$(cat "$LAB/log/$1.log" 2>/dev/null | grep -c 'failure keepalive@sallyport')" -ge "$2" ]
}

# Longer than a dead server would be given, then as if nothing had been.
idle() {
	expect 3 alive 1 2 "$1" 'sleep 5; echo through; exit 3'
	[ "$(cat "$TMP/out" "$TMP/err")" = through ] || fail "$1: more than what was said"
	[ "$1" != rsa ] || asked rsa 3 || fail "it was not asked"
}

# Logged in without a session, as there is none to be had.
idle_without_session() {
	alive 1 2 -N no-sessions </dev/null 2>"$TMP/err" &
	wait_for asked no-sessions 4
	kill $! || fail "it ended"
	wait $! || :
	! grep -q 'does not answer' "$TMP/err" || fail "it was given up"
}

# What a session types to stop its own server's process, and the end of that.
stop_server() {
	echo "echo \$PPID >'$TMP/pid'; kill -STOP \$PPID; sleep 1000"
}
end_server() {
	wait_for test -s "$TMP/pid"
	kill -9 "$(cat "$TMP/pid")"
}

# N25: silent from now on, though its machine is up.
silent() {
	expect 255 timeout 20 "$SALLYPORT" connect --report-fd 3 -o ServerAliveInterval=1 \
	    -o ServerAliveCountMax="$1" good "$(stop_server)" 3>"$TMP/report"
	end_server
	[ "$(grep -c . "$TMP/err")" = 2 ] || fail "not a sentence and a hint"
	expect_err 'sallyport: good: 127.0.0.1 port'
	expect_err 'does not answer any more'
	grep -q '"event":"end","status":255,.*"cause":"timeout","reason":"127.0.0.1 port' "$TMP/report" ||
		fail "report: $(cat "$TMP/report")"
}

# session STATUS STEP... -- ARGUMENT...: at a terminal, which is as before
session() {
	wanted=$1
	shift
	got=0
	ptyrun --same-termios --output "$TMP/out" --wait '$ ' "$@" || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $*"
}

silent_terminal() {
	session 255 --send "$(stop_server)\\r" -- "$SALLYPORT" connect -o ServerAliveInterval=1 good
	end_server
	expect_out 'does not answer any more'
}

# ~. ends it at once: nobody asks the server.
left_silent() {
	session 255 --send "$(stop_server)\\r" --run "until test -s '$TMP/pid'; do sleep 0.02; done" \
	    --send '\r~.' -- "$SALLYPORT" connect good
	end_server
	expect_out 'Connection to good closed.'
}

# ... and when nobody reads the terminal either.
left_unread() {
	session 255 --send 'yes\r' --wait y --send '\r~.' \
	    --run "until grep -q '\"event\":\"end\"' '$TMP/report'; do sleep 0.02; done" -- \
	    sh -c '"$1" connect --report-fd 3 good 3>"$2"' sh "$SALLYPORT" "$TMP/report"
}

# E7: our reader stops for longer than a silent server is given.  Nothing is lost.
blocked() {
	size=$((20 * 1024 * 1024))
	echo 0 >"$TMP/status"
	got=$({ alive 1 2 ecdsa "head -c $size /dev/zero" </dev/null 2>"$TMP/err" || echo $? >"$TMP/status"; } |
		{ wait_for asked ecdsa 4 && wc -c; })
	[ "$(cat "$TMP/status")" = 0 ] || fail "status $(cat "$TMP/status")"
	[ "$got" -eq $size ] || fail "$got bytes, not $size"
}

# The user types ^S and reads for longer than a silent server is given: the terminal there holds everything, keepalives go
# on, and after ^Q nothing of it is missing.
held() {
	asked="grep -c 'failure keepalive@sallyport' '$LAB/log/rekey.log'"
	session 0 --send 'seq 1000000; echo do""ne\r' --wait 1000 --send '\x13' \
	    --run "until [ \$($asked) -ge 2 ]; do sleep 0.02; done; wc -c <'$TMP/out' >'$TMP/before'
	        until [ \$($asked) -ge 6 ]; do sleep 0.02; done; wc -c <'$TMP/out' >'$TMP/after'" \
	    --send '\x11' --wait done --send 'exit\r' -- "$SALLYPORT" connect -o ServerAliveInterval=1 \
	    -o ServerAliveCountMax=2 rekey
	expect_same "$TMP/before" "$TMP/after"
	[ "$(cat "$TMP/after")" -lt "$(wc -c <"$TMP/out")" ] || fail "it was over before ^S"
	tr -d '\r' <"$TMP/out" | grep -x '[0-9]*' >"$TMP/numbers"
	seq 1000000 >"$TMP/all"
	expect_same "$TMP/all" "$TMP/numbers"
}

# E22: we are stopped for longer than that; the time is the point here.
stopped() {
	session 6 --signal 19 --run 'sleep 4' --signal 18 --send 'echo sur""vived; exit 6\r' --wait survived -- \
	    "$SALLYPORT" connect -o ServerAliveInterval=1 -o ServerAliveCountMax=2 good
}

# TCP's own keepalive, as the setting says.
keepalives() {
	[ "$(ss -tnoHp state established | grep "pid=$client," | grep -c keepalive)" = "$1" ]
}
tcp_keepalive() {
	"$SALLYPORT" connect -o TCPKeepAlive="$1" good "echo up >'$TMP/up'; sleep 1000" </dev/null 2>/dev/null &
	client=$!
	wait_for test -s "$TMP/up"
	wait_for keepalives "$2"
	kill $client
	wait $client || :
}

# play NAME FUNCTION ARGUMENT...: in a folder of its own, beside the others
play() {
	(
		TMP=$TMP/$1
		mkdir "$TMP"
		: >"$TMP/out"
		: >"$TMP/err"
		test_name="$test_name: $1"
		shift
		"$@"
	) &
	plays="$plays $!"
}

plays=
play openssh idle rsa
play dropbear idle dropbear
play tinyssh idle tinyssh
play none idle_without_session
for count in 1 2 3; do
	play silent-$count silent $count
done
play silent-terminal silent_terminal
play left-silent left_silent
play left-unread left_unread
play blocked blocked
play held held
play stopped stopped
play tcp-yes tcp_keepalive yes 1
play tcp-no tcp_keepalive no 0
for pid in $plays; do
	wait "$pid" || failed=1
done
[ -z "${failed:-}" ] || fail "see above"
