#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt that names cause, in a network namespace with a name server of our own and its own resolv.conf:
# faults N21, N22 and N23.  Names that hang hold nobody else.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"
. "$top_srcdir/tests/checks/cells.sh"

lab good
netns_start client server
address=$(netns_address server)
# An address behind the same wire that nobody answers for.
netns_ip client -6 address add fd77::1/64 dev on nodad
netns_ip client neighbour replace fd77::9 lladdr 02:00:00:00:00:09 dev on nud permanent
# Link-local addresses that are good at once.
netns_ip client -6 address add fe80::78/64 dev on nodad
netns_ip server -6 address add fe80::77/64 dev back nodad
netns_nameserver client good.test="$address" nx.test=NXDOMAIN broken.test=SERVFAIL refused.test=REFUSED \
	silent.test=SILENT empty.test=EMPTY example.test=192.0.2.1 web.example.com="$address" many.test="$address,99x10.99.0.1" \
	dead6.test="fd77::9,$address" only6.test=fd77::9 $(seq -f silent%g.test=SILENT 40)
netns_names client 'nameserver 127.0.0.1'

defaults "\"user\": \"$LAB_USER\", \"identity_agent\": \"none\", \"identity_file\": \"$LAB/keys/ed25519\",
	\"port\": $(netns_port server)"
CHECKER="$NETNS/client.names $SALLYPORT"
named() {
	host "$1" "\"hostname\": \"$1.test\"${2:+, $2}"
}

# ---- each answer ----

for name in good nx broken refused empty example many dead6 silent; do
	named $name
done
host example-name '"hostname": "web.example.com"'
host no-example '"hostname": "db.example.com"'
host nobody '"hostname": "no-such-name.test"'
host link-local '"hostname": "fe80::77%on"'
host no-zone '"hostname": "fe80::77"'
host zone '"hostname": "fe80::1%nowhere"'
named only6 '"address_family": "inet"'
look --depth reach --timeout 4

# N21: an address that does not answer costs no more than the start of the next one, which is told.
grep '"host":"dead6","id":"net.connect"' "$TMP/lines" >"$TMP/out"
expect_out 'fd77::9'
grep '"host":"many","id":"net.resolve"' "$TMP/lines" >"$TMP/out"
expect_out '"10.99.0.99"'

# ---- more such names than usual threads, all at once, hold nobody else ----

cp "$TMP/lines" "$TMP/before"
for number in $(seq 40); do
	named "silent$number"
done
host good2 "\"hostname\": \"good.test\""
host good3 "\"hostname\": \"$address\""
look --depth reach --timeout 4
grep -n '"event":"host"' "$TMP/out" | grep -v '"host":"silent' | cut -d: -f1 | tail -n 1 >"$TMP/last"
grep -n '"id":"net.resolve"' "$TMP/out" | grep '"host":"silent' | cut -d: -f1 | head -n 1 >"$TMP/first"
[ "$(cat "$TMP/last")" -lt "$(cat "$TMP/first")" ] || fail "hosts waited for the names of others"
cp "$TMP/before" "$TMP/lines"

# ---- name servers that give up, that are not there, and no resolv.conf at all (N23) ----

netns_names client 'nameserver 127.0.0.1' 'options timeout:1 attempts:1'
host given-up "\"hostname\": \"silent.test\""
look --depth reach --timeout 4
netns_names client 'nameserver 127.0.0.3'
host nobody-listens "\"hostname\": \"good.test\""
look --depth reach --timeout 4
netns_names server
CHECKER="$NETNS/server.names $SALLYPORT"
host no-resolv-conf "\"hostname\": \"good.test\""
host literal '"hostname": "127.0.0.1", "port": 1'
look --depth reach --timeout 4

# ---- Ctrl-C waits for no name server ----

netns_names client 'nameserver 127.0.0.1' 'options timeout:30 attempts:5'
echo '{ "version": 1, "hosts": [ { "name": "hung", "hostname": "silent.test", "user": "me" } ] }' >"$TMP/hung.json"
"$NETNS/client.names" "$SALLYPORT" check --hosts "$TMP/hung.json" --all --json-lines --timeout 120 >"$TMP/hung" 2>"$TMP/err" &
checker=$!
wait_for grep -qs '"id":"key.agent"' "$TMP/hung"
kill -INT "$checker"
wait_for lab_gone "$checker"
got=0
wait "$checker" || got=$?
[ "$got" -eq 130 ] || fail "status $got after Ctrl-C"
cat "$TMP/hung" >>"$TMP/lines"

cells
