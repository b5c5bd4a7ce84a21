#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# -R: ports on the server that lead to an address here.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

lab good rekey dropbear
serve cat
echo_port=$PORT
serve sh -c 'wc -c; cat "$0"' "$TMP/some"
count_port=$PORT
free_port
refused_port=$PORT
head -c 8388608 /dev/urandom >"$TMP/some"

# allocated N: sets PORT, the Nth that the server chose
allocated() {
	PORT=$(sed -n 's/.*Allocated port \([0-9]*\) for remote forward.*/\1/p' "$TMP/said" | sed -n "$1p")
	[ -n "$PORT" ] || fail 'no port was told'
}

# Both ways at once, with new session keys every megabyte.
for i in 1 2 3 4 5 6 7 8; do cat "$TMP/some"; done >"$TMP/big"
begin rekey -R "0:127.0.0.1:$echo_port"
said "for remote forward to 127.0.0.1:$echo_port"
allocated 1
reach 127.0.0.1 "$PORT" <"$TMP/big" >"$TMP/back"
expect_same "$TMP/big" "$TMP/back"
end

# Several; half-close; many at once; a target that refuses.
begin good -R "0:127.0.0.1:$echo_port" -R "0:127.0.0.1:$count_port" -R "0:127.0.0.1:$refused_port" -R 0
allocated 2
reach 127.0.0.1 "$PORT" <"$TMP/some" >"$TMP/back"
[ "$(head -n 1 "$TMP/back")" = 8388608 ] || fail 'not all was sent before the end'
tail -n +2 "$TMP/back" | cmp - "$TMP/some" || fail 'the answer differs'
allocated 1
reach --many 200 20000 127.0.0.1 "$PORT"
allocated 3
reach 127.0.0.1 "$PORT" </dev/null >"$TMP/back"
[ ! -s "$TMP/back" ] || fail 'an answer from nobody'
said "-R 0 to 127.0.0.1:$refused_port: connect failed: Connection refused"

# Without a target it speaks SOCKS, and connects from here.
allocated 4
for socks in 4 5; do
	reach --socks $socks 127.0.0.1 "$PORT" 127.0.0.1 "$echo_port" <"$TMP/some" >"$TMP/back"
	expect_same "$TMP/some" "$TMP/back"
done
reach --socks 4a 127.0.0.1 "$PORT" localhost "$echo_port" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
expect 3 reach --socks 5 127.0.0.1 "$PORT" 127.0.0.1 "$refused_port"
said "-R 0 to 127.0.0.1:$refused_port: connect failed: Connection refused"
allocated 1
reach 127.0.0.1 "$PORT" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
end

# Another server.
begin dropbear -R "0:127.0.0.1:$echo_port"
allocated 1
free=$PORT
reach 127.0.0.1 "$PORT" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
end

# What the server does not give is said, and the session goes on, unless it must not.
serve cat
expect 7 "$SALLYPORT" connect -R "127.0.0.1:$PORT:127.0.0.1:1" good 'exit 7'
expect_err "remote port forwarding failed for listen port $PORT"
expect 255 "$SALLYPORT" connect -o ExitOnForwardFailure=yes -R "127.0.0.1:$PORT:127.0.0.1:1" good 'exit 7'
expect_err "remote port forwarding failed for listen port $PORT"

# It is there before the command begins.
expect 0 "$SALLYPORT" connect -o ExitOnForwardFailure=yes -R "$free:127.0.0.1:$echo_port" good \
    "echo there | '$LAB_BIN/reach' 127.0.0.1 $free"
expect_out there
