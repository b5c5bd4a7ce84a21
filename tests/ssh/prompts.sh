#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is asked before the shell opens: passphrases, passwords, the server's own
# questions.  Answers go to the terminal and are not shown, questions of the
# server cannot pass for ours, and every way out leaves the terminal as it was.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab passphrase password kbdint partial few-tries banner
cp "$LAB/known_hosts" "$TMP/known_hosts"

# asked STATUS HOST STEP...
asked() {
	wanted=$1 name=$2
	shift 2
	got=0
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 "$@" -- \
	    "$SALLYPORT" connect "$name" 'echo it works; exit 7' 2>"$TMP/err" || got=$?
	[ "$got" -eq "$wanted" ] || fail "$name: status $got, not $wanted"
}

asked 7 passphrase --wait 'sallyport> ' --send "$LAB_PASSPHRASE\\r"
expect_out 'it works'
expect_no_out "$LAB_PASSPHRASE"
# The third time is lucky.
asked 7 passphrase --wait 'Passphrase for ' --wait ': ' --send 'one\r' --wait 'Wrong.' --wait ': ' --send '\r' \
    --wait ': ' --send "$LAB_PASSPHRASE\\r"

asked 7 password --wait 'sallyport> ' --send "$LAB_PASSWORD\\r"
expect_no_out "$LAB_PASSWORD"
# A6: the key is taken, and then the password is asked for.
asked 7 partial --wait 'sallyport> ' --send "$LAB_PASSWORD\\r"
asked 7 kbdint --wait 'Token code: ' --send "$LAB_TOKEN\\r" --wait 'Password: ' --send "$LAB_PASSWORD\\r"
expect_out "$LAB_TOKEN"
expect_no_out "$LAB_PASSWORD"
expect_out 'server> Two answers, please.'

# A1, A3: wrong until the server has had enough; it is said who ended it and why.
asked 255 few-tries --wait 'sallyport> ' --send 'wrong\r' --wait 'sallyport> ' --send 'wrong\r'
expect_out 'sallyport: '
expect_no_out wrong
asked 255 password --wait 'sallyport> ' --send 'wrong\r' --wait 'sallyport> ' --send 'wrong\r' \
    --wait 'sallyport> ' --send 'wrong\r'
expect_out 'sallyport: '

# A11: a paste is text up to its own Enter: neither its newline nor its end mark is taken for a key.
asked 7 password --wait 'sallyport> ' --send "\\e[200~$LAB_PASSWORD\\n\\e[201~\\r"
expect_no_out "$LAB_PASSWORD"

# A10: Ctrl-C and the end of input at a prompt.
for name in passphrase password kbdint; do
	for key in '\x03' '\x04'; do
		got=0
		ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 --wait '> ' --send "$key" -- \
		    "$SALLYPORT" connect "$name" true || got=$?
		[ $got -eq 130 ] || [ $got -eq 255 ] || fail "$name: $key at the prompt: status $got"
	done
done

# Without a terminal nothing is asked, and that is said.
for name in passphrase password kbdint; do
	expect 255 setsid -w "$SALLYPORT" connect "$name" true
	expect_err 'sallyport: '
done

expect_same "$TMP/known_hosts" "$LAB/known_hosts"

# A5: no question, one, a hundred; terminal codes in them; a long instruction.
asked_fake() {
	ptyrun --size 200x40 --same-termios --output "$TMP/out" --timeout 30 "$@" -- \
	    "$SALLYPORT" connect "127.0.0.1:$PORT" true
}
fake kbdint-0
asked_fake || fail "kbdint-0"
expect_out 'method: keyboard-interactive'
fake kbdint-1
asked_fake --wait 'Question 1: ' --send 'first\r' || fail "kbdint-1"
expect_out 'answer: first'
fake kbdint-100
set --
for i in $(seq 1 100); do
	set -- "$@" --wait "Question $i: " --send "a$i\\r"
done
asked_fake "$@" || fail "kbdint-100"
[ "$(grep -c "answer: a" "$TMP/out")" -eq 100 ] || fail "not all answers arrived"
fake kbdint-escape
asked_fake --wait 'Question 1: ' --send 'first\r' --wait 'Question 2: ' --send 'second\r' || fail "kbdint-escape"
# The server prints the answers only, so a code on the screen would be one we let through.
! grep -q "$(printf '\033]0;owned')" "$TMP/out" || fail "a terminal code of the server got through"
expect_out 'answer: second'
for big in kbdint-big kbdint-huge; do
	fake $big
	got=0
	asked_fake --wait 'Question 1: ' --send 'first\r' || got=$?
	[ $got -eq 0 ] || expect_out 'sallyport: '
done

# Three rounds in one attempt, the second without a question.
fake kbdint-rounds
asked_fake --wait 'Question 1: ' --send 'a1\r' --wait 'Question 2: ' --send 'a2\r' \
    --wait 'Question 1: ' --send 'a3\r' --wait 'Question 2: ' --send 'a4\r' || fail "kbdint-rounds"
[ "$(grep -c 'answer: a' "$TMP/out")" -eq 4 ] || fail "not four answers"
# Without a question nobody need be there; where one is asked, it is said that nobody was; with BatchMode it is not tried, as ssh.
fake kbdint-0
expect 0 setsid -w "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect 255 setsid -w "$SALLYPORT" connect -o BatchMode=yes "127.0.0.1:$PORT" true
expect_err 'keyboard-interactive'
fake kbdint-1
expect 255 setsid -w "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_err 'nobody could be asked'

# A4: the password must be changed; twice the same, and the server may not like it.
change='New password for '
again='Once more, '
fake password-change
asked_fake --wait 'password: ' --send "$LAB_PASSWORD\\r" --wait "$change" --wait ': ' --send 'first\r' \
    --wait "$again" --wait ': ' --send 'other\r' --wait 'They differ.' --wait ': ' --send 'fresh\r' \
    --wait "$again" --wait ': ' --send 'fresh\r' || fail "password-change"
expect_out 'new password: fresh'
expect_out 'server> '
expect_out 'Your password has expired.'
! grep -q "$(printf '\033]0;owned')" "$TMP/out" || fail "a terminal code of the server got through"
expect_no_out first
fake password-change-twice
asked_fake --wait 'password: ' --send "$LAB_PASSWORD\\r" --wait "$change" --wait ': ' --send 'one\r' \
    --wait "$again" --wait ': ' --send 'one\r' --wait 'Too simple.' --wait "$change" --wait ': ' --send 'two\r' \
    --wait "$again" --wait ': ' --send 'two\r' || fail "password-change-twice"
expect_out 'new password: two'
# Given up: by the end of input, and by Ctrl-C.
fake password-change
got=0
asked_fake --same-termios --wait 'password: ' --send "$LAB_PASSWORD\\r" --wait "$change" --wait ': ' --send '\x04' || got=$?
[ $got -eq 255 ] || fail "no new password: status $got"
expect_out 'must be changed, and was not'
got=0
asked_fake --same-termios --wait 'password: ' --send "$LAB_PASSWORD\\r" --wait "$change" --wait ': ' --send '\x03' || got=$?
[ $got -eq 130 ] || fail "Ctrl-C at the new password: status $got"

# A8, A9, A12: let in without a question, long banners, a method that we have not got.
fake none
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_out 'method: none'
fake banner-big
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true
fake banner-many
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true
fake banner-empty
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_no_err 'server>'
fake banner-late
expect 0 "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_no_out 'too late'
! grep -q "$(printf '\033')" "$TMP/err" "$TMP/out" || fail "a terminal code of the late banner got through"
fake gssapi
expect 255 "$SALLYPORT" connect "127.0.0.1:$PORT" true
expect_err gssapi-with-mic
expect 0 "$SALLYPORT" connect banner true
! grep -q "$(printf '\033')" "$TMP/err" || fail "a terminal code of the banner got through"
expect_err 'Authorised users only'

# ^C while a locked key is derived: the worker that does it is left behind, and may not meet what is tidied up.
ssh-keygen -q -p -P "$LAB_PASSPHRASE" -N "$LAB_PASSPHRASE" -a 200 -f "$LAB/keys/passphrase" >/dev/null
cat >"$TMP/derive" <<-'END'
	exec "$SALLYPORT" connect --report-fd 3 passphrase true 3>"$TMP/report"
END
cat >"$TMP/derives" <<-'END'
	pid=$(sed -n 's/.*"event":"hello".*"pid":\([0-9]*\).*/\1/p' "$TMP/report")
	until [ "$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)" -gt 1 ]; do sleep 0.02; done
END
export TMP
got=0
ptyrun --same-termios --timeout 30 --output "$TMP/out" --wait 'Passphrase' --send "$LAB_PASSPHRASE\\r" \
    --run "sh '$TMP/derives'" --send '\x03' -- sh "$TMP/derive" || got=$?
[ "$got" -eq 130 ] || fail "status $got"
! grep -a Sanitizer "$TMP/out" || fail 'a sanitizer is not content'
