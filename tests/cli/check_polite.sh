#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How a server sees a check: one visitor, however many names it has; and nobody comes
# back to a server that hangs up.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good full
good=$(lab_port "$LAB" good)
full=$(lab_port "$LAB" full)
me=$LAB_USER

hosts() { # "NAME ADDRESS PORT USER" a line on standard input
	printf '{ "version": 1, "defaults": { "identity_file": "%s", "user_known_hosts_file": "%s" }, "hosts": [\n' \
	    "$LAB/keys/ed25519" "$LAB/known_hosts"
	between=
	while read -r name address port user; do
		printf '%s{ "name": "%s", "hostname": "%s", "port": %s, "user": "%s" }\n' \
		    "$between" "$name" "$address" "$port" "$user"
		between=,
	done
	echo ']}'
}
visits() {
	cat "$LAB"/log/good.log* 2>/dev/null | grep -c '^Connection from 127' || :
}
check_visits() { # COUNT: so many connections does this make
	before=$(visits)
	status=0
	"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines >"$TMP/out" 2>"$TMP/err" || status=$?
	made=$(($(visits) - before))
	[ "$made" -eq "$1" ] || fail "$made connections, not $1"
}

# Three names of one login, one of another.
hosts >"$TMP/hosts.json" <<END
a 127.0.0.1 $good $me
b 127.0.0.1 $good $me
c 127.0.0.1 $good $me
END
check_visits 1
[ "$status" -eq 0 ] || fail "status $status"
[ "$(grep -c '"id":"auth.publickey","verdict":"pass"' "$TMP/out")" -eq 3 ] || fail "not told to all three"
hosts >"$TMP/hosts.json" <<END
a 127.0.0.1 $good $me
b 127.0.0.1 $good nobody-of-this-name
c 127.0.0.1 $good $me
END
check_visits 2
[ "$(grep -c '"id":"auth.publickey","verdict":"pass"' "$TMP/out")" -eq 2 ] || fail "not two are accepted"
grep -q '"host":"b","id":"auth.publickey","verdict":"fail"' "$TMP/out" || fail "b is not refused"

# Many logins at a server that hangs up at once: one try.
for i in 1 2 3 4 5 6; do echo "u$i 127.0.0.1 $full user$i"; done | hosts >"$TMP/hosts.json"
"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines >"$TMP/out" || :
[ "$(grep -c '"id":"ssh.banner","verdict":"fail"' "$TMP/out")" -eq 6 ] || fail "not told to all six"
[ "$(grep -o '"id":"ssh.banner","verdict":"fail".*' "$TMP/out" | sort -u | wc -l)" -eq 1 ] ||
	fail "more than one connection"

# One address in many spellings: more than have room at once, and all get their turn.
for name in 127.0.0.1 127.1 127.0.1 0177.1 0x7f.1 2130706433; do
	for user in a b; do echo "$name-$user $name $good $user"; done
done | hosts >"$TMP/hosts.json"
check_visits 12
[ "$(grep -c '"id":"ssh.banner","verdict":"pass"' "$TMP/out")" -eq 12 ] || fail "not all twelve were reached"
[ "$(grep -c '"event":"host"' "$TMP/out")" -eq 12 ] || fail "not all twelve hosts"
