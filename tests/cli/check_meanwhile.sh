#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What happens while checks run: the wall clock jumps by a day, forwards and back (faults C8), and the hosts file
# is edited (faults C4).  Neither changes what is told.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good
good=$(lab_port "$LAB" good)
fault silent
silent=$PORT
fault drip
cat >"$TMP/hosts.json" <<END
{ "version": 1, "defaults": { "hostname": "127.0.0.1", "user": "$LAB_USER", "identity_agent": "none",
    "identity_file": "$LAB/keys/ed25519", "user_known_hosts_file": "$LAB/known_hosts" }, "hosts": [
  { "name": "good", "port": $good }, { "name": "silent", "port": $silent }, { "name": "drip", "port": $PORT } ] }
END
verdicts() { # FILE
	sed -n 's/.*"host":"\([^"]*\)","id":"\([a-z]*[.][a-z]*\)","verdict":"\([a-z]*\)".*/\1 \2 \3/p' "$1" | sort
}
times_sane() {
	! grep -E '"duration_ms":(-|[0-9]{5})' "$TMP/out" || fail "a time that cannot be"
}

expect 1 "$SALLYPORT" check --hosts "$TMP/hosts.json" --all --timeout 2 --json-lines
verdicts "$TMP/out" >"$TMP/before"
grep -qx 'good auth.publickey pass' "$TMP/before" || fail "the good host has not passed"
grep -qx 'silent ssh.banner fail' "$TMP/before" || fail "the silent host has not failed"
grep -qx 'drip ssh.banner fail' "$TMP/before" || fail "the slow host has not failed"

expect 1 timeout 20 env LD_PRELOAD="$LAB_BIN/clock_shim.so" \
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" "$SALLYPORT" check --hosts "$TMP/hosts.json" --all --timeout 2 --json-lines
verdicts "$TMP/out" >"$TMP/after"
expect_same "$TMP/before" "$TMP/after"
times_sane

"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --timeout 8 --json-lines >"$TMP/out" 2>"$TMP/err" &
checker=$!
begun() {
	grep -q '"host":"good","id":"auth.publickey"' "$TMP/out"
}
wait_for begun
echo '{ "version": 1, "hosts": [ { "name": "another", "hostname": "127.0.0.1" }' >"$TMP/hosts.new"
mv "$TMP/hosts.new" "$TMP/hosts.json"
! grep -q '"event":"host","host":"silent"' "$TMP/out" || fail "it was over before the file was edited"
got=0
wait "$checker" || got=$?
[ "$got" -eq 1 ] || fail "status $got"
[ ! -s "$TMP/err" ] || fail "something on standard error"
verdicts "$TMP/out" >"$TMP/after"
expect_same "$TMP/before" "$TMP/after"
