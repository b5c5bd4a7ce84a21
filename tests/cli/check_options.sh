#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Which hosts are checked, and what is said of a wrong command line.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

mkdir -p "$XDG_CONFIG_HOME/sallyport"
cat >"$XDG_CONFIG_HOME/sallyport/hosts.json" <<'END'
{ "version": 1, "defaults": { "user": "ecs-user" }, "hosts": [
  { "name": "web1", "hostname": "192.0.2.1", "group": "aliyun/hangzhou", "tags": ["web", "live"] },
  { "name": "web2", "hostname": "192.0.2.2", "group": "aliyun", "tags": ["web"] },
  { "name": "db", "hostname": "192.0.2.3", "group": "aliyunx" },
  { "name": "inner", "hostname": "10.0.0.1", "proxy_jump": "db" },
  { "name": "lost", "hostname": "10.0.0.2", "proxy_jump": "nobody" },
  { "name": "bad", "hostname": "192.0.2.4", "port": 70000 }
] }
END

names() { # ARGS...: the hosts that are checked, in order
	"$SALLYPORT" check --depth local --json-lines "$@" 2>"$TMP/err" |
		sed -n 's/.*"event":"host","host":"\([^"]*\)".*/\1/p' | tr '\n' ' '
}
same() {
	[ "$1" = "$2" ] || fail "checked '$1', not '$2'"
}
same "$(names --all)" 'web1 web2 db inner lost bad '
same "$(names --group aliyun)" 'web1 web2 '
same "$(names --group aliyun/hangzhou --group aliyunx)" 'web1 db '
same "$(names --group aliyun/)" 'web1 web2 '
printf 'web1\r\ndb\r\n\r\n' >"$TMP/windows"
same "$(names --names-from "$TMP/windows")" 'web1 db '
printf '\n  \nweb1\n\t\n\ndb' >"$TMP/blank"
same "$(names --names-from "$TMP/blank")" 'web1 db '
printf '\n \n' >"$TMP/blank"
expect 2 "$SALLYPORT" check --names-from "$TMP/blank"
expect_err "no host to check: $TMP/blank names none"
expect 2 "$SALLYPORT" check ''
expect_err '"": a host'
expect_err 'hint: Was a variable of the shell not set?'
echo '{ "version": 1, "hosts": [] }' >"$TMP/empty.json"
expect 2 "$SALLYPORT" check --all --hosts "$TMP/empty.json"
expect_err "no hosts yet: $TMP/empty.json has none"
expect_err 'hint: man 5 sallyport-hosts'
expect 2 "$SALLYPORT" check --tag nobody
expect_err 'hint: sallyport list shows all hosts'
same "$(names --tag web)" 'web1 web2 '
same "$(names --tag web --tag live)" 'web1 '
same "$(names --group aliyun --tag live)" 'web1 '
same "$(names db web1 db)" 'db web1 '
same "$(names db --tag live)" 'db web1 '
same "$(names root@192.0.2.9:2200)" 'root@192.0.2.9:2200 '

# ---- hosts that cannot be checked ----

expect 1 "$SALLYPORT" check bad
expect_out '  fail  host.settings   '
expect_out 'port'
expect_out '  skip  key.file        not reached: host.settings failed'
expect 1 "$SALLYPORT" check lost --depth local
expect_out 'nobody'
expect 1 "$SALLYPORT" check inner --timeout 1
expect_out '  skip  net.connect     not reached: jump.1 failed'

# ---- what is odd in the file and stops nothing ----

odd() { # DOCUMENT TEXT: host.settings of web warns so
	echo "$1" >"$TMP/odd.json"
	chmod "${3:-600}" "$TMP/odd.json"
	expect 0 "$SALLYPORT" check web --hosts "$TMP/odd.json" --depth local
	expect_out '  warn  host.settings '
	expect_out "$2"
	expect_out 'hint: Mend'
}
odd '{ "version": 1, "hosts": [ { "name": "web", "prot": 22 } ] }' 'did you mean "port"?'
odd '{ "version": 1, "defaults": { "usr": "me" }, "hosts": [ { "name": "web" } ] }' 'did you mean "user"?'
odd '{ "version": 2, "hosts": [ { "name": "web" } ] }' 'another version'
odd '{ "version": 1, "hosts": [ { "name": "web" } ] }' 'others can change it (mode 0666)' 666
echo '{ "version": 1, "hosts": [ { "name": "web", "owner": "me" } ] }' >"$TMP/fine.json"
expect 0 "$SALLYPORT" check web --hosts "$TMP/fine.json" --depth local
expect_out '  pass  host.settings '

# ---- wrong command lines ----

expect 2 "$SALLYPORT" check
expect_err 'sallyport: '
expect_err 'no host named'
expect 2 "$SALLYPORT" check web3
expect_err 'sallyport: web3: no such host'
expect_err 'hint: Did you mean web1?'
expect 2 "$SALLYPORT" check nothing-like-it
expect_no_err 'Did you mean'
expect_err 'hint: sallyport list shows all hosts.'
expect 2 "$SALLYPORT" check --names-from "$TMP/no-such-file"
expect_err "sallyport: --names-from $TMP/no-such-file: No such file"
expect_err 'hint: '
echo web0 >"$TMP/gone"
expect 1 "$SALLYPORT" check --depth local --names-from "$TMP/gone"
expect_out 'web0: there is no such host in '
expect_out 'hint: sallyport list shows the hosts that are there.'
expect 2 "$SALLYPORT" check --tag nothing
expect_err 'none matches'
expect 2 "$SALLYPORT" check --all --depth deep
expect_err 'local, reach or auth'
expect 2 "$SALLYPORT" check --all --json --json-lines
expect 2 "$SALLYPORT" check --all --timeout 0
expect 2 "$SALLYPORT" check --all --timeout soon
expect 2 "$SALLYPORT" check --all --jobs 0
expect 2 "$SALLYPORT" check --all --fix --json
expect_err '--fix'
expect 1 "$SALLYPORT" check web1 --hosts "$TMP/nowhere.json"
expect 0 "$SALLYPORT" check --help
for option in --all --group --tag --depth --json --json-lines --timeout --jobs --strict --through-jumps; do
	expect_out "$option"
done

# A closed pipe ends it.
status=0
"$SALLYPORT" check --all --depth local --json-lines 2>/dev/null >/dev/full || status=$?
[ "$status" -eq 1 ] || fail "status $status with a full disk"
