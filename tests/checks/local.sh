#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt: what is looked at on this machine, settings and key files.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

keys=$TMP/keys
(umask 077 && mkdir "$keys")
keygen() { # NAME OPTION...
	name=$1
	shift
	ssh-keygen -q -C "$name" -f "$keys/$name" "$@" </dev/null >/dev/null || fail "ssh-keygen $name"
}
key() { # NAME: a host with the key of this name
	host "$1" "\"hostname\": \"192.0.2.1\", \"identity_file\": \"$keys/$1\""
}

# ---- settings ----

host good '"hostname": "192.0.2.1"'
host bad-port '"hostname": "192.0.2.1", "port": 70000'
host link '"hostname": "https://192.0.2.1/"'
host no-text '"hostname": "192.0.2.1", "cloud": { "status": 1 }'
host misspelt '"hostname": "192.0.2.1", "prot": 2222'
host dash '"hostname": "-oProxyCommand=x"'
host loop-a '"hostname": "192.0.2.1", "proxy_jump": "loop-b"'
host loop-b '"hostname": "192.0.2.2", "proxy_jump": "loop-a"'
host lost '"hostname": "192.0.2.1", "proxy_jump": "nobody-there"'

# ---- keys ----

keygen fine -t ed25519 -N ''
keygen rsa-1024 -t rsa -b 1024 -N ''
keygen locked -t ed25519 -N secret
keygen p521 -t ecdsa -b 521 -N '' -C ecdsa-key-20230101
keygen expired -t ed25519 -N ''
keygen ca -t ed25519 -N ''
ssh-keygen -q -s "$keys/ca" -I me -n me -V 20200101:20200201 "$keys/expired.pub" || fail "no certificate"
keygen mismatch -t ed25519 -N ''
cp "$keys/fine.pub" "$keys/mismatch.pub"
cp "$keys/fine" "$keys/mode-0644"
cp "$keys/fine" "$keys/mode-0640.pem"
cp "$keys/fine.pub" "$keys/public.pem"
: >"$keys/empty.pem"
echo '<!DOCTYPE html><html><title>Sign in</title></html>' >"$keys/page.pem"
mkdir "$keys/folder"
puttygen "$keys/fine" -O private -o "$keys/putty.ppk" || fail "puttygen"
puttygen -q -t dsa -b 1024 --random-device /dev/urandom --new-passphrase /dev/null -O private-openssh-new \
	-o "$keys/dsa" 2>/dev/null || fail "puttygen makes no DSA key"
head -c 200 "$keys/fine" >"$keys/cut"
(umask 000 && mkdir "$TMP/open")
cp "$keys/fine" "$TMP/open/shared"
chmod 600 "$keys"/*[a-z0-9] "$TMP/open/shared"
chmod 700 "$keys/folder"
chmod 644 "$keys/mode-0644"
chmod 640 "$keys/mode-0640.pem"
for name in fine rsa-1024 p521 expired locked mismatch mode-0644 mode-0640.pem public.pem empty.pem page.pem folder putty.ppk \
	dsa cut missing; do
	key "$name"
done
host open-folder "\"hostname\": \"192.0.2.1\", \"identity_file\": \"$TMP/open/shared\""
host no-key '"hostname": "192.0.2.1", "identity_file": "none"'

# ---- agents ----

agent() { # NAME KEY [MEMBERS]: a host with the agent of this name
	host "$1" "\"hostname\": \"192.0.2.1\", \"identity_agent\": \"$TMP/$1.agent\", \"identity_file\": \"$2\"${3:+, $3}"
}
ssh-agent -D -a "$TMP/held.agent" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$TMP/held.agent"
SSH_AUTH_SOCK=$TMP/held.agent ssh-add -q "$keys/fine"
ln -s held.agent "$TMP/not-held.agent"
ssh-agent -D -a "$TMP/bare.agent" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$TMP/bare.agent"
for name in many silent garbage; do
	"$LAB_BIN/fakeagent" "$TMP/$name.agent" $name &
	at_exit "kill $!"
	wait_for test -S "$TMP/$name.agent"
done
agent held "$keys/fine"
agent not-held "$keys/locked"
agent bare none
agent many none
agent silent "$keys/fine"
agent garbage "$keys/fine"
agent gone "$keys/fine"
host no-agent '"hostname": "192.0.2.1", "identity_agent": "none"'

# ---- what an import left ----

cloud() { # NAME FACTS [MEMBERS]
	host "$1" "\"hostname\": \"${3:-192.0.2.1}\", \"cloud\": { \"provider\": \"aliyun\", \"instance_id\": \"i-1\"$2 }"
}
here=', "public_ip": "192.0.2.1", "key_pair": "mine"'
cloud running "$here, \"status\": \"Running\""
cloud stopped "$here, \"status\": \"Stopped\""
cloud odd-state "$here, \"status\": \"Pondering\""
cloud moved ', "status": "Running", "eip": "192.0.2.77", "key_pair": "mine"'
cloud no-key-pair ', "status": "Running", "public_ip": "192.0.2.1", "key_pair": ""'
cloud inside ', "status": "Running", "private_ip": "10.1.2.3", "key_pair": "mine"' 10.1.2.3
look --depth local

# ---- ssh's own list: what ssh passes over only warns when another key will do ----

cp "$keys/fine" "$HOME/.ssh/id_ed25519"
echo rubbish >"$HOME/.ssh/id_rsa"
chmod 600 "$HOME/.ssh"/id_*
host own-list '"hostname": "192.0.2.1"'
look --depth local

cells

# ---- a key of somebody else, which only root can make ----

if [ "$(id -u)" -eq 0 ]; then
	chown 12345 "$keys/fine"
	key fine
	: >"$TMP/lines"
	look --depth local
	cell key.mode warn fine 'belongs to user 12345' 'install -m 600'
fi
