#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every byte up to NEWKEYS and 500 behind it, changed on the way, with every kind of cipher
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good
port=$(lab_port "$LAB" good)

sweep() {
	"$top_builddir/tests/ssh/damage_drive" "$@" "$LAB_USER@127.0.0.1:$port" "identity_file=$LAB/keys/ed25519" \
	    identities_only=yes identity_agent=none "user_known_hosts_file=$LAB/known_hosts" \
	    server_alive_interval=1 server_alive_count_max=1 $settings >"$TMP/out" 2>"$TMP/err" || fail "$settings: $?"
	echo "${settings:-default algorithms}: $(tail -n 1 "$TMP/out")"
}

# Which cipher will be used changes nothing of what is sent before it is.
settings=
sweep -e -n 500
for settings in ciphers=aes128-ctr "ciphers=aes128-ctr macs=hmac-sha2-256" ciphers=aes128-gcm@openssh.com; do
	sweep -n 500
done
