#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The network goes away in the middle of a session, between two machines that are network namespaces:
# packets that vanish without an error, as when a NAT has forgotten the connection, and an address that
# is taken away.  Told within the limit, or survived if it comes back before.  Faults E20, N25, N26.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client server

# begin COUNT: a session in the background, with input from the descriptor 4
begin() {
	rm -f "$TMP/in"
	mkfifo "$TMP/in"
	netns_run client timeout 30 "$SALLYPORT" connect --report-fd 3 -o ServerAliveInterval=1 \
	    -o ServerAliveCountMax="$1" server 'echo up; while read -r word; do echo "heard $word"; done; exit 4' \
	    <"$TMP/in" >"$TMP/out" 2>"$TMP/err" 3>"$TMP/report" &
	session=$!
	exec 4>"$TMP/in"
	wait_for grep -qs up "$TMP/out"
}

# lost: it ends by itself, says so, and says why to who started it
lost() {
	got=0
	wait "$session" || got=$?
	exec 4>&-
	[ "$got" -eq 255 ] || fail "status $got: $1"
	expect_err "sallyport: server: $(netns_address server) port"
	expect_err 'does not answer any more'
	grep -q '"event":"end","status":255,.*"cause":"timeout"' "$TMP/report" || fail "report: $(cat "$TMP/report")"
}

# survived: nothing that was typed is lost
survived() {
	echo again >&4
	wait_for grep -q 'heard again' "$TMP/out"
	exec 4>&-
	got=0
	wait "$session" || got=$?
	[ "$got" -eq 4 ] || fail "status $got: $1"
	[ ! -s "$TMP/err" ] || fail "more than ssh says: $1"
}

# N25, E20: nothing comes back, and nothing says so; also while something typed is on its way.
begin 2
netns_drop server
lost "dropped while idle"
netns_undrop server
begin 2
netns_drop server
echo typed >&4
lost "dropped while typing"
netns_undrop server

# N26: the address is gone; and gone for a while.
begin 2
netns_ip client address del 10.77.1.1/30 dev on
lost "the address is gone"
netns_ip client address add 10.77.1.1/30 dev on
begin 60
netns_ip client address del 10.77.1.1/30 dev on
echo meanwhile >&4
netns_ip client address add 10.77.1.1/30 dev on
survived "the address came back"
expect_out 'heard meanwhile'
