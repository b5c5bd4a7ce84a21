#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Logging in with the keys of a real ssh-agent.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

drive=$top_builddir/tests/ssh/conn_drive
SSH_AUTH_SOCK=$TMP/agent
SSH_ASKPASS=/bin/false
SSH_ASKPASS_REQUIRE=force
export SSH_AUTH_SOCK SSH_ASKPASS SSH_ASKPASS_REQUIRE

lab good rsa-only
ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$SSH_AUTH_SOCK"

# try HOST [ARGUMENT...]: output to $TMP/out, what the owner was told to $TMP/log, its status to $status
try() {
	host=$1
	shift
	status=0
	timeout 60 "$drive" ${depth:+-d "$depth"} "$LAB_USER@127.0.0.1:$(lab_port "$LAB" "$host")" \
		"user_known_hosts_file=$LAB/known_hosts" "$@" </dev/null >"$TMP/out" 3>"$TMP/log" 2>"$TMP/err" || status=$?
	! grep -E 'Sanitizer|runtime error' "$TMP/err" >&2 || fail "$host $*"
}

told() {
	grep -qF -- "$1" "$TMP/log" || { cat "$TMP/log" >&2; fail "not told: $1"; }
}

key() {
	fingerprint=$(ssh-keygen -lf "$1" | cut -d' ' -f2)
}

# The agent's keys are tried in its order; RSA signs with SHA-2.
ssh-add -q "$LAB/keys/stranger" "$LAB/keys/rsa.pem" "$LAB/keys/ecdsa"
key "$LAB/keys/rsa.pem"
try good -- 'echo hello'
expect_out hello
told "$fingerprint"
told 'tried=agent key'
try rsa-only -- 'echo hello'
expect_out hello

# A pinned key comes first; its public half is enough when the agent has the rest.
ssh-keygen -y -f "$LAB/keys/ecdsa" >"$TMP/ecdsa.pub"
key "$LAB/keys/ecdsa"
try good "identity_file=$TMP/ecdsa.pub" identities_only=yes -- 'echo hello'
expect_out hello
told "$fingerprint"

# A check asks and does not sign: a key that wants a confirmation is not asked for one.
ssh-add -q -D
ssh-add -q -c "$LAB/keys/rsa.pem"
depth=auth
try good
told 'pass auth.publickey'
depth=

# The agent refuses.
try good -- true
told 'end auth'
told 'refused to sign'

# More keys than the server lets one try.
ssh-add -q -D
for i in 1 2 3 4 5 6 7; do
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/key$i" </dev/null
	ssh-add -q "$TMP/key$i"
done
try good -- true
told 'end auth'
told 'too many authentication failures'
told 'identities_only'
try good "identity_file=$LAB/keys/ed25519" -- 'echo hello'
expect_out hello
depth=auth
try good
told 'fail auth.publickey'
told 'skipped=more keys'
told 'identities_only'
depth=

# No agent: files alone, without a word about it.
try good identity_agent=none "identity_file=$LAB/keys/ed25519" -- 'echo hello'
expect_out hello
try good "identity_agent=$TMP/nobody" "identity_file=$LAB/keys/ed25519" -- 'echo hello'
expect_out hello
