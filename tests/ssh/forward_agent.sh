#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# -A: the server may use our agent, when that was asked for and never else.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rekey
ssh-agent -D -a "$TMP/agent" >"$TMP/agent.out" 2>&1 &
at_exit "kill $!"
wait_for test -S "$TMP/agent"
SSH_AUTH_SOCK=$TMP/agent
export SSH_AUTH_SOCK
ssh-add -q "$LAB/keys/rsa.pem" "$LAB/keys/ecdsa"
ssh-add -l >"$TMP/keys"
agent() {
	"$SALLYPORT" connect -o IdentityAgent=SSH_AUTH_SOCK -o IdentitiesOnly=yes "$@"
}

# The keys are there, and one signs: a login from the server to itself.
expect 0 agent -A good 'ssh-add -l'
expect_same "$TMP/keys" "$TMP/out"
expect 0 agent -A rekey "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -p $(lab_port "$LAB" good) $LAB_USER@127.0.0.1 echo by the agent"
expect_out 'by the agent'
# Many times, and at once.
expect 0 agent -A good 'for i in 1 2 3 4 5 6 7 8 9 10; do ssh-add -l >/dev/null & done; wait; ssh-add -l'
expect_same "$TMP/keys" "$TMP/out"

# By the host's settings, and not with -a.
sed 's/"name": "good",/"name": "good", "forward_agent": true,/' "$SALLYPORT_HOSTS" >"$TMP/hosts.json"
expect 0 agent --hosts "$TMP/hosts.json" good 'ssh-add -l'
expect_same "$TMP/keys" "$TMP/out"
expect 0 agent --hosts "$TMP/hosts.json" -a good 'echo "${SSH_AUTH_SOCK-none}"'
expect_out none
expect 0 agent good 'echo "${SSH_AUTH_SOCK-none}"'
expect_out none

# Said while it is on.
expect 0 agent -v -A good true
expect_err 'the server opens a session, and may use your SSH agent'
expect 0 agent -v good true
expect_no_err 'may use your SSH agent'

# No agent is none, also on the server; one that has ended is said.
expect 0 "$SALLYPORT" connect -A -o IdentityAgent=none good 'echo "${SSH_AUTH_SOCK-none}"'
expect_out none
expect 0 "$SALLYPORT" connect -A -o "IdentityAgent=$TMP/nobody" good 'ssh-add -l || :'
expect_err 'the server asks for the agent, which cannot be reached'

# What comes behind a broken packet is read no more.
fake late-agent
SSH_AUTH_SOCK=$TMP/nobody expect 255 "$SALLYPORT" connect -A -p "$PORT" 127.0.0.1 true
expect_err 'sent a damaged packet'
