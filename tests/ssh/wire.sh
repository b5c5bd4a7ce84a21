#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A network that fails below TCP, in network namespaces: nothing comes back before or after the login, no
# way there, the interface goes down and up, the address of this machine changes (faults N2, N3, N25, N26).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client server
address=$(netns_address server)

run() {
	netns_run client timeout 30 "$SALLYPORT" "$@"
}

# begin OPTION...: a session in the background, with input from the descriptor 4
begin() {
	rm -f "$TMP/in"
	mkfifo "$TMP/in"
	run connect "$@" server 'echo up; while read -r word; do echo "heard $word"; done' \
		<"$TMP/in" >"$TMP/session" 2>"$TMP/err" &
	session=$!
	exec 4>"$TMP/in"
	wait_for grep -qs up "$TMP/session"
}

# ended STATUS
ended() {
	exec 4>&-
	got=0
	wait "$session" || got=$?
	cp "$TMP/session" "$TMP/out"
	[ "$got" -eq "$1" ] || fail "status $got, not $1"
}

# ---- N26: the interface goes down and up; what was typed meanwhile arrives ----

begin
netns_ip client link set on down
echo one >&4
netns_ip client link set on up
netns_known client 1
echo two >&4
wait_for grep -q 'heard two' "$TMP/session"
ended 0
printf 'up\nheard one\nheard two\n' | cmp - "$TMP/session" || fail "not what was said"

# ---- N26: another address: the old session is told dead, a new one works at once ----

begin -o ServerAliveInterval=1 -o ServerAliveCountMax=2
netns_ip client address delete 10.77.1.1/30 dev on
netns_ip client address add 10.77.1.5/29 dev on
netns_ip server address add 10.77.1.2/29 dev back
ended 255
expect_err 'does not answer any more (asked every 1 s)'
expect 0 run connect server true
netns_ip server address delete 10.77.1.2/29 dev back
netns_ip client address delete 10.77.1.5/29 dev on
netns_ip client address add 10.77.1.1/30 dev on
netns_known client 1
expect 0 run connect server true

# ---- N25: silence after the login: told in time, and ~. needs nobody's answer ----

begin -o ServerAliveInterval=1 -o ServerAliveCountMax=2
netns_drop server
echo lost >&4
ended 255
expect_err 'does not answer any more (asked every 1 s)'
netns_undrop server
got=0
ptyrun --same-termios --timeout 20 --output "$TMP/out" --wait 'server$ ' \
	--run "$NETNS/server.root ip link set back down" --send 'typed into nothing\r~.' -- \
	"$NETNS/client" "$SALLYPORT" connect server || got=$?
[ "$got" -eq 255 ] || fail "status $got after ~."

# ---- N2: nothing comes back at all: the time that the user set, and what it may be ----

expect 255 run connect -o ConnectTimeout=1 server true
expect_err "$address port"
expect_err 'security group'
expect 1 run check server --depth reach --timeout 2
expect_out 'security group'
got=0
ptyrun --same-termios --timeout 20 --output "$TMP/out" --wait 'connecting to' --send '\x03' -- \
	"$NETNS/client" "$SALLYPORT" connect --stages server || got=$?
[ "$got" -eq 130 ] || fail "status $got after Ctrl-C"
netns_undrop server

# ---- N3: no way there ----

expect 255 run connect -o ConnectTimeout=5 -o HostName=192.0.2.1 server true
expect_err 'unreachable'
expect 0 run connect server true
