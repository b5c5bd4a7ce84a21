#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# add_keys_to_agent: a key that was opened to log in is given to a real ssh-agent, which
# can then log in with it; asked about, confirmed and for a time as the setting says.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

LAB_TABLE=$TMP/servers
cat >"$LAB_TABLE" <<-'END'
	good|sshd||-|known|pass|x|x
	partial|sshd|PasswordAuthentication yes;AuthenticationMethods publickey,password|-|known|pass|x|x
END
lab good partial
SSH_AUTH_SOCK=$TMP/agent
SSH_ASKPASS=/bin/false
SSH_ASKPASS_REQUIRE=never
export SSH_AUTH_SOCK SSH_ASKPASS SSH_ASKPASS_REQUIRE
SSH_ASKPASS_REQUIRE=force ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$SSH_AUTH_SOCK"

for bits in 384 521; do
	ssh-keygen -q -t ecdsa -b $bits -N '' -f "$LAB/keys/ecdsa$bits" </dev/null
	cat "$LAB/keys/ecdsa$bits.pub" >>"$LAB/home/.ssh/authorized_keys"
done

# connects STATUS STEPS OPTION... HOST
connects() {
	wanted=$1 steps=$2
	shift 2
	got=0
	# shellcheck disable=SC2086 # the steps are words
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 $steps -- "$SALLYPORT" connect \
	    -o IdentityAgent="$SSH_AUTH_SOCK" -o PreferredAuthentications=publickey,password "$@" 'echo it works' || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $*"
}

has() {
	ssh-add -l | grep -qF "$(ssh-keygen -lf "$1" | cut -d' ' -f2)"
}

lacks() {
	! has "$1"
}

add=AddKeysToAgent
for key in ed25519 rsa rsa.pem rsa-pkcs8.pem ecdsa ecdsa.pem ecdsa384 ecdsa521 ed25519-pkcs8.pem; do
	connects 0 '' -o $add=no -i "$LAB/keys/$key" good
	lacks "$LAB/keys/$key.pub" || fail "$key: added, though not asked for"
	connects 0 '' -o $add=yes -i "$LAB/keys/$key" good
	has "$LAB/keys/$key.pub" || fail "$key: not added"
	connects 0 '' -o IdentitiesOnly=no good
	ssh-add -q -D
done

# A passphrase is asked for once and never again, as long as the agent keeps the key.
unlock="--wait Passphrase --wait : --send $LAB_PASSPHRASE\\r"
connects 0 "$unlock" -o $add=1h -i "$LAB/keys/passphrase" good
has "$LAB/keys/passphrase.pub" || fail "the locked key: not added"
connects 0 '' -o $add=1h -i "$LAB/keys/passphrase" good
ssh-add -q -D
connects 0 "$unlock" -o $add=1 -i "$LAB/keys/passphrase" good
wait_for lacks "$LAB/keys/passphrase.pub"

# Asked about, with no as the default.
connects 0 '--wait agent? --send yes\r' -o $add=ask -i "$LAB/keys/ed25519" good
has "$LAB/keys/ed25519.pub" || fail "yes: not added"
ssh-add -q -D
for answer in no ''; do
	connects 0 "--wait agent? --send $answer\\r" -o $add=ask -i "$LAB/keys/ed25519" good
	lacks "$LAB/keys/ed25519.pub" || fail "'$answer': added"
done
connects 130 '--wait agent? --send \x03' -o $add=ask -i "$LAB/keys/ed25519" good
expect 0 setsid -w "$SALLYPORT" connect -o PreferredAuthentications=publickey -o IdentityAgent="$SSH_AUTH_SOCK" \
    -o $add=ask -i "$LAB/keys/ed25519" good true
lacks "$LAB/keys/ed25519.pub" || fail "added, and nobody was there to say yes"

# For use with a confirmation only, which nobody gives here.
connects 0 '' -o "$add=confirm 1h" -i "$LAB/keys/ed25519" good
has "$LAB/keys/ed25519.pub" || fail "confirm: not added"
connects 255 '' -o IdentitiesOnly=no good
expect_out 'it refused to sign'
ssh-add -q -D

# Also after the first of two steps; a key that the agent has is not given again; without an agent nothing is said.
connects 0 "--wait password: --send $LAB_PASSWORD\\r" -o $add=yes -i "$LAB/keys/ed25519" partial
has "$LAB/keys/ed25519.pub" || fail "partial success: not added"
expect 0 "$SALLYPORT" connect -v -o PreferredAuthentications=publickey -o IdentityAgent="$SSH_AUTH_SOCK" -o $add=yes \
    -i "$LAB/keys/ed25519" good true
expect_no_err 'to the agent'
expect 0 "$SALLYPORT" connect -v -o PreferredAuthentications=publickey -o IdentityAgent="$SSH_AUTH_SOCK" -o $add=yes \
    -i "$LAB/keys/ecdsa" good true
expect_err 'was added to the agent'
expect 0 "$SALLYPORT" connect -o PreferredAuthentications=publickey -o IdentityAgent="$TMP/nobody" -o $add=yes \
    -i "$LAB/keys/ecdsa" good true
[ ! -s "$TMP/err" ] || fail "not as silent as ssh"
# A locked agent does not take it: said with -v, and no more.
expect 0 "$SALLYPORT" connect -v -o PreferredAuthentications=publickey -o IdentityAgent="$TMP/nobody" -o $add=yes \
    -i "$LAB/keys/ecdsa" good true
expect_err 'was not added to the agent'
for wrong in maybe 'confirm never' 1x; do
	expect 255 "$SALLYPORT" connect -o "$add=$wrong" good true
done
