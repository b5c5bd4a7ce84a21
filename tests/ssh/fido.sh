#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# FIDO keys through an agent, and agents that do not do their work (faults A7): missing,
# dead, no socket, silent, broken, unwilling, with too many keys.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

LAB_TABLE=$TMP/servers
cat >"$LAB_TABLE" <<-'END'
	good|sshd||ed25519|known|pass|x|x
	sk|sshd|AuthorizedKeysFile @DIR@/keys/fake.pub|-|known|pass|x|x
	sk-slow|sshd|AuthorizedKeysFile @DIR@/keys/fake.pub;LoginGraceTime 1|-|known|pass|x|x
	sk-ed|sshd|AuthorizedKeysFile @DIR@/keys/fake-ed.pub|-|known|pass|x|x
	sk-ec|sshd|AuthorizedKeysFile @DIR@/keys/fake-ec.pub|-|known|pass|x|x
	sk-verify|sshd|AuthorizedKeysFile @DIR@/keys/fake.pub;PubkeyAuthOptions verify-required|-|known|pass|x|x
	sk-ca|sshd|AuthorizedKeysFile none;TrustedUserCAKeys @DIR@/keys/ca.pub|-|known|pass|x|x
END
lab good sk sk-slow sk-ed sk-ec sk-verify sk-ca
"$LAB_BIN/fakeagent" --keys >"$LAB/keys/fake.pub"
grep '^sk-ssh-ed25519' "$LAB/keys/fake.pub" >"$LAB/keys/fake-ed.pub"
grep '^sk-ecdsa' "$LAB/keys/fake.pub" >"$LAB/keys/fake-ec.pub"

# agent BEHAVIOUR...: a new one at $TMP/agent
agent() {
	[ -z "${agent_pid:-}" ] || kill "$agent_pid"
	rm -f "$TMP/agent"
	"$LAB_BIN/fakeagent" "$TMP/agent" "$@" &
	agent_pid=$!
	at_exit "kill $agent_pid 2>/dev/null || :"
	wait_for test -S "$TMP/agent"
}

# try STATUS HOST [OPTION...]: ONLY=yes for the named keys alone
try() {
	wanted=$1 name=$2
	shift 2
	expect "$wanted" setsid -w "$SALLYPORT" connect -o IdentityAgent="$TMP/agent" -o IdentitiesOnly="${ONLY:-no}" \
	    -o PreferredAuthentications=publickey "$@" "$name" 'echo it works'
	[ "$wanted" -ne 0 ] || expect_out 'it works'
}

agent sk
for name in sk sk-ed sk-ec; do
	try 0 $name
	[ ! -s "$TMP/err" ] || fail "$name: not as silent as ssh"
done
# Only the named key, by its public half, as ssh does; and a certificate of such a key.
ONLY=yes
try 0 sk-ec -i "$LAB/keys/fake-ec.pub"
try 255 sk-ed -i "$LAB/keys/fake-ec.pub"
ssh-keygen -q -t ed25519 -N '' -f "$LAB/keys/ca" </dev/null
for kind in ed ec; do
	ssh-keygen -q -s "$LAB/keys/ca" -I fido -n "$LAB_USER" "$LAB/keys/fake-$kind.pub" 2>/dev/null
	try 0 sk-ca -o CertificateFile="$LAB/keys/fake-$kind-cert.pub" -i "$LAB/keys/fake-$kind.pub"
done
ONLY=
# The server looks at the flags: a user that did not touch, or was not verified, is refused.
agent untouched
try 255 sk
expect_err 'permission denied'
agent sk
try 255 sk-verify
# Without an agent such a key is of no use, and that is said.
cp "$LAB/keys/fake-ed.pub" "$TMP/key"
expect 255 setsid -w "$SALLYPORT" connect -o PreferredAuthentications=publickey -i "$TMP/key" sk true
expect_err 'not a private key'

# It waits to be touched: said, and ^C ends it; then the touch logs in.
touching() {
	got=0
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 --wait 'Confirm user presence for key' "$@" -- \
	    "$SALLYPORT" connect -o IdentityAgent="$TMP/agent" -o IdentitiesOnly=no \
	    -o PreferredAuthentications=publickey sk 'echo it works' || got=$?
}
agent touch "$TMP/finger"
touching --send '\x03'
[ $got -eq 130 ] || fail "^C while a touch is awaited: status $got"
# The server does not wait for ever.
try 255 sk-slow
expect_err 'closed the connection during the login'
touching --run ": >$TMP/finger"
[ $got -eq 0 ] || fail "touched: status $got"
expect_out 'it works'

# Agents that do not do their work: the file logs in all the same; without it the reason is told.
for fault in garbage cut refuse; do
	agent $fault
	try 0 good
done
agent refuse
try 255 sk
expect_err 'it refused to sign with this key'
agent cut
try 255 sk
expect_err 'ended the connection without an answer'
# The named key comes first, whatever the agent has.
agent many
try 0 good
try 255 sk
expect_err 'too many authentication failures'
expect_err 'of 200 keys'
# Dead, missing, no socket at all, silent.
kill "$agent_pid"
agent_pid=
try 0 good
rm -f "$TMP/agent"
try 0 good
: >"$TMP/agent"
try 0 good
try 255 sk
expect_err 'it is no socket'
agent silent
try 0 good
