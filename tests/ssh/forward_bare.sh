#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# -N with a server that gives no session: no channel is open, and what the server asks is answered all the same.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

# shellcheck disable=SC2034 # read by lab
LAB_TABLE=$TMP/servers
cat >"$LAB_TABLE" <<-'END'
	bare|sshd|MaxSessions 0;ClientAliveInterval 1;ClientAliveCountMax 2;LogLevel DEBUG3|ed25519|known|pass|sessions|asks often, and gives no session
END
lab bare
serve cat
head -c 100000 /dev/urandom >"$TMP/some"

# asked N: the server has asked at least so often whether we are there
asked() {
	[ "$(grep -c 'send packet: type 80' "$TMP/lab/log/bare.log")" -ge "$1" ]
}

begin bare -L "$ADDRESS:8080:127.0.0.1:$PORT"
said 'the server opens no session'
wait_for asked 6
reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
! grep -q 'not responding' "$TMP/lab/log/bare.log" || fail 'the server was not answered'

# Its end is noticed too, also behind words of it that nobody waits for.
inode=$(awk -v port=":$(printf %04X "$(lab_port "$LAB" bare)")" \
    '$2 ~ port "$" && $4 == "01" { print $10; exit }' /proc/net/tcp)
kill "$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | sed -n '1s|/proc/\([0-9]*\)/.*|\1|p')"
wait_for grep -q 'closed the connection' "$TMP/said"
wait "$SESSION" && fail 'no error'
[ "$?" -eq 255 ] || fail 'another status'
