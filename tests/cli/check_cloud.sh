#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What an import knew of an instance, and what the agent has: told before anything is connected to.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

ssh-keygen -q -t ed25519 -N '' -f "$TMP/key"
cat >"$TMP/hosts.json" <<END
{ "version": 1, "defaults": { "user": "root", "identity_file": "$TMP/key", "identity_agent": "none" }, "hosts": [
  { "name": "plain", "hostname": "192.0.2.1" },
  { "name": "running", "hostname": "192.0.2.1", "cloud": { "provider": "ecs", "instance_id": "i-1",
    "status": "Running", "key_pair": "ops", "eip": "192.0.2.1", "security_groups": ["sg-1"] } },
  { "name": "stopped", "hostname": "192.0.2.1", "cloud": { "provider": "ecs", "status": "Stopped" } },
  { "name": "inside", "hostname": "10.1.2.3", "cloud": { "provider": "ecs", "instance_id": "i-2",
    "status": "Running", "key_pair": "ops", "private_ip": "10.1.2.3" } },
  { "name": "moved", "hostname": "192.0.2.7", "cloud": { "provider": "ecs", "instance_id": "i-3",
    "status": "Running", "key_pair": "ops", "public_ip": "192.0.2.8" } },
  { "name": "vpn", "hostname": "10.1.2.4", "cloud": { "provider": "ecs", "instance_id": "i-4",
    "status": "Running", "key_pair": "ops", "private_ip": "10.1.2.4", "eip": "192.0.2.4" } },
  { "name": "locked-out", "hostname": "192.0.2.9", "cloud": { "provider": "ecs", "status": "Running",
    "key_pair": "", "public_ip": "192.0.2.9" } },
  { "name": "misspelt", "hostname": "192.0.2.1", "cloud": { "provider": "ecs", "stauts": "Stopped" } },
  { "name": "mistyped", "hostname": "192.0.2.1", "cloud": { "provider": "ecs", "eip": ["192.0.2.1"], "status": 7 } },
  { "name": "own", "hostname": "192.0.2.1", "cloud": { "provider": "ecs", "status": null, "cost": { "month": 3 } } }
] }
END
expect 1 "$SALLYPORT" check --hosts "$TMP/hosts.json" --all --depth local --json-lines
cp "$TMP/out" "$TMP/lines"
while IFS='|' read -r name verdict text; do
	grep "\"host\":\"$name\",\"id\":\"cloud.instance\",\"verdict\":\"$verdict\"" "$TMP/lines" >"$TMP/out" ||
		fail "$name: $(grep "\"$name\"" "$TMP/lines")"
	expect_out "$text"
	case $verdict in
	warn | fail) ! grep -q '"hint":null' "$TMP/out" || fail "$name: no hint" ;;
	esac
done <<'END'
plain|skip|not imported
own|pass|nothing speaks against it
running|pass|i-1, Running, ops
running|pass|"security_groups":"sg-1"
stopped|fail|was Stopped
inside|warn|no public IP and no EIP
vpn|pass|i-4, Running, ops; from outside it is 192.0.2.4
moved|warn|hostname is 192.0.2.7, and the instance has the address 192.0.2.8
locked-out|warn|no key pair
END

# A fact that is passed over is a remark on its host; one of the user's own is none.
judges() { # NAME VERDICT TEXT
	grep "\"host\":\"$1\",\"id\":\"host.settings\",\"verdict\":\"$2\"" "$TMP/lines" | grep -qF -- "$3" ||
		fail "$1: $(grep "\"$1\",\"id\":\"host.settings" "$TMP/lines")"
}
judges misspelt warn 'cloud: unknown fact \"stauts\" is ignored: did you mean \"status\"?'
judges mistyped warn 'cloud: \"status\" is ignored: it must be a text or an array of texts'
judges own pass ''

# ---- the agent ----

agent_says() { # VERDICT TEXT: of a host without an identity_file
	"$SALLYPORT" check --hosts "$TMP/agent.json" --depth local web --json-lines >"$TMP/lines" 2>"$TMP/err" || :
	grep "\"id\":\"key.agent\",\"verdict\":\"$1\"" "$TMP/lines" >"$TMP/out" || fail "$(cat "$TMP/lines")"
	expect_out "$2"
}
echo '{ "version": 1, "hosts": [ { "name": "web", "hostname": "192.0.2.1", "user": "root" } ] }' >"$TMP/agent.json"
unset SSH_AUTH_SOCK
agent_says skip 'SSH_AUTH_SOCK is not set'
export SSH_AUTH_SOCK="$TMP/nowhere"
agent_says warn 'nowhere'
export SSH_AUTH_SOCK="$TMP/agent"
ssh-agent -D -a "$SSH_AUTH_SOCK" >/dev/null 2>&1 &
at_exit "kill $!"
wait_for test -S "$SSH_AUTH_SOCK"
agent_says skip 'holds no key'
for i in 1 2 3 4 5 6; do
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/agent$i"
	ssh-add -q "$TMP/agent$i"
done
agent_says pass 'offers 6 keys'
ssh-add -q "$TMP/key"
agent_says warn '7 keys would be offered'
expect_out 'identities_only'

# A public key names one that the agent has, as in ssh; without it nobody can log in with that.
file_says() { # KEY VERDICT TEXT
	echo "{ \"version\": 1, \"hosts\": [ { \"name\": \"web\", \"hostname\": \"192.0.2.1\", \"user\": \"root\",
		\"identity_file\": \"$1\" } ] }" >"$TMP/public.json"
	"$SALLYPORT" check --hosts "$TMP/public.json" --depth local web --json-lines >"$TMP/lines" 2>"$TMP/err" || :
	grep "\"id\":\"key.file\",\"verdict\":\"$2\"" "$TMP/lines" >"$TMP/out" || fail "$(cat "$TMP/lines")"
	expect_out "$3"
}
file_says "$TMP/agent1.pub" pass 'the agent has the private one'
grep '"id":"key.agent","verdict":"pass"' "$TMP/lines" >"$TMP/out" || fail "$(cat "$TMP/lines")"
expect_out 'agent1.pub is in the agent'
ssh-add -q -d "$TMP/agent1.pub"
file_says "$TMP/agent1.pub" fail 'is a public key'
