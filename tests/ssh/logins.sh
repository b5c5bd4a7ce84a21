#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Logins in several steps, and their limits, against real sshds: what a server wants after
# a partial success, which methods the settings allow and in which order, too many keys.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

LAB_TABLE=$TMP/servers
cat >"$LAB_TABLE" <<-'END'
	key+word|sshd|PasswordAuthentication yes;AuthenticationMethods publickey,password|ed25519|known|pass|x|x
	word+key|sshd|PasswordAuthentication yes;AuthenticationMethods password,publickey|ed25519|known|pass|x|x
	key+kbd|sshd|UsePAM yes;KbdInteractiveAuthentication yes;AuthenticationMethods publickey,keyboard-interactive|ed25519|known|pass|x|x
	key+key|sshd|AuthenticationMethods publickey,publickey|ed25519|known|pass|x|x
	all|sshd|PasswordAuthentication yes;UsePAM yes;KbdInteractiveAuthentication yes|ed25519|known|pass|x|x
	words|sshd|PasswordAuthentication yes|ed25519|known|pass|x|x
	two-tries|sshd|MaxAuthTries 2|stranger|known|pass|x|x
	slow|sshd|PasswordAuthentication yes;LoginGraceTime 1|stranger|known|pass|x|x
	one-try|sshd|MaxAuthTries 1|stranger|known|pass|x|x
END
lab key+word word+key key+kbd key+key all words slow two-tries one-try

# asked STATUS HOST "STEP..." [OPTION...]
asked() {
	wanted=$1 name=$2 steps=$3
	shift 3
	: >"$LAB/log/$name.log"
	got=0
	# shellcheck disable=SC2086 # the steps are words
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 $steps -- \
	    "$SALLYPORT" connect "$@" "$name" 'echo it works; exit 7' || got=$?
	[ "$got" -eq "$wanted" ] || fail "$name: status $got, not $wanted"
	[ "$wanted" -ne 7 ] || expect_out 'it works'
}

log_count() {
	grep -c -- "$2" "$LAB/log/$1.log" || :
}

password="--wait password:  --send $LAB_PASSWORD\\r"
answers="--wait code: --send $LAB_TOKEN\\r --wait Password: --send $LAB_PASSWORD\\r"

# A6: partial success goes on with what the server wants next.
asked 7 key+word "$password"
asked 7 word+key "$password"
asked 7 key+kbd "$answers"
# Two different keys: the one that was taken is not offered again, others are.
asked 7 key+key '' -i "$LAB/keys/rsa"
[ "$(log_count key+key '^Postponed publickey')" -eq 2 ] || fail "not two keys"
[ "$(log_count key+key '^Failed publickey')" -eq 0 ] || fail "a key was offered twice"
asked 7 key+key '' -i "$LAB/keys/stranger" -i "$LAB/keys/rsa"
asked 255 key+key ''
expect_out 'permission denied (publickey)'
[ "$(log_count key+key '^Failed publickey')" -eq 0 ] || fail "the only key was offered twice"
# The step after fails: it is said what is still offered.
asked 255 key+word '--wait password: --send wrong\r --wait password: --send wrong\r --wait password: --send wrong\r'
expect_out 'permission denied (password); publickey was taken, and is not enough'

# The time for a login is over while the user thinks: not "too many", though a key was refused.
asked 255 slow '--wait password:'
expect_out 'closed the connection during the login'
expect_out 'may limit the time'

# Which methods, in which order, how often.
asked 7 all '' -o PreferredAuthentications=password,publickey -o PasswordAuthentication=no
asked 7 all "$answers" -o PubkeyAuthentication=no
[ "$(log_count all '^Accepted keyboard-interactive')" -eq 1 ] || fail "not by keyboard-interactive"
asked 7 words "$password" -o PubkeyAuthentication=no
[ "$(log_count words '^Accepted password')" -eq 1 ] || fail "not by the password"
asked 7 words "$password" -o PreferredAuthentications=password,publickey
[ "$(log_count words '^Accepted password')" -eq 1 ] || fail "the key came first"
asked 7 words '' -o PreferredAuthentications=keyboard-interactive,publickey,password
asked 255 all '' -o PubkeyAuthentication=no -o ChallengeResponseAuthentication=no -o PasswordAuthentication=no
expect_out 'allow none of the ways'
asked 255 words '' -o PreferredAuthentications=keyboard-interactive
expect_out 'allow none of the ways'
asked 255 all '' -o PubkeyAuthentication=no -o BatchMode=yes
expect_out 'permission denied (publickey,password,keyboard-interactive)'
expect_out 'nobody could be asked'
asked 255 words '--wait password: --send wrong\r' -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=password
[ "$(log_count words '^Failed password')" -eq 1 ] || fail "not one try"
asked 255 words '' -o NumberOfPasswordPrompts=0 -o PreferredAuthentications=password
expect 255 "$SALLYPORT" connect -o NumberOfPasswordPrompts=x all true
expect 255 "$SALLYPORT" connect -o PasswordAuthentication=maybe all true

# A13: users that are none are refused before the network, a long one by the server.
long=$(printf 'x%.0s' $(seq 300))
for user in '' 'a
b' '-oX=y'; do
	expect 255 "$SALLYPORT" connect -l "$user" words true
	expect_err 'user'
	expect_no_err 'permission denied'
done
expect 255 setsid -w "$SALLYPORT" connect -l "$long" -o PreferredAuthentications=publickey words true
expect_err "$long@127.0.0.1: permission denied"

# A7: twenty keys in the agent, and a server that takes two tries: counted, said, and what to do; the named key comes first.
SSH_AUTH_SOCK=$TMP/agent
export SSH_AUTH_SOCK
ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$SSH_AUTH_SOCK"
for i in $(seq 20); do
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/key$i" </dev/null
	ssh-add -q "$TMP/key$i"
done
agent="-o IdentityAgent=$SSH_AUTH_SOCK -o IdentitiesOnly=no"
for host in two-tries one-try; do
	# shellcheck disable=SC2086
	asked 255 $host '' $agent
	expect_out 'too many authentication failures'
	# shellcheck disable=SC2086
	asked 7 $host '' $agent -i "$LAB/keys/ed25519"
done
# shellcheck disable=SC2086
asked 255 two-tries '' $agent
expect_out 'It was offered 2 of 21 keys'
expect_out identities_only
