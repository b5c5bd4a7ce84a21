#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sallyport show: values, where they come from, and an ssh command that means the same to ssh.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

# ssh -i wants its files to be there.
mkdir "$TMP/k"
: >"$TMP/k/a b.pem"
: >"$TMP/k/it's"
cat >"$TMP/hosts.json" <<EOT
{ "defaults": { "user": "ecs-user", "server_alive_interval": 15 },
  "hosts": [
    { "name": "ecs1", "hostname": "121.196.10.20", "port": 2222, "identity_file": ["$TMP/k/a b.pem", "$TMP/k/it's"],
      "identities_only": true, "proxy_jump": "bastion,ops@10.0.0.9:23", "forward_agent": true,
      "local_forward": "8080 localhost:80", "dynamic_forward": ["1080"], "connect_timeout": 7,
      "strict_host_key_checking": "accept-new", "host_key_alias": "ecs", "address_family": "inet",
      "ciphers": "aes256-gcm@openssh.com", "request_tty": "force", "set_env": { "A": "1", "B": "x y" },
      "preferred_authentications": "publickey", "log_level": "ERROR", "remote_command": "uptime; date",
      "user_known_hosts_file": "/k/known", "server_alive_count_max": 5, "tags": ["web"] },
    { "name": "bastion", "hostname": "10.0.0.1", "user": "jump" },
    { "name": "bad", "port": 0 }
  ] }
EOT
export SALLYPORT_HOSTS="$TMP/hosts.json"

expect 0 "$SALLYPORT" show ecs1
grep -q '^port  *2222$' "$TMP/out" || fail "the port"
grep -q '^user  *ecs-user$' "$TMP/out" || fail "the user"
expect_no_out "defaults"
expect_no_out "ssh -p"

expect 0 "$SALLYPORT" show ecs1 --explain
grep -q '^user  *defaults  *ecs-user$' "$TMP/out" || fail "where the user comes from"
grep -q '^port  *host  *2222$' "$TMP/out" || fail "where the port comes from"
grep -q '^hash_known_hosts  *built in  *no$' "$TMP/out" || fail "what is built in"

# The command, given to ssh, has the effect that was written down.
tail -n 1 "$TMP/out" >"$TMP/command"
sh -c "$(sed 's/^ssh /ssh -G -F none /' "$TMP/command")" >"$TMP/out" 2>"$TMP/err" || fail "ssh does not take the command: $(cat "$TMP/command")"
while read -r line; do
	grep -qixF -- "$line" "$TMP/out" || fail "ssh -G does not say: $line"
done <<EOT
hostname 121.196.10.20
port 2222
user ecs-user
identityfile $TMP/k/a b.pem
identityfile $TMP/k/it's
identitiesonly yes
proxyjump jump@10.0.0.1,ops@[10.0.0.9]:23
forwardagent yes
localforward 8080 [localhost]:80
dynamicforward 1080
connecttimeout 7
stricthostkeychecking accept-new
hostkeyalias ecs
addressfamily inet
ciphers aes256-gcm@openssh.com
requesttty force
setenv A=1
setenv B=x y
preferredauthentications publickey
loglevel ERROR
remotecommand uptime; date
userknownhostsfile /k/known
serveraliveinterval 15
serveralivecountmax 5
EOT

expect 0 "$SALLYPORT" show bastion --json
printf '%s\n' '{"name":"bastion","hostname":"10.0.0.1","port":22,"user":"jump","identities_only":false,"add_keys_to_agent":"no","forward_agent":false,"server_alive_interval":15,"server_alive_count_max":3,"connect_timeout":0,"strict_host_key_checking":"ask","hash_known_hosts":false,"address_family":"any","request_tty":"auto","log_level":"INFO","source":"hosts.json","line":10,"column":5}' >"$TMP/json"
expect_same "$TMP/out" "$TMP/json"
expect 0 "$SALLYPORT" show bastion --json --explain
expect_out '"origins":{"name":"host","hostname":"host","port":"built in","user":"host"'
expect_out '"ssh_command":"ssh -o ServerAliveInterval=15 jump@10.0.0.1"'

# No key at all: to ssh, "-i none" is a file of that name.
cat >"$TMP/none.json" <<EOT
{ "hosts": [ { "name": "keyless", "hostname": "10.0.0.2", "user": "jump", "identity_file": "none" } ] }
EOT
expect 0 "$SALLYPORT" show keyless --explain --hosts "$TMP/none.json"
sh -c "$(sed -n 's/^ssh /ssh -G -F none /p' "$TMP/out")" >"$TMP/ssh" 2>"$TMP/err" || fail "ssh does not take the command"
grep -qx 'identityfile none' "$TMP/ssh" || fail "not without keys: $(cat "$TMP/err")"

# A host that cannot be used is shown with the reason.
expect 0 "$SALLYPORT" show bad
expect_out "hosts.json:11:30: bad: port: must be a whole number from 1 to 65535"

expect 2 "$SALLYPORT" show nobody
expect_err "sallyport: nobody: no such host"
expect_err "hint: "
[ ! -s "$TMP/out" ] || fail "output about no host"
expect 2 "$SALLYPORT" show
expect_err "sallyport: show: no host named"
expect 2 "$SALLYPORT" show ecs1 bastion
