#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The chain of network namespaces: OpenSSH's own client must meet in it what netns.sh promises.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

run_ssh() {
	netns_run client timeout 30 ssh -F "$NETNS_SSH" -o LogLevel=ERROR -o ConnectTimeout=1 "$@"
}

lab good
netns_start client hop1 hop2

expect 7 run_ssh hop1 'echo "this is $LAB_SERVER"; exit 7'
expect_out 'this is hop1'

# Only neighbours reach each other, and nothing else on this system is there.
expect 255 run_ssh hop2 true
expect 1 netns_run client sh -c 'ip route get 192.0.2.1 || exit 1'
expect 255 run_ssh -p "$(lab_port "$LAB" good)" -o HostKeyAlias=good 127.0.0.1 true
expect_err 'Connection refused'

# The whole chain, by a jump.  (Not with -J: it starts the ssh of the system, with the configuration of the system.)
cat >>"$NETNS_SSH" <<-END
	Match originalhost hop2
		ProxyCommand ssh -F "$NETNS_SSH" -W [%h]:%p hop1
END
expect 7 run_ssh hop2 'exit 7'

# What is dropped is silence, not an error; and it comes back.
netns_drop hop1
expect 255 run_ssh hop1 true
expect_err 'timed out'
netns_undrop hop1
expect 0 run_ssh hop1 true

# A session survives it; a killed server does not.
mkfifo "$TMP/in"
netns_run client ssh -F "$NETNS_SSH" hop1 'echo begun; read -r word; echo "read $word"; read -r word' \
	<"$TMP/in" >"$TMP/session" 2>"$TMP/err" &
session=$!
exec 4>"$TMP/in"
wait_for grep -qs begun "$TMP/session"
netns_drop hop1
echo word >&4
netns_undrop hop1
wait_for grep -q 'read word' "$TMP/session"
netns_kill hop1
status=0
wait "$session" || status=$?
[ "$status" -eq 255 ] || fail "status $status of a session whose server was killed"
exec 4>&-
expect 255 run_ssh hop1 true
expect_err 'Connection refused'
netns_serve hop1
netns_hosts
expect 0 run_ssh hop1 true

# Nothing is left of it.
holder=$(netns_machine client 2)
lab_stop "$LAB"
lab_gone "$holder" || fail "the namespace's holder lives on"
