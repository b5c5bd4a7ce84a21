#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Logs in with every kind of key to every kind of server, and is as silent and
# as transparent as ssh: output, errors, input and status of the command.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa rsa-pkcs8 rsa-openssh rsa-only ecdsa ecdsa-pem ed25519-pkcs8 dropbear tinyssh rekey forced
cp "$LAB/known_hosts" "$TMP/known_hosts"

for name in good rsa rsa-pkcs8 rsa-openssh rsa-only ecdsa ecdsa-pem ed25519-pkcs8 dropbear tinyssh rekey; do
	expect 7 "$SALLYPORT" connect "$name" 'echo it works; exit 7'
	[ "$(cat "$TMP/out")" = 'it works' ] || fail "$name: not the command's output"
	[ ! -s "$TMP/err" ] || fail "$name: connect is not as silent as ssh"
done

expect 0 "$SALLYPORT" connect good 'echo to out; echo to err >&2'
[ "$(cat "$TMP/out")" = 'to out' ] || fail "standard output is not the command's alone"
[ "$(cat "$TMP/err")" = 'to err' ] || fail "standard error is not the command's alone"

# The words of a command are joined by blanks, as ssh does.
expect 0 "$SALLYPORT" connect good printf '%s.' a "'b  c'" d
[ "$(cat "$TMP/out")" = 'a.b  c.d.' ] || fail "not the command that was given"

expect 0 "$SALLYPORT" connect forced true
expect_out 'forced instead of: true'

# Input ends with its file, and every byte arrives.
head -c 3000000 /dev/urandom >"$TMP/bytes"
"$SALLYPORT" connect good cat <"$TMP/bytes" >"$TMP/back" || fail "connect good cat"
expect_same "$TMP/bytes" "$TMP/back"
expect 0 "$SALLYPORT" connect good cat
[ ! -s "$TMP/out" ] || fail "output without input"

expect_same "$TMP/known_hosts" "$LAB/known_hosts"
