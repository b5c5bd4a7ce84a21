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

interrupt told --json-lines
expect_out '"id":"ssh.banner","verdict":"skip","summary":"interrupted"'
expect_out '{"event":"host",'

interrupt connecting --json
expect_out '{"version":1,"hosts":[{"name":"root@127.0.0.1:'
expect_out '"id":"host.settings","verdict":"pass"'
expect_out '"id":"ssh.banner","verdict":"skip","summary":"interrupted"'

interrupt connecting
expect_out '  pass  host.settings   root@127.0.0.1:'
expect_out '  skip  ssh.banner      interrupted'
expect_out "root@127.0.0.1:$PORT: skip"

# The menu ends a check by SIGTERM: what had been found is remembered.
silent=$PORT
free_port
cat >"$TMP/hosts.json" <<END
{ "version": 1, "defaults": { "hostname": "127.0.0.1" }, "hosts": [
  { "name": "dead", "port": $PORT }, { "name": "mute", "port": $silent } ] }
END
"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines --timeout 60 >"$TMP/out" 2>"$TMP/err" &
checker=$!
wait_for grep -q '"event":"host","host":"dead"' "$TMP/out"
kill -TERM "$checker"
wait "$checker" && fail 'ended by a signal, and status 0'
grep -q '"dead"' "$XDG_STATE_HOME/sallyport/state.json" || fail 'what was found is not remembered'
