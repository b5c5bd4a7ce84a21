#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# E3, E4: the exit status is the command's: 0 to 255, 128 and the signal, and 255 when
# there is none.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

# Many short runs: under the leak checker, short stacks will do.
ASAN_OPTIONS=$ASAN_OPTIONS:fast_unwind_on_malloc=1

lab good dropbear tinyssh

for status in $(seq 0 255); do
	echo "$status"
done | xargs -P 4 -I N sh -c '"$SALLYPORT" connect good "exit N" </dev/null; echo "N $?"' >"$TMP/out" 2>"$TMP/err" ||
	fail "connect"
[ "$(wc -l <"$TMP/out")" -eq 256 ] || fail "not 256 answers"
awk '$1 != $2' "$TMP/out" >"$TMP/wrong"
[ ! -s "$TMP/wrong" ] || fail "wrong status: $(cat "$TMP/wrong")"

for name in dropbear tinyssh; do
	for status in 0 1 127 255; do
		expect "$status" "$SALLYPORT" connect "$name" "exit $status"
	done
done

# 1 HUP, 6 ABRT, 9 KILL, 11 SEGV, 15 TERM
for signal in 1 6 9 11 15; do
	expect $((128 + signal)) "$SALLYPORT" connect good "kill -$signal \$\$"
done
expect 137 "$SALLYPORT" connect dropbear "kill -9 \$\$"

fake no-status
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true

# A status of 32 bits: the same in the report as in the shell, as ssh gives it.
fake ntstatus
expect 58 "$SALLYPORT" connect --report-fd 3 "127.0.0.1:$PORT" true 3>"$TMP/report"
grep -q '"event":"end","status":58,' "$TMP/report" || fail "the report does not say 58"

# What libssh2 never hands out keeps no session from ending, and takes nothing away.
fake strange-data
for tty in -T -tt; do
	expect 0 timeout -k 1 20 "$SALLYPORT" connect $tty "127.0.0.1:$PORT" true
	expect_out 'method: none'
	[ $tty = -tt ] || expect_err known
done
