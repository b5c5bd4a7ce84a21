#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# -D: a port here that speaks SOCKS.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

lab good
serve cat
echo_port=$PORT
head -c 8388608 /dev/urandom >"$TMP/some"
for i in 1 2 3 4 5 6 7 8; do cat "$TMP/some"; done >"$TMP/big"

begin good -D "$ADDRESS:1080"
reach --socks 5 "$ADDRESS" 1080 localhost "$echo_port" <"$TMP/big" >"$TMP/back"
expect_same "$TMP/big" "$TMP/back"
reach --socks 4a "$ADDRESS" 1080 localhost "$echo_port" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
reach --socks 4 "$ADDRESS" 1080 127.0.0.1 "$echo_port" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"

# Other programs' idea of it, where one is there.
if command -v curl >/dev/null; then
	serve sh -c 'sed -n "/^.\$/q"; printf "HTTP/1.0 200 OK\r\n\r\n"; cat "$0"' "$TMP/some"
	for how in socks4 socks4a socks5 socks5-hostname; do
		curl -sS --noproxy '' "--$how" "$ADDRESS:1080" "http://127.0.0.1:$PORT/" >"$TMP/back"
		expect_same "$TMP/some" "$TMP/back"
	done
fi

reach --socks 5 --many 200 20000 "$ADDRESS" 1080 127.0.0.1 "$echo_port"

# A target that refuses is told to who asked, and said here; what is no SOCKS is hung up on; none of it disturbs.
free_port
expect 3 reach --socks 5 "$ADDRESS" 1080 127.0.0.1 "$PORT"
said "-D $ADDRESS:1080 to 127.0.0.1:$PORT, from 127."
said 'open failed: Connection refused'
expect 3 reach --socks 4 "$ADDRESS" 1080 127.0.0.1 "$PORT"
echo 'GET / HTTP/1.0' | reach "$ADDRESS" 1080 >"$TMP/back"
[ ! -s "$TMP/back" ] || fail 'an answer to what is no SOCKS'
# A name with terminal codes is refused before anybody sees it.
printf '\005\001\000\005\001\000\003\005\033[31m\000\026' | reach "$ADDRESS" 1080 >"$TMP/back"
[ "$(od -An -tx1 <"$TMP/back" | tr -d ' \n')" = 050005010001000000000000 ] || fail "another answer"
reach --socks 5 "$ADDRESS" 1080 127.0.0.1 "$echo_port" <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
end
