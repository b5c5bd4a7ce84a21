#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Bytes that are changed, cut off or reset on their way from the server, before and after the
# key exchange and in the middle of the output, with every kind of cipher: the connection ends by
# itself with a sentence, or nothing of it mattered, and never is wrong output taken for right
# (faults N4 to N6, N20).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good
port=$(lab_port "$LAB" good)
known_as="[127.0.0.1]:$port"
bends="40 200 700 1130 1250 1310 1390 1405 1440 1600 1700 1900 2600 100000 650000"
size=1500000

for how in flip cut reset; do
	for at in $bends; do
		printf '%s-%s\t%s\t%s\t%s\t%s\n' "$how" "$at" "$LAB_BIN/bend" "$port" "$at" "$how"
	done
done >"$LAB/bend.table"
lab_launch "$LAB" "$LAB_BIN/inetd" "$LAB/bend.table"

# hosts CIPHER: a hosts file with a host for each
hosts() {
	printf '{ "version": 1, "defaults": { "hostname": "127.0.0.1", "user": "%s", "identity_file": "%s",' \
	    "$LAB_USER" "$LAB/keys/ed25519"
	printf ' "identity_agent": "none", "identities_only": true, "user_known_hosts_file": "%s",' "$LAB/known_hosts"
	printf ' "host_key_alias": "%s", "connect_timeout": 2, "ciphers": "%s" }, "hosts": [' "$known_as" "$1"
	comma=
	while read -r name _; do
		printf '%s\n{ "name": "%s", "port": %s }' "$comma" "$name" "$(lab_port "$LAB" "$name")"
		comma=,
	done <"$LAB/bend.table"
	echo ']}'
}

command="head -c $size /dev/zero | tr '\\0' 'x'"
right=$(head -c "$size" /dev/zero | tr '\0' 'x' | sha256sum)

for cipher in chacha20-poly1305@openssh.com aes128-ctr aes128-gcm@openssh.com; do
	hosts "$cipher" >"$TMP/hosts.json"
	# A changed length makes both sides wait for the other: a check has its deadline.
	for at in $bends; do
		timeout -k 1 10 "$SALLYPORT" check --hosts "$TMP/hosts.json" --timeout 2 "flip-$at" >"$TMP/out" 2>"$TMP/err" || [ $? -eq 1 ] ||
			fail "$cipher: check of flip-$at: $?"
	done
	for name in flip-100000 flip-650000 $(sed -n 's/^\(cut-[0-9]*\|reset-[0-9]*\)\t.*/\1/p' "$LAB/bend.table"); do
		got=0
		timeout -k 1 30 "$SALLYPORT" connect --hosts "$TMP/hosts.json" "$name" "$command" >"$TMP/data" 2>"$TMP/err" </dev/null ||
			got=$?
		if [ $got -eq 0 ]; then
			[ "$(sha256sum <"$TMP/data")" = "$right" ] || fail "$cipher, $name: wrong data taken for right"
		else
			[ $got -eq 255 ] || fail "$cipher, $name: status $got"
			expect_err 'sallyport: '
			[ "$cipher" != aes128-ctr ] || [ "${name#flip-}" = "$name" ] || expect_err 'damaged packet'
			! tr -d 'x' <"$TMP/data" | grep -q . || fail "$cipher, $name: wrong data"
		fi
	done
done

# Many more places, by a client that needs no program of its own for each.  All of them: tests/full/damage.sh.
for settings in ciphers=chacha20-poly1305@openssh.com "ciphers=aes128-ctr macs=hmac-sha2-256" ciphers=aes128-gcm@openssh.com; do
	# shellcheck disable=SC2086 # words
	expect 0 "$top_builddir/tests/ssh/damage_drive" -n 15 "$LAB_USER@127.0.0.1:$port" "identity_file=$LAB/keys/ed25519" \
	    identities_only=yes identity_agent=none "user_known_hosts_file=$LAB/known_hosts" \
	    server_alive_interval=1 server_alive_count_max=1 $settings
done
