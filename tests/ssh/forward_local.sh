#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# -L: ports here that lead to an address behind the server.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/ssh/forward.sh"

lab good rekey
serve cat
echo_port=$PORT
head -c 8388608 /dev/urandom >"$TMP/some"

# Both ways at once, with new session keys every megabyte; the end of one direction is told while the other
# goes on.
for i in 1 2 3 4 5 6 7 8; do cat "$TMP/some"; done >"$TMP/big"
begin rekey -L "$ADDRESS:8080:127.0.0.1:$echo_port"
reach "$ADDRESS" 8080 <"$TMP/big" >"$TMP/back"
expect_same "$TMP/big" "$TMP/back"
end

serve sh -c 'wc -c; cat "$0"' "$TMP/some"
count_port=$PORT
serve cat "$TMP/big"
big_port=$PORT
free_port
begin good -L "$ADDRESS:8080:127.0.0.1:$echo_port" -L "$ADDRESS:8081:127.0.0.1:$count_port" \
    -L "$ADDRESS:8082:127.0.0.1:$big_port" -L "$ADDRESS:8083:127.0.0.1:$PORT"

# Half-close: all is sent, the end is told, and only then the answer comes.
reach "$ADDRESS" 8081 <"$TMP/some" >"$TMP/back"
[ "$(head -n 1 "$TMP/back")" = 8388608 ] || fail "not all was sent before the end"
tail -n +2 "$TMP/back" | cmp - "$TMP/some" || fail 'the answer differs'

# Many at once.
reach --many 200 20000 "$ADDRESS" 8080

# Who does not read holds nobody else up, and little memory; in the end all is there.
before=$(memory)
mkfifo "$TMP/stuck"
reach "$ADDRESS" 8082 </dev/null >"$TMP/stuck" &
stuck=$!
exec 9<"$TMP/stuck"
head -c 1 <&9 >"$TMP/back"
reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back.some"
expect_same "$TMP/some" "$TMP/back.some"
reach --many 20 20000 "$ADDRESS" 8080
# A sanitizer keeps what was freed.
[ "$(($(memory) - before))" -lt 16384 ] || grep -q __asan_init "$SALLYPORT" || fail "from $before to $(memory) KiB"
cat <&9 >>"$TMP/back"
exec 9<&-
wait "$stuck"
expect_same "$TMP/big" "$TMP/back"

# A target that refuses is said, and disturbs nothing.
reach "$ADDRESS" 8083 </dev/null >"$TMP/back"
[ ! -s "$TMP/back" ] || fail 'an answer from nobody'
said "-L $ADDRESS:8083 to 127.0.0.1:$PORT, from 127."
said 'open failed: Connection refused'
reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
end

# A port that is taken: said, and the rest works; or all ends, if that is asked for.
serve cat
taken=$PORT
begin good -L "127.0.0.1:$taken:127.0.0.1:$echo_port" -L "$ADDRESS:8080:127.0.0.1:$echo_port"
said "-L 127.0.0.1:$taken to 127.0.0.1:$echo_port: port $taken cannot be listened on: Address already in use"
reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
end
expect 255 "$SALLYPORT" connect -o ExitOnForwardFailure=yes -L "127.0.0.1:$taken:127.0.0.1:1" good true
expect_err 'Address already in use'
expect 0 "$SALLYPORT" connect -o ClearAllForwardings=yes -o ExitOnForwardFailure=yes \
    -L "127.0.0.1:$taken:127.0.0.1:1" good true
[ ! -s "$TMP/err" ] || fail 'something was said'

# An address that is none of ours.
expect 255 "$SALLYPORT" connect -o ExitOnForwardFailure=yes -L "example.org:8080:127.0.0.1:1" good true
expect_err 'is no address to listen on'

# Forwards are there before the command, and the command's end is the end of all.
expect 7 "$SALLYPORT" connect -L "$ADDRESS:8080:127.0.0.1:$echo_port" good \
    "'$LAB_BIN/reach' $ADDRESS 8080 </dev/null && exit 7"

# Through a jump host, too; its own forwards are not for this.
begin good -J rekey -L "$ADDRESS:8080:127.0.0.1:$echo_port"
reach "$ADDRESS" 8080 <"$TMP/some" >"$TMP/back"
expect_same "$TMP/some" "$TMP/back"
reach --many 50 20000 "$ADDRESS" 8080
end

# As ssh: the command's end ends no connection; the last of them does, and the status is the command's.
mkfifo "$TMP/typed"
"$SALLYPORT" connect -L "$ADDRESS:8080:127.0.0.1:$echo_port" good \
    "echo ready; cat; (sleep 0.2; : >'$TMP/over') </dev/null >/dev/null 2>&1 & exit 7" \
    <"$TMP/typed" >"$TMP/out" 2>"$TMP/err" &
SESSION=$!
exec 8>"$TMP/typed"
wait_for grep -q ready "$TMP/out"
mkfifo "$TMP/sent"
# Not the function: dash would keep the pipe open there.
"$LAB_BIN/reach" "$ADDRESS" 8080 <"$TMP/sent" >"$TMP/back" 8>&- &
exec 9>"$TMP/sent"
echo one >&9
wait_for grep -q one "$TMP/back"
exec 8>&-
wait_for test -e "$TMP/over"
cat "$TMP/some" >&9
exec 9>&-
got=0
wait "$SESSION" || got=$?
[ "$got" -eq 7 ] || fail "status $got"
tail -n +2 "$TMP/back" | cmp - "$TMP/some" || fail 'cut off with the command'
[ ! -s "$TMP/err" ] || fail 'something was said'

# By default only this machine can connect, by IPv4 and IPv6; with -g everybody.  A port that is taken meanwhile is
# another one's.
sockets() {
	port=$(printf %04X "$listening")
	awk -v port=":$port" '$4 == "0A" && substr($2, length($2) - 4) == port { print $2 }' \
	    /proc/net/tcp /proc/net/tcp6 | sort
}
listen_default() {
	fault refused
	listening=$PORT
	lab_stop "$TMP/faults"
	rm -rf "$TMP/faults"
	serve cat
	begin good "$@" -L "$listening:127.0.0.1:$PORT"
	! grep -q 'Address already in use' "$TMP/said"
}
for wanted in '0100007F 00000000000000000000000001000000' '00000000 00000000000000000000000000000000:-g'; do
	flag=
	case $wanted in
	*:-g) flag=-g wanted=${wanted%:-g} ;;
	esac
	# shellcheck disable=SC2086 # a flag or nothing
	until listen_default $flag; do end; done
	port=$(printf %04X "$listening")
	set -- $wanted
	sockets | grep -qx "$1:$port" || fail "not on IPv4: $(sockets)"
	[ ! -s /proc/net/if_inet6 ] || sockets | grep -qx "$2:$port" || fail "not on IPv6: $(sockets)"
	reach 127.0.0.1 "$listening" <"$TMP/some" >"$TMP/back"
	expect_same "$TMP/some" "$TMP/back"
	end
done
