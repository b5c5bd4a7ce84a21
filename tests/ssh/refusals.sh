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
fake reset-auth
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
fake no-status
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
sentence
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
