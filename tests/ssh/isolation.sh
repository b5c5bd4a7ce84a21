#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A process that parses a server's bytes has no core file, cannot be looked into, gains nothing
# by exec, and holds no descriptor that it was not meant to have.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good silent

echo inherited >"$TMP/inherited"
echo input >"$TMP/input"

# isolated PID
isolated() {
	grep -q '^NoNewPrivs:[[:space:]]*1$' "/proc/$1/status" || fail "$2: new privileges are possible"
	grep -q '^Max core file size *0 *0 ' "/proc/$1/limits" || fail "$2: a core file is possible"
	# Who may not be dumped belongs to root there (proc(5)).
	[ "$(stat -c %u "/proc/$1/mem")" = 0 ] || fail "$2: others may look into its memory"
	ls -l "/proc/$1/fd" >"$TMP/out" 2>/dev/null || [ "$(id -u)" -ne 0 ] || fail "$2: no descriptors"
	! grep -qF "$TMP/inherited" "$TMP/out" || fail "$2: an inherited descriptor is still open"
}

exec 7<"$TMP/inherited" 9<"$TMP/inherited"

"$SALLYPORT" connect --report-fd 8 good 'sleep 1000' 8>"$TMP/report" </dev/null 2>/dev/null &
session=$!
at_exit "kill $session 2>/dev/null"
wait_for grep -q '"event":"open"' "$TMP/report"
isolated $session session
kill $session
wait $session || :
grep -q '"event":"end"' "$TMP/report" || fail "the report's descriptor was closed"

"$SALLYPORT" check --json-lines --timeout 15 silent >"$TMP/check" 2>&1 </dev/null &
check=$!
at_exit "kill $check 2>/dev/null"
waits() {
	ss -tnp state established 2>/dev/null | grep -q "pid=$check,"
}
wait_for waits
isolated $check check
kill $check
wait $check || :

# A file that a shell has opened for us is read all the same.
expect 0 "$SALLYPORT" connect --hosts /dev/fd/7 good 'echo through' 7<"$SALLYPORT_HOSTS"
expect_out through
