#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each way at once through a terminal session, a command, a forwarded port and a jump host, while the server wants new
# keys every megabyte, or every second: all bytes arrive, and the memory does not grow with them.  Who reads
# late loses nothing, and keepalives go on (faults E6, E7, E17).
#
# TRANSFER_MIB bytes each way (16), with new keys every TRANSFER_REKEY (1s).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

size=$((${TRANSFER_MIB:-16} * 1024 * 1024))
WAIT=900
lab good rekey
head -c "$size" /dev/urandom >"$TMP/bytes"
sum=$(sha256sum <"$TMP/bytes")

# The same server as "good", but that it looks at the clock.
{ echo "RekeyLimit default ${TRANSFER_REKEY:-1s}"; cat "$LAB/etc/good.conf"; } >"$LAB/etc/timed.conf"
sed -n "s,^good\t,timed\t,; s,/good\.,/timed.,g; /^timed\t/p" "$LAB/etc/inetd.table" >"$LAB/etc/timed.table"
lab_launch "$LAB" "$LAB_BIN/inetd" "$LAB/etc/timed.table"
timed="-p $(lab_port "$LAB" timed) -oHostKeyAlias=[127.0.0.1]:$(lab_port "$LAB" good)"

# What the server does when both ways are under way; it waits, so that we can be looked at before we end.
both="exec 3<&0; head -c $size <&3 | sha256sum >'$TMP/up' & cat '$TMP/bytes'; wait"
go="until [ -e '$TMP/go' ]; do sleep 0.02; done"

# expect_small WHAT PID: at no time more than 32 MiB; a sanitizer has its own
expect_small() {
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$2/status")
	grep -q __asan_init "$SALLYPORT" || [ "$peak" -lt 32768 ] || fail "$1: $peak KiB at most"
}

expect_sum() {
	[ "$(cat "$2")" = "$sum" ] || fail "$1: wrong bytes"
}

through_terminal() {
	rm -f "$TMP/up" "$TMP/go" "$TMP/pid"
	ptyrun --same-termios --timeout 900 --output "$TMP/down" --wait READY --file "$TMP/bytes" --wait ALL-DONE \
	    --run "sed -n 's/^VmHWM:[^0-9]*//p' /proc/\$(cat '$TMP/pid')/status >'$TMP/peak'; touch '$TMP/go'" -- \
	    sh -c 'echo $$ >"$0"; exec "$@"' "$TMP/pid" \
	    "$SALLYPORT" connect -e none -tt "$@" "stty raw -echo; printf READY; $both; printf ALL-DONE; $go" ||
		fail "terminal: $*: $?"
	expect_sum "terminal, up: $*" "$TMP/up"
	tail -c +6 "$TMP/down" | head -c "$size" | sha256sum >"$TMP/up"
	expect_sum "terminal, down: $*" "$TMP/up"
	peak=$(sed 's/ .*//' "$TMP/peak")
	grep -q __asan_init "$SALLYPORT" || [ "$peak" -lt 32768 ] || fail "terminal: $*: $peak KiB at most"
}

through_command() {
	rm -f "$TMP/up" "$TMP/go"
	: >"$TMP/err"
	"$SALLYPORT" connect "$@" "$both; echo ALL-DONE >&2; $go" <"$TMP/bytes" >"$TMP/down" 2>"$TMP/err" &
	pid=$!
	wait_for grep -q ALL-DONE "$TMP/err"
	expect_small "command: $*" $pid
	touch "$TMP/go"
	wait $pid || fail "command: $*: $?"
	expect_sum "command, up: $*" "$TMP/up"
	sha256sum <"$TMP/down" >"$TMP/up"
	expect_sum "command, down: $*" "$TMP/up"
}

through_port() {
	begin "$@" -L "$ADDRESS:8080:127.0.0.1:$echo_port"
	reach "$ADDRESS" 8080 <"$TMP/bytes" | sha256sum >"$TMP/up"
	expect_sum "port: $*" "$TMP/up"
	expect_small "port: $*" "$SESSION"
	end
}

serve cat
echo_port=$PORT
# shellcheck disable=SC2086 # words
{
	through_terminal rekey
	through_command rekey
	through_command -J good rekey
	through_port rekey
	through_terminal $timed good
	through_command $timed good
	through_command -J rekey $timed good
	through_port good $timed
}
rekeys=$(grep -c 'rekeying' "$LAB/log/rekey.log")
[ "$rekeys" -ge $((size / 1024 / 1024)) ] || fail "only $rekeys key exchanges"
# Small ones may be over before it is time.
[ -z "${TRANSFER_MIB:-}" ] || grep -q 'rekeying' "$LAB/log/timed.log" || fail "no key exchange because of the time"

# Nobody reads at first: what was sent waits on both sides, and the server has to stop.
rm -f "$TMP/go" "$TMP/up"
mkfifo "$TMP/fifo"
"$SALLYPORT" connect -oServerAliveInterval=1 -oServerAliveCountMax=2 rekey \
    "head -c 1048576 '$TMP/bytes'; touch '$TMP/first'; tail -c +1048577 '$TMP/bytes'; touch '$TMP/last'" \
    >"$TMP/fifo" 2>"$TMP/err" &
pid=$!
exec 4<"$TMP/fifo"
wait_for [ -e "$TMP/first" ]
kept_alive() {
	[ "$(grep -c 'ctype keepalive@' "$LAB/log/rekey.log")" -ge 2 ]
}
wait_for kept_alive
[ ! -e "$TMP/last" ] || fail "16 MiB fit into the way"
expect_small "a late reader" $pid
sha256sum <&4 >"$TMP/up"
exec 4<&-
wait $pid || fail "a late reader: status $?"
expect_sum "a late reader" "$TMP/up"
