#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Targets that answer nobody: the server tries them for minutes, and libssh2 opens one channel at a time.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

lab good
serve cat
echo_port=$PORT
head -c 1000000 /dev/urandom >"$TMP/some"

faults_start
lab_launch "$TMP/faults" "$LAB_BIN/reach" --dead
other_port=$(lab_port "$TMP/faults" dead)
lab_launch "$TMP/faults" "$LAB_BIN/reach" --dead
dead_port=$(lab_port "$TMP/faults" dead)
dead_pid=$(tail -n 1 "$TMP/faults/pids")
late() {
	grep -q late "$TMP/faults/log/lab.log"
}

# call PORT TARGET: to a dead port, in the background, until the server is at it
call() {
	reach "$ADDRESS" "$1" </dev/null >"$TMP/dead" &
	caller=$!
	wait_for trying "$2"
}
trying() {
	awk -v port=":$(printf %04X "$1")" '$3 ~ port "$" && $4 == "02" { found = 1 }
		END { exit !found }' /proc/net/tcp
}
works() {
	reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back"
	expect_same "$TMP/some" "$TMP/back"
}

# Others wait for it, but not for long; and its late answer harms nobody who waits then.
begin good -L "$ADDRESS:8080:127.0.0.1:$echo_port" -L "$ADDRESS:8084:127.0.0.1:$dead_port" \
    -L "$ADDRESS:8085:127.0.0.1:$other_port"
call 8084 "$dead_port"
first=$caller
call 8085 "$other_port"
said "8084 to 127.0.0.1:$dead_port, from 127."
said 'open failed: the server did not answer in time'
wait "$first"
[ ! -s "$TMP/dead" ] || fail 'an answer from nobody'
kill -USR1 "$dead_pid"
wait_for late
works
[ "$(grep -c 'did not answer in time' "$TMP/said")" -eq 2 ] || fail 'not the two dead ones'
[ "$(grep -c 'open failed' "$TMP/said")" -eq 2 ] || fail 'another one failed'
reach --many 20 20000 "$ADDRESS" 8080
kill -0 "$SESSION" || fail 'the session has ended'
end

# A jump host that goes away meanwhile is what is told, and at once.
not_trying() {
	! trying "$other_port"
}
wait_for not_trying
"$SALLYPORT" connect -o ConnectTimeout=60 -J good -p "$other_port" "$LAB_USER@127.0.0.1" true </dev/null 2>"$TMP/said" &
jumper=$!
wait_for trying "$other_port"
inode=$(awk -v port=":$(printf %04X "$other_port")" '$3 ~ port "$" && $4 == "02" { print $10; exit }' /proc/net/tcp)
kill -KILL "$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | sed -n '1s|/proc/\([0-9]*\)/.*|\1|p')"
wait_for grep -q 'jump host good: .* closed the connection' "$TMP/said"
wait "$jumper" && fail 'no error'
[ "$?" -eq 255 ] || fail 'another status'

# A server that is busy with it is not taken for one that went away.
begin good -o ServerAliveInterval=1 -o ServerAliveCountMax=2 -L "$ADDRESS:8080:127.0.0.1:$echo_port" \
    -L "$ADDRESS:8084:127.0.0.1:$other_port"
call 8084 "$other_port"
said 'open failed: the server did not answer in time'
wait "$caller"
works
kill -0 "$SESSION" || fail 'the session has ended'
end
