#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sallyport list: table, names, JSON, the filter, and what happens without a good hosts file.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

esc=$(printf '\033')
cat >"$TMP/hosts.json" <<'EOT'
{ "version": 1, "defaults": { "user": "ecs-user" },
  "hosts": [
    { "name": "ecs1", "hostname": "121.196.10.20", "port": 2222, "group": "aliyun/hangzhou", "tags": ["web", "old"] },
    { "name": "杭州", "hostname": "fe80::1", "note": "\u001b[2Jevil \u202e" },
    { "name": "bad", "port": "22", "group": "x" },
    { "name": "twice" }, { "name": "twice" }
  ] }
EOT
export SALLYPORT_HOSTS="$TMP/hosts.json"

# Columns are aligned by what is seen: 杭州 is four columns wide.
expect 0 "$SALLYPORT" list
cat >"$TMP/table" <<EOT
ecs1   ecs-user@121.196.10.20:2222  aliyun/hangzhou  web old
杭州   ecs-user@[fe80::1]
bad    ecs-user@bad                 x                         $TMP/hosts.json:5:30: bad: port: must be a whole number from 1 to 65535
twice  ecs-user@twice                                         $TMP/hosts.json:6:5: twice: name: another host at line 6 has this name
twice  ecs-user@twice                                         $TMP/hosts.json:6:26: twice: name: another host at line 6 has this name
EOT
expect_same "$TMP/out" "$TMP/table"
[ ! -s "$TMP/err" ] || fail "list said something"

expect 0 "$SALLYPORT" list --names
printf 'ecs1\n杭州\nbad\ntwice\ntwice\n' >"$TMP/names"
expect_same "$TMP/out" "$TMP/names"
# Names for scripts are the same bytes in every locale; a table must fit the terminal's.
LC_ALL=C expect 0 "$SALLYPORT" list --names
expect_same "$TMP/out" "$TMP/names"
LC_ALL=C expect 0 "$SALLYPORT" list fe80
LC_ALL=C grep -q '[^ -~]' "$TMP/out" && fail "more than ASCII in the C locale"

# The filter.
expect 0 "$SALLYPORT" list 'tag:web ECS'
expect_out ecs1
expect_no_out bad
expect 0 "$SALLYPORT" list --names group:x
expect_out bad
expect_no_out ecs1
expect 0 "$SALLYPORT" list nothing-like-it
[ ! -s "$TMP/out" ] || fail "found something"
expect 0 "$SALLYPORT" list --names -- -x

# JSON: one document on standard output and nothing else, whatever is in it.
expect 0 "$SALLYPORT" list --json ecs1
printf '%s\n' '{"version":1,"hosts":[{"name":"ecs1","hostname":"121.196.10.20","port":2222,"user":"ecs-user","identities_only":false,"add_keys_to_agent":"no","forward_agent":false,"server_alive_interval":0,"server_alive_count_max":3,"connect_timeout":0,"strict_host_key_checking":"ask","hash_known_hosts":false,"address_family":"any","request_tty":"auto","log_level":"INFO","group":"aliyun/hangzhou","tags":["web","old"],"source":"hosts.json","line":3,"column":5}]}' >"$TMP/json"
expect_same "$TMP/out" "$TMP/json"
expect 0 "$SALLYPORT" list --json 杭州
expect_out '"note":"\u001b[2Jevil'
grep -q "$esc" "$TMP/out" && fail "an escape character in JSON"
expect 0 "$SALLYPORT" list --json nothing-like-it
[ "$(cat "$TMP/out")" = '{"version":1,"hosts":[]}' ] || fail "an empty list is a document too"

# Warnings only when asked for.
printf '{"hosts":[{"name":"a","prot":1}]}' >"$TMP/unknown.json"
expect 0 "$SALLYPORT" list --hosts "$TMP/unknown.json"
[ ! -s "$TMP/err" ] || fail "a warning without -v"
expect 0 "$SALLYPORT" list -v --hosts "$TMP/unknown.json"
expect_err "unknown.json:1:24: a: unknown member \"prot\" is ignored"

# No file, and files that are no list.
expect 1 "$SALLYPORT" list --hosts "$TMP/none.json"
expect_err "there is no such file"
unset SALLYPORT_HOSTS
expect 0 "$SALLYPORT" list
expect_err "sallyport: no hosts yet"
expect_err "hint: "
[ ! -s "$TMP/out" ] || fail "hosts out of nothing"
printf '{"hosts":[\n{"name":"a"},\n]}' >"$TMP/broken.json"
expect 1 "$SALLYPORT" --hosts "$TMP/broken.json" list
expect_err "broken.json:3:1: expected a value, but found ']'"
expect_err "hint: "
expect 1 "$SALLYPORT" --hosts /dev/zero list
expect_err "/dev/zero: is a device, not a file"
mkfifo "$TMP/fifo"
expect 1 "$SALLYPORT" --hosts "$TMP/fifo" list
expect_err "is a FIFO"
# What a file calls itself reaches no terminal raw.
evil=$TMP/$(printf 'a\033[31m.json')
printf '{' >"$evil"
expect 1 "$SALLYPORT" --hosts "$evil" list
grep -q "$esc" "$TMP/err" && fail "an escape character in an error"
expect_err '\x1b[31m.json:1:2: '

# A full disk or a reader that left is an error, and no signal.
if [ -w /dev/full ]; then
	status=0
	"$SALLYPORT" --hosts "$TMP/hosts.json" list >/dev/full 2>"$TMP/err" || status=$?
	[ "$status" -eq 1 ] || fail "a full device: status $status"
	expect_err "standard output: "
fi

# HOME with blanks, without HOME, XDG missing.
mkdir -p "$TMP/ho me/.config/sallyport"
cp "$TMP/hosts.json" "$TMP/ho me/.config/sallyport/hosts.json"
(unset XDG_CONFIG_HOME; HOME="$TMP/ho me" "$SALLYPORT" list --names >"$TMP/out") || fail "HOME with a blank"
expect_same "$TMP/out" "$TMP/names"

# What checks found is the menu's: such a filter is refused, and does not list nothing.
for query in is:fail 'web is:fail'; do
	expect 2 "$SALLYPORT" --hosts "$TMP/hosts.json" list "$query"
	expect_err 'is: works in the menu only'
done
expect 0 "$SALLYPORT" --hosts "$TMP/hosts.json" list 'this:is:none'
