#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt for what a Ctrl-C leaves undone: of 20,000 hosts the first are told and the last are skipped,
# because who reads what is told stops reading in between.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

awk 'BEGIN {
	print "{ \"version\": 1, \"defaults\": { \"user\": \"nobody\", \"hostname\": \"127.0.0.1\", \"port\": 1 }, \"hosts\": ["
	for (i = 1; i <= 20000; i++)
		printf "{ \"name\": \"host-%d\" }%s\n", i, i < 20000 ? "," : "] }"
}' >"$TMP/cells.json"
mkfifo "$TMP/pipe"
"$SALLYPORT" check --hosts "$TMP/cells.json" --all --depth local --json-lines >"$TMP/pipe" 2>"$TMP/err" &
checker=$!
exec 4<"$TMP/pipe"
read -r first <&4
# More than a pipe holds is waiting now: the checker is in the middle of its work.
waits() {
	grep -q pipe_write "/proc/$checker/wchan" || [ "$(sed 's/.*) \(.\) .*/\1/' "/proc/$checker/stat")" = S ]
}
wait_for waits
kill -INT "$checker"
{
	echo "$first"
	cat <&4
} >"$TMP/lines"
got=0
wait "$checker" || got=$?
[ "$got" -eq 130 ] || fail "status $got"
[ ! -s "$TMP/err" ] || fail "something on standard error"
[ "$(grep -c '"event":"host"' "$TMP/lines")" -eq 20000 ] || fail "not every host is told"
grep -q '"host":"host-1","id":"host.settings","verdict":"pass"' "$TMP/lines" || fail "the first host is not told"

cells
