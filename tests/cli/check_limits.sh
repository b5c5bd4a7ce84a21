#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Many hosts with little: faults C1 and C2 (few descriptors) and N30 (few local ports).  What this machine lacks is no
# fault of the hosts': they are tried again with fewer at once, and what cannot be had at all is told as
# this machine's.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/lab/netns.sh"

lab good
refused=$(free_port && echo "$PORT")
fault silent
silent=$PORT

# hosts COUNT PORT MEMBERS: addresses of 127/8; every 20th refuses, and one says nothing.
hosts() {
	awk -v count="$1" -v port="$2" -v more="$3" -v refused="$refused" -v silent="$silent" 'BEGIN {
		print "{ \"version\": 1, \"defaults\": { \"user\": \"nobody\"" more " }, \"hosts\": ["
		for (i = 1; i <= count; i++)
			printf "{ \"name\": \"host-%d\", \"hostname\": \"127.0.%d.%d\", \"port\": %d },\n",
			    i, 1 + i / 250, 1 + i % 250, i % 20 ? port : refused
		printf "{ \"name\": \"silent\", \"hostname\": \"127.0.0.1\", \"port\": %d } ] }\n", silent
	}'
}
told() { # WORDS: so many hosts have a net.connect or ssh.banner that says so
	grep -cE "\"id\":\"(net.connect|ssh.banner)\".*$1" "$TMP/out" || :
}

# ---- descriptors ----

lab_launch "$LAB" "$top_builddir/tests/bench/bannerd"
hosts 300 "$(lab_port "$LAB" bannerd)" '' >"$TMP/hosts.json"
for limit in 256 20; do
	got=0
	(
		ulimit -n "$limit"
		exec "$SALLYPORT" check --hosts "$TMP/hosts.json" --all --depth reach --timeout 2 --json-lines >"$TMP/out" 2>"$TMP/err"
	) || got=$?
	[ "$got" -eq 1 ] || fail "ulimit -n $limit: status $got"
	[ ! -s "$TMP/err" ] || fail "ulimit -n $limit: something on standard error"
	[ "$(grep -c '"event":"host"' "$TMP/out")" -eq 301 ] || fail "ulimit -n $limit: not every host is told"
	[ "$(told '"verdict":"pass".*OpenSSH')" -eq 285 ] || fail "ulimit -n $limit: not every good host has passed"
	[ "$(told 'refuses connections')" -eq 15 ] || fail "ulimit -n $limit: not every refusal is told"
	[ "$(told 'this machine')" -eq 0 ] || fail "ulimit -n $limit: somebody was short of something"
	grep -q '"host":"silent","id":"ssh.banner","verdict":"fail"' "$TMP/out" || fail "ulimit -n $limit: silent"
done

# ---- ports: twelve for forty hosts, because each is bound to an address ----

netns_chain few
"$NETNS/few.root" sh -c 'echo "40000 40011" >/proc/sys/net/ipv4/ip_local_port_range' || fail "ip_local_port_range"
lab_launch "$LAB" "$NETNS/few" "$top_builddir/tests/bench/bannerd"
port=$(lab_port "$LAB" bannerd)
awk -v port="$port" 'BEGIN {
	print "{ \"version\": 1, \"defaults\": { \"user\": \"nobody\", \"bind_address\": \"127.0.0.1\" }, \"hosts\": ["
	for (i = 1; i <= 40; i++)
		printf "{ \"name\": \"host-%d\", \"hostname\": \"127.0.1.%d\", \"port\": %d }%s\n", i, i, port, i < 40 ? "," : "] }"
}' >"$TMP/ports.json"
expect 1 "$NETNS/few" "$SALLYPORT" check --hosts "$TMP/ports.json" --all --depth reach --json-lines
[ "$(grep -c '"event":"host"' "$TMP/out")" -eq 40 ] || fail "not every host is told"
passed=$(told '"verdict":"pass".*OpenSSH') short=$(told 'this machine has no port')
[ "$passed" -ge 10 ] || fail "$passed hosts have passed"
[ "$short" -gt 0 ] || fail "nobody was short of a port"
[ $((passed + short)) -eq 40 ] || fail "$passed hosts have passed and $short were short of a port: not 40"
