#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The panel of a host behind jump hosts: what the cursor looks at by itself, and what c asks for.
. "$(dirname "$0")/menu.sh"
lab good rsa ecdsa
SALLYPORT_HOSTS=$TMP/hosts.json
export SALLYPORT_HOSTS
server() {
	printf '{ "name": "%s", "hostname": "127.0.0.1", "port": %s, "proxy_jump": "%s" }' "$1" "$(lab_port "$LAB" "$2")" "$3"
}
cat >"$SALLYPORT_HOSTS" <<END
{ "version": 1, "defaults": { "user": "$LAB_USER", "identity_agent": "none", "identity_file": "$LAB/keys/ed25519",
  "user_known_hosts_file": "$LAB/known_hosts" },
  "hosts": [ $(server inner ecdsa bastion,rsa), $(server rsa rsa none), $(server bastion good none) ] }
END
logins() {
	cat "$LAB"/log/*.log | grep -c '^Accepted publickey' || :
}

menu_start 160 40
menu_wait_row inner
screen_wait 'reach, just now'
screen_wait 'bastion: 127.0.0.1 port'
screen_wait 'needs a login on bastion: press c'
[ "$(logins)" -eq 0 ] || fail "the cursor logged in"
screen_keys c
screen_wait 'auth, just now'
screen_wait '1 of 2 hops: bastion'
screen_wait '2 of 2 hops: rsa'
screen_wait 'auth.publickey  /'
[ "$(logins)" -eq 2 ] || fail "not one login on each hop"
screen_has 'press c' && fail "what is known now is still said to be missing"
menu_quit

# Why a hop stops the check without a failure is told in full, also where there is little room.
cat >"$SALLYPORT_HOSTS" <<END
{ "version": 1, "defaults": { "user": "$LAB_USER", "identity_agent": "none", "identity_file": "$LAB/keys/passphrase",
  "user_known_hosts_file": "$LAB/known_hosts" },
  "hosts": [ $(server deep ecdsa gate), $(server gate good none) ] }
END
menu_start 80 34
menu_wait_row deep
screen_keys c
screen_wait 'needs its passphrase'
menu_quit
