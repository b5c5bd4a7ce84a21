#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What goes wrong before a login, each cause with its own check and words
# (faults N1, N4, N5, N7 to N18, N28).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

# behaviour | the check that fails | what it says
cat >"$TMP/table" <<'END'
refused|net.connect|refuse
silent|ssh.banner|no SSH banner
close|ssh.banner|connection
reset|[ns][a-z.]*|connection
reset-kex|ssh.kex|reset
endless|ssh.banner|
longline|ssh.banner|
http|ssh.banner|
tls|ssh.banner|
smtp|ssh.banner|mail
random|ssh.banner|
ssh1|ssh.banner|SSH-1
drip|ssh.banner|
packet-0|ssh.kex|
packet-1|ssh.kex|
packet-2g|ssh.kex|
packet-4g|ssh.kex|
padding|ssh.kex|
kexinit-none|ssh.kex|in common
kexinit-huge|ssh.kex|
disconnect|ssh.kex|
END

{
	printf '{ "version": 1, "defaults": { "user": "root", "hostname": "127.0.0.1" }, "hosts": ['
	between=
	while IFS='|' read -r name _; do
		fault "$name"
		printf '%s\n{ "name": "%s", "port": %s }' "$between" "$name" "$PORT"
		between=,
	done <"$TMP/table"
	echo ']}'
} >"$TMP/hosts.json"

began=$(date +%s)
expect 1 "$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines --timeout 5
took=$(($(date +%s) - began))
[ ! -s "$TMP/err" ] || fail "something on standard error"
cp "$TMP/out" "$TMP/lines"

while IFS='|' read -r name id text; do
	grep "\"event\":\"check\",\"host\":\"$name\",\"id\":\"$id\",\"verdict\":\"fail\"" "$TMP/lines" >"$TMP/out" ||
		fail "$name: $id did not fail: $(grep "\"host\":\"$name\"" "$TMP/lines" | grep -v '"skip"\|"pass"')"
	expect_out "$text"
	[ "$name" = disconnect ] || grep -q '"hint":"' "$TMP/out" || fail "$name: no hint"
done <"$TMP/table"

# A total deadline for each host, all at once: a server that drips does not hold the others.
[ "$took" -lt 20 ] || fail "took $took s"

# No byte of a server steers the reader's terminal.
! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/lines" || fail "control characters in JSON"
expect 1 "$SALLYPORT" check --hosts "$TMP/hosts.json" --timeout 5 random disconnect
! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/out" || fail "control characters in text"

# Two odd banners that are SSH all the same.
for name in banner-escape banner-long; do
	fault "$name"
	"$SALLYPORT" check "127.0.0.1:$PORT" --depth reach --timeout 5 >"$TMP/out" || :
	! LC_ALL=C grep -q "$(printf '\033')" "$TMP/out" || fail "$name: an escape code came through"
	expect_out 'ssh.banner'
done
