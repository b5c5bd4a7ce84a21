#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Checks through three jump hosts in network namespaces that reach their neighbours only: a dead hop in the
# middle, a wrong host key in the middle, a hop that dies during the check, a dead host and a live one behind the
# same hop, and ^C (faults N24, N25).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client hop1 hop2 hop3 target
# self: a second host that hop1 reaches when hop2 is dead.
sed '$s/] }$//' "$SALLYPORT_HOSTS" >"$TMP/hosts.json"
at() {
	printf ',{ "name": "%s", "hostname": "%s", "port": %s, "proxy_jump": "%s" }\n' "$1" \
		"$(netns_address "$2")" "$(netns_port "$2")" "$3" >>"$TMP/hosts.json"
}
at deep target hop1,hop2,hop3
at mid hop3 hop1,hop2
at near hop2 hop1
at self hop1 hop1
echo '] }' >>"$TMP/hosts.json"

check() { # STATUS OPTION...
	wanted=$1
	shift
	expect "$wanted" netns_run client timeout 30 "$SALLYPORT" check --hosts "$TMP/hosts.json" --json-lines "$@"
}
is() { # HOST ID VERDICT [WORDS]
	grep -F "\"host\":\"$1\",\"id\":\"$2\"" "$TMP/out" >"$TMP/line" || fail "nothing about $2 of $1"
	grep -q "\"verdict\":\"$3\"" "$TMP/line" || fail "$2 of $1 is not $3: $(cat "$TMP/line")"
	grep -qF -- "${4:-}" "$TMP/line" || fail "$2 of $1 does not say \"$4\": $(cat "$TMP/line")"
}
count() { # SERVER WORDS
	grep -c "$2" "$LAB/log/$1.log" || :
}
logins() {
	count "$1" 'Accepted publickey'
}

check 0 deep
is deep jump.1 pass 'hop1: '
is deep jump.2 skip 'needs a login on hop1: press c'
[ "$(logins hop1)" -eq 0 ] || fail "a login that nobody asked for"

check 0 deep mid near --through-jumps
is deep jump.3 pass '3 of 3 hops: hop3, 10.77.3.2 port'
is deep auth.publickey pass
is mid jump.2 pass '2 of 2 hops: hop2'
is near ssh.hostkey pass
[ "$(logins hop1) $(logins hop2) $(logins hop3) $(logins target)" = "1 1 1 0" ] || fail "not one login on each hop"

# ---- a wrong host key on the second hop ----

cp "$LAB/netns_known" "$TMP/known"
sed -i "s|^\(\[$(netns_address hop2)\]:[0-9]*\) .*|\1 $(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")|" "$LAB/netns_known"
calls=$(count hop3 '^Connection from') known=$(cksum <"$LAB/netns_known")
check 1 deep mid near --through-jumps
is deep jump.1 pass
is deep jump.2 fail '1 of 3 hops, then hop2: the host key of'
is deep jump.3 skip 'not reached: jump.2 failed'
is mid jump.2 fail '1 of 2 hops, then hop2: '
is near jump.1 pass
is near ssh.hostkey fail 'has CHANGED'
[ "$(logins hop2) $(count hop3 '^Connection from')" = "1 $calls" ] || fail "somebody went on from there"
[ "$(cksum <"$LAB/netns_known")" = "$known" ] || fail "known_hosts was written to"
cp "$TMP/known" "$LAB/netns_known"

# ---- a dead hop in the middle, and a live host beside it ----

netns_drop hop2
before=$(logins hop1)
check 1 deep mid near self --through-jumps --timeout 3
is deep jump.1 pass '1 of 3 hops: hop1'
is deep jump.2 fail '1 of 3 hops, then hop2: jump host hop1 got no answer from 10.77.2.2 port'
is deep jump.2 fail 'from hop1; or is the address another one'
is deep net.connect skip 'not reached: jump.2 failed'
is mid jump.2 fail '1 of 2 hops, then hop2: '
is near net.connect fail 'jump host hop1 got no answer'
is self auth.publickey pass
[ $(($(logins hop1) - before)) -eq 1 ] || fail "more than one login on hop1"

# ^C in the middle of it
rm -f "$TMP/out" # the last run's says the same
"$NETNS/client" "$SALLYPORT" check --hosts "$TMP/hosts.json" --json-lines deep near --through-jumps --timeout 90 >"$TMP/out" 2>"$TMP/err" &
checker=$!
wait_for grep -qs '"host":"near","id":"jump.1","verdict":"pass"' "$TMP/out"
kill -INT $checker
got=0
wait $checker || got=$?
[ $got -eq 130 ] || fail "status $got after ^C"
is deep jump.2 skip interrupted
is near net.connect skip interrupted
netns_undrop hop2

# ---- a hop that dies in the middle of the check ----

netns_drop target
before=$(logins hop3)
rm -f "$TMP/out" # the last run's says the same
"$NETNS/client" "$SALLYPORT" check --hosts "$TMP/hosts.json" --json-lines deep --through-jumps --timeout 90 >"$TMP/out" 2>"$TMP/err" &
checker=$!
wait_for grep -qs '"host":"deep","id":"jump.3","verdict":"pass"' "$TMP/out"
netns_kill hop2
got=0
wait $checker || got=$?
[ $got -eq 1 ] || fail "status $got"
is deep jump.2 pass
is deep net.connect fail 'jump host hop2: '
is deep ssh.banner skip 'not reached: net.connect failed'
[ $(($(logins hop3) - before)) -eq 1 ] || fail "it was tried again"
