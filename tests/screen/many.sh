#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fault C5: the menu is left while 200 checks are under way: at once, and nobody is left behind.
. "$(dirname "$0")/menu.sh"

LAB_ADDRESS=0.0.0.0
export LAB_ADDRESS
fault silent
SALLYPORT_HOSTS=$TMP/hosts.json
{
	printf '{ "defaults": { "user": "me", "port": %s, "identity_agent": "none" }, "hosts": [' "$PORT"
	seq 200 | sed 's/.*/{ "name": "h&", "hostname": "127.0.1.&" },/'
	echo '{ "name": "wrong", "port": 0 } ] }'
} >"$SALLYPORT_HOSTS"

checkers() {
	pgrep -P "$(menu_pid)" -f 'sallyport check'
}

under_way() {
	# Connections to the server that are open.
	[ "$(grep -c "$(printf ':%04X 01' "$PORT")" /proc/net/tcp)" -ge 60 ]
}

# Not even a zombie is left of them.
gone() {
	for pid in $children; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

# Whoever was their parent.
ended() {
	for pid in $children; do
		lab_gone "$pid" || return 1
	done
}

start_checks() {
	menu_start 100 20 --hosts "$SALLYPORT_HOSTS"
	screen_wait '201 hosts'
	screen_keys C
	screen_wait 'of 200'
	wait_for under_way
	menu=$(menu_pid)
	children=$(checkers)
	[ -n "$children" ] || fail "nobody checks"
}

WAIT=5
start_checks
screen_keys q
menu_ended 0
wait_for gone # it writes down what it found

start_checks
kill -HUP "$menu"
menu_ended 129
wait_for gone

# Who is killed cannot end its children; they notice that nobody reads what they say.
WAIT=20
start_checks
kill -KILL "$menu"
wait_for ended
