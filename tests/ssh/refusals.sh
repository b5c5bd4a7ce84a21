#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a server refuses or breaks after the login: sessions, terminals, the
# connection itself.  Each time one sentence, the status of ssh, and nothing of
# the server's text obeyed.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good no-sessions no-tty locked stranger

sentence() {
	# A server that lets everybody in is told about in a sentence of its own.
	[ "$(grep '^sallyport: ' "$TMP/err" | grep -vc 'without any authentication')" -eq 1 ] || fail "not one sentence"
	! grep -q "$(printf '\033')" "$TMP/err" || fail "a terminal code got through"
}

expect 255 "$SALLYPORT" connect no-sessions true
sentence
# A2: an account that is locked; a key that the server does not know.
for name in locked stranger; do
	expect 255 setsid -w "$SALLYPORT" connect "$name" true
	sentence
	expect_err publickey
done

# No terminal: told, and the session goes on without one, as with ssh.
got=0
ptyrun --same-termios --output "$TMP/out" -- "$SALLYPORT" connect -t no-tty 'tty; exit 3' || got=$?
[ $got -eq 3 ] || fail "no terminal: status $got"
expect_out 'not a tty'

fake no-channel
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
expect_err 'not today'
# N6: cut off right after the login.
fake reset-auth
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
fake no-status
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
# N17, in the encrypted packet: it is short, so that the padding of 255 is longer than all of it.
for behaviour in length-0 length-1 length-2g length-4g padding-255; do
	fake $behaviour
	expect 255 timeout -k 1 20 "$SALLYPORT" connect "127.0.0.1:$PORT" true
	sentence
	[ ! -s "$TMP/out" ] || fail "$behaviour: output"
done
# N19: values with which everybody knows the keys.  The point is refused.  libssh2 takes the numbers as they are: they
# are signed, so nobody but the server can send them; what counts is that it ends.
fake zero-point
expect 255 timeout -k 1 20 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
for behaviour in dh-zero dh-one dh-minus-one; do
	fake $behaviour
	got=0
	timeout -k 1 20 "$SALLYPORT" connect "127.0.0.1:$PORT" true >"$TMP/out" 2>"$TMP/err" </dev/null || got=$?
	[ $got -eq 0 ] || [ $got -eq 255 ] || fail "$behaviour: status $got"
done
fake flood
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true

# A3: the server hangs up, and it is said that these were too many attempts.
fake three-tries
got=0
ptyrun --same-termios --output "$TMP/err" --wait 'password: ' --send 'a\r' --wait 'password: ' --send 'b\r' \
    --wait 'password: ' --send 'c\r' -- "$SALLYPORT" connect "127.0.0.1:$PORT" true || got=$?
[ $got -eq 255 ] || fail "three wrong passwords: status $got"
sentence

# A name that does not exist, a host that is not there, too many words.
expect 255 "$SALLYPORT" connect no-such-host.invalid true
sentence
expect_err no-such-host.invalid
expect 255 "$SALLYPORT" connect
expect 255 "$SALLYPORT" connect -o NoSuchOption=1 good true
expect_err 'Bad configuration option'
