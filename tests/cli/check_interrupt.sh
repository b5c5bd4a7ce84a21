#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Ctrl-C during a check prints what is known, and exits with 130.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

fault silent

interrupt() { # COMMAND OPTION...: when COMMAND succeeds; the server says nothing
	ready=$1
	shift
	"$SALLYPORT" check "root@127.0.0.1:$PORT" --timeout 60 "$@" >"$TMP/out" 2>"$TMP/err" &
	checker=$!
	wait_for "$ready"
	# What parses network bytes gains nothing by exec and leaves no core file.
	grep -q '^NoNewPrivs:[[:space:]]*1$' "/proc/$checker/status" || fail "may gain privileges"
	grep -q '^Max core file size  *0  *0 ' "/proc/$checker/limits" || fail "may leave a core file"
	kill -INT "$checker"
	status=0
	wait "$checker" || status=$?
	[ "$status" -eq 130 ] || fail "status $status"
}
told() {
	grep -q '"id":"net.connect","verdict":"pass"' "$TMP/out"
}
connecting() { # its local checks are done by then, but the connection may not have been told yet
	grep -q "$(printf ':%04X 01 ' "$PORT")" /proc/net/tcp
}

# nohup is obeyed.
trap '' HUP
"$SALLYPORT" check "root@127.0.0.1:$PORT" --timeout 1 --depth reach --json-lines >"$TMP/out" &
checker=$!
trap - HUP
wait_for told
kill -HUP "$checker"
status=0
wait "$checker" || status=$?
[ "$status" -eq 1 ] || fail "status $status after SIGHUP that is ignored"
expect_no_out interrupted

interrupt told --json-lines
expect_out '"id":"ssh.banner","verdict":"skip","summary":"interrupted"'
expect_out '"details":{"postponed":"interrupted"}'
# Somebody answered: what that says stands, and it says that it is not all.
grep -q '^{"event":"host",.*"verdict":"pass",.*"complete":false}$' "$TMP/out" || fail 'it passes as complete'

interrupt connecting --json
expect_out '{"version":1,"hosts":[{"name":"root@127.0.0.1:'
expect_out '"id":"host.settings","verdict":"pass"'
expect_out '"id":"ssh.banner","verdict":"skip","summary":"interrupted"'

interrupt connecting
expect_out '  pass  host.settings   root@127.0.0.1:'
expect_out '  skip  ssh.banner      interrupted'
grep -qx "root@127.0.0.1:$PORT: [a-z]*, not looked at to the end" "$TMP/out" || fail "it passes"

# Of many hosts, too, it is said why.
mute=$PORT
free_port
cat >"$TMP/hosts.json" <<END
{ "version": 1, "defaults": { "hostname": "127.0.0.1" }, "hosts": [
  { "name": "dead", "port": $PORT }, { "name": "mute", "port": $mute } ] }
END
refused() {
	grep -q '^dead: fail' "$TMP/out"
}
interrupt refused --hosts "$TMP/hosts.json" --all
grep -A1 -x 'mute: [a-z]*, not looked at to the end' "$TMP/out" | grep -q '^  skip  .*  interrupted$' ||
	fail 'not said why'
grep -qE '^3 hosts: .*[12] fail.*; not looked at to the end: [12]$' "$TMP/out" || fail 'not counted'

# A child that was stopped hears of it, too.
"$SALLYPORT" check "root@127.0.0.1:$mute" --timeout 60 >"$TMP/out" 2>"$TMP/err" &
checker=$!
PORT=$mute
wait_for connecting
child=$(tr -d " " <"/proc/$checker/task/$checker/children")
kill -STOP "$child"
wait_for grep -q '^State:[[:space:]]*T' "/proc/$child/status"
kill -INT "$checker"
ended() { # some shells take it away at once, others with wait
	! grep -q '^State:[[:space:]]*[^Z]' "/proc/$checker/status" 2>/dev/null
}
wait_for ended
status=0
wait "$checker" || status=$?
[ "$status" -eq 130 ] || fail "status $status of a check that was stopped"

# The menu ends a check by SIGTERM: what had been found is remembered.
"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines --timeout 60 >"$TMP/out" 2>"$TMP/err" &
checker=$!
wait_for grep -q '"event":"host","host":"dead"' "$TMP/out"
kill -TERM "$checker"
wait "$checker" && fail 'ended by a signal, and status 0'
grep -q '"dead"' "$XDG_STATE_HOME/sallyport/state.json" || fail 'what was found is not remembered'
