#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A network that fails below TCP, in network namespaces: nothing comes back before or after the login, no
# way there, the interface goes down and up (faults N2, N3, N25, N26).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client server
address=$(netns_address server)

run() {
	netns_run client timeout 30 "$SALLYPORT" "$@"
}

# ---- N26: the interface goes down and up; what was typed meanwhile arrives ----

mkfifo "$TMP/in"
run connect server 'echo up; while read -r word; do echo "heard $word"; done' <"$TMP/in" >"$TMP/session" 2>"$TMP/err" &
session=$!
exec 4>"$TMP/in"
wait_for grep -qs up "$TMP/session"
netns_ip client link set on down
echo one >&4
netns_ip client link set on up
netns_known client 1
echo two >&4
wait_for grep -q 'heard two' "$TMP/session"
exec 4>&-
wait "$session" || fail "status $? after the interface was down"
printf 'up\nheard one\nheard two\n' | cmp - "$TMP/session" || fail "not what was said"

# ---- N25: silence after the login (what keepalives make of it: alive_netns.sh): ~. needs nobody's answer ----

got=0
ptyrun --same-termios --timeout 20 --output "$TMP/out" --wait 'server$ ' \
	--run "$NETNS/server.root ip link set back down" --send 'typed into nothing\r~.' -- \
	"$NETNS/client" "$SALLYPORT" connect server || got=$?
[ "$got" -eq 255 ] || fail "status $got after ~."

# ---- N2: nothing comes back at all: the time that the user set, and what it may be ----

expect 255 run connect -o ConnectTimeout=1 server true
expect_err "$address port"
expect_err 'security group'
expect_err "from your address ${address%.*}.1"
expect 1 run check server --depth reach --timeout 2
cat >"$TMP/cloud.json" <<-END
	{ "version": 1, "hosts": [ { "name": "web", "hostname": "$address", "user": "root",
	  "cloud": { "provider": "ecs", "private_ip": "$address", "security_groups": ["sg-1", "sg-2"] } } ] }
END
expect 1 run check web --hosts "$TMP/cloud.json" --depth reach --timeout 2
expect_out 'its security group sg-1,sg-2 has no inbound rule for port 22'
expect_out "from your address ${address%.*}.1"
got=0
ptyrun --same-termios --timeout 20 --output "$TMP/out" --wait 'connecting to' --send '\x03' -- \
	"$NETNS/client" "$SALLYPORT" connect --stages server || got=$?
[ "$got" -eq 130 ] || fail "status $got after Ctrl-C"
netns_undrop server

# ---- N3: no way there ----

expect 255 run connect -o ConnectTimeout=5 -o HostName=192.0.2.1 server true
expect_err 'unreachable'
expect 0 run connect server true
