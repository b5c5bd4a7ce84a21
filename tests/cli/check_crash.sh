#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A server that makes libssh2 end its process costs one host and no other (fault N20): it is told as failed, and
# the rest is checked.  What asks for an end reaches the process that checks.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good
port=$(lab_port "$LAB" good)

# Somewhere here is the length of a packet, which CTR without ETM decrypts before its MAC is looked at.
places=$(seq 1376 1396)
for at in $places; do
	printf 'at-%s\t%s\t%s\t%s\tflip3\n' "$at" "$LAB_BIN/bend" "$port" "$at"
done >"$LAB/bend.table"
lab_launch "$LAB" "$LAB_BIN/inetd" "$LAB/bend.table"
{
	printf '{ "defaults": { "user": "%s", "hostname": "127.0.0.1", "ciphers": "aes128-ctr",\n' "$LAB_USER"
	printf '"macs": "hmac-sha2-256", "identity_file": "%s", "identity_agent": "none",\n' "$LAB/keys/ed25519"
	printf '"user_known_hosts_file": "%s", "host_key_alias": "[127.0.0.1]:%s" },\n' "$LAB/known_hosts" "$port"
	echo '"hosts": ['
	for at in $places; do
		printf '{ "name": "at-%s", "port": %s },\n' "$at" "$(lab_port "$LAB" "at-$at")"
	done
	printf '{ "name": "good", "port": %s } ] }\n' "$port"
} >"$TMP/hosts.json"
SALLYPORT_HOSTS=$TMP/hosts.json

expect 1 "$SALLYPORT" check --all --timeout 3
expect_err Assertion
expect_out 'checking this host crashed the checker, by signal 6'
expect_out 'good: pass'
crashed=$(grep -c 'crashed the checker' "$TMP/out")
[ "$(grep -c '^[a-z0-9-]*: \(pass\|warn\|fail\)\(, not looked at to the end\)\{0,1\}$' "$TMP/out")" -eq 22 ] || fail "not each host is told once"
tail -n 1 "$TMP/out" | grep -q '^22 hosts: ' || fail "the tally is wrong"
[ "$crashed" -lt 10 ] || fail "others than the host that crashed are blamed"
# What a child has told before it died is remembered, and so is that it died; and whom it called.
state=$XDG_STATE_HOME/sallyport/state.json
for at in $places; do
	grep -q "\"at-$at\": *{ *\"a" "$state" || fail "at-$at is not remembered: $(cat "$state")"
done
[ "$(grep -o '"id":"checker"' "$state" | wc -l)" -eq "$crashed" ] || fail "not each crash is remembered"

# What a child could not print is no success either.
status=0
"$SALLYPORT" check good >/dev/full 2>"$TMP/err" || status=$?
[ "$status" -eq 1 ] || fail "status $status with a full disk"

expect 1 "$SALLYPORT" check --all --json --timeout 3
expect_out '"id":"checker","verdict":"fail","summary":"checking this host crashed the checker, by signal 6'
grep -o '{"name":"[a-z0-9-]*"' "$TMP/out" | cut -d'"' -f4 >"$TMP/names"
{
	printf 'at-%s\n' $places
	echo good
} | cmp - "$TMP/names" || fail "not each host is in the document, in the order of the list"

# --fix asks all the same.
cp "$LAB/keys/ed25519" "$TMP/key"
chmod 644 "$TMP/key"
sed "s|\"identity_file\": \"[^\"]*\"|\"identity_file\": \"$TMP/key\"|" "$SALLYPORT_HOSTS" >"$TMP/wide.json"
got=0
ptyrun --output "$TMP/out" --timeout 30 --wait '(yes/no)' --send '\x03' -- \
    "$SALLYPORT" check --hosts "$TMP/wide.json" --fix --all --timeout 3 || got=$?
[ "$got" -eq 130 ] || fail "status $got of --fix"
expect_out 'crashed the checker'

# ---- signals ----

fault silent
start() {
	"$SALLYPORT" check "root@127.0.0.1:$PORT" --timeout 60 >"$TMP/out" 2>"$TMP/err" &
	checker=$!
	wait_for connected
}
connected() {
	grep -q "$(printf '0100007F:%04X 01 ' "$PORT")" /proc/net/tcp
}
disconnected() {
	! connected
}
for signum in 15 9; do
	start
	kill -$signum $checker
	status=0
	wait $checker 2>/dev/null || status=$?
	[ $status -eq $((128 + signum)) ] || fail "status $status after signal $signum"
	wait_for disconnected
done

# Who was started with SIGCHLD ignored would hear of no child's end.
free_port
expect 1 timeout 20 env --ignore-signal=CHLD "$SALLYPORT" check "root@127.0.0.1:$PORT"
expect_out 'refuses connections'
expect 255 timeout -k 1 20 env --ignore-signal=CHLD "$SALLYPORT" connect -f -N "root@127.0.0.1:$PORT"
