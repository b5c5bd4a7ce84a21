#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Ctrl-C during a check prints what is known, and exits with 130.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

fault silent

interrupt() { # OPTION...: a check that waits for a server that says nothing
	"$SALLYPORT" check "root@127.0.0.1:$PORT" "$@" >"$TMP/out" 2>"$TMP/err" &
	checker=$!
	wait_for connected
	kill -INT "$checker"
	status=0
	wait "$checker" || status=$?
	[ "$status" -eq 130 ] || fail "status $status"
}
connected() { # the checker has a connection: its local checks are done
	ls -l "/proc/$checker/fd" 2>/dev/null | grep -q 'socket:\[' || return 1
	grep -q "$(printf ':%04X 01 ' "$PORT")" /proc/net/tcp
}

interrupt --json-lines --timeout 60
expect_out '"id":"net.connect","verdict":"pass"'
expect_out '"id":"ssh.banner","verdict":"skip","summary":"interrupted"'
expect_out '{"event":"host",'

interrupt --json --timeout 60
expect_out '{"version":1,"hosts":[{"name":"root@127.0.0.1:'
expect_out '"id":"net.connect","verdict":"pass"'

interrupt --timeout 60
expect_out '  pass  net.connect'
expect_out '  skip  ssh.banner      interrupted'
