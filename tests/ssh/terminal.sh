#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The user's terminal and a session: sizes and types of every kind, stopping and
# going on, prompts that are left, a server that goes away while it asks, and
# descriptors that others share.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good password no-tty

# session STATUS STEP... -- COMMAND...: on a terminal, which must be the same afterwards
session() {
	wanted=$1
	shift
	got=0
	ptyrun --same-termios --timeout 30 --output "$TMP/out" "$@" || got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted: $*"
}

# T1 to T4: no TERM is "dumb", and gets no escape codes; a name that nobody knows is the server's affair.
unset TERM
session 4 --wait 'good$ ' --send 'echo TERM=$TERM.; exit 4\r' -- "$SALLYPORT" connect good
expect_out 'TERM=dumb.'
expect_no_out "$(printf '\033')"
for type in dumb vt100 no-such-terminal; do
	export TERM=$type
	session 4 --wait 'good$ ' --send 'echo TERM=$TERM.; exit 4\r' -- "$SALLYPORT" connect good
	expect_out "TERM=$type."
done
# T5: a sentence, and nothing of it is obeyed.
for type in ../../etc/passwd "$(printf 'x\033[2J')" "$(printf '%4000s' '' | tr ' ' x)"; do
	export TERM="$type"
	session 255 -- "$SALLYPORT" connect good
	expect_out 'TERM is not the name of a terminal'
	expect_no_out "$(printf '\033')"
	[ "$(wc -c <"$TMP/out")" -lt 400 ] || fail "more than a sentence"
done
export TERM=xterm-256color

# T6 to T10: every size reaches the server, with the stage line too.
for size in 1x1:'1 1' 20x5:'5 20' 0x0:'24 80' 500x300:'300 500'; do
	session 0 --size "${size%%:*}" --wait '$ ' --send 'stty size; exit\r' -- \
	    "$SALLYPORT" connect --stages good
	expect_out "${size#*:}"
done
session 0 --wait 'good$ ' --size 1x1 --send 'stty size\r' --wait '1 1' --size 120x40 --send 'stty size\r' \
    --wait '40 120' --size 0x0 --send 'stty size\r' --wait '24 80' --send 'exit\r' -- "$SALLYPORT" connect good

# E9: ~^Z stops us with the terminal as it was; fg goes on.
cat >"$TMP/job" <<-'END'
	set -m
	stty -a >"$TMP/before"
	"$SALLYPORT" connect good
	stty -a >"$TMP/stopped"
	echo "now stopped"
	fg >/dev/null
END
export TMP
session 6 --wait 'good$ ' --send '\r~\x1a' --wait 'now stopped' --send 'echo go""ing on\r' \
    --wait 'going on' --send 'exit 6\r' -- sh "$TMP/job"
expect_same "$TMP/before" "$TMP/stopped"
# ^Z at a prompt, too: it is asked again.
sed -i 's/connect good/connect password/' "$TMP/job"
session 6 --wait 'password: ' --send 'fi\x1a' --wait 'now stopped' --wait 'password: ' \
    --send 'rst\x15'"$LAB_PASSWORD\\r" --wait 'password$ ' --send 'exit 6\r' -- sh "$TMP/job"
expect_same "$TMP/before" "$TMP/stopped"
# Stopped and continued by somebody else.
session 6 --wait 'good$ ' --signal 19 --signal 18 --send 'echo go""ing on\r' --wait 'going on' \
    --send 'exit 6\r' -- "$SALLYPORT" connect good

# E5: a server that gives no terminal: ours stays as it is, so that one sees what one types.
session 6 --wait 'no terminal' --send 'echo go""ing on\n' --wait 'echo go' --wait 'going on' --send 'exit 6\n' -- \
    "$SALLYPORT" connect no-tty
expect_no_out 'Connection to'

# A new size while a question is open is the size that the session gets.
session 0 --size 90x30 --wait "password: " --size 77x27 --send "$LAB_PASSWORD\r" --wait 'password$ ' \
    --send 'stty size\r' --wait '27 77' --send 'exit\r' -- "$SALLYPORT" connect password

# A10: every way out of a prompt; nothing typed is shown.
for out in 'never\x03:130' 'never\e:130' 'never\x15\x04:255'; do
	session "${out#*:}" --wait "password: " --send "${out%%:*}" -- "$SALLYPORT" connect password true
	expect_no_out never
done
for signal in 1 15; do
	session 255 --wait "password: " --send never --signal "$signal" -- "$SALLYPORT" connect password true
	expect_no_out never
	[ "$signal" = 1 ] || expect_out 'ended by signal'
done
session 130 --wait "password: " --signal 2 -- "$SALLYPORT" connect password true
(
	# The sanitizer would report the signal and exit.
	ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0
	session 139 --wait "password: " --signal 11 -- "$SALLYPORT" connect password true
)

# The server goes away while it asks.
fake kbdint-1
screen_start 80 24 sh -c '"$@"; echo ended $?; exec sleep 1000' sh "$SALLYPORT" connect "127.0.0.1:$PORT"
screen_wait 'server> '
lab_stop "$TMP/faults"
screen_wait 'sallyport: 127.0.0.1: '
screen_wait 'ended 255'

# A server that gives no terminal: told in words of ours, and the user's own terminal goes on
# to show what is typed and to end lines, or nothing could be done in the session.
session 3 --wait 'gives no terminal' --send 'echo see""n\r' --wait 'echo see""n' --wait 'seen' \
    --send 'exit 3\r' -- "$SALLYPORT" connect no-tty
expect_out 'sallyport: no-tty: the server gives no terminal'
expect_no_out 'server>'

# ^S while it connects: what is shown waits, nothing else does.
fake none
cat >"$TMP/stopped" <<-END
	echo ready
	until [ -e "$TMP/go" ]; do sleep 0.02; done
	exec "$SALLYPORT" connect --stages --report-fd 3 127.0.0.1:$PORT true 3>"$TMP/stages"
END
cat >"$TMP/go_on" <<-END
	: >"$TMP/stages"
	touch "$TMP/go"
	for i in \$(seq 200); do
		grep -q '"id":"session.start","state":"start"' "$TMP/stages" && exit
		sleep 0.1
	done
	exit 1
END
ptyrun --output "$TMP/out" --wait ready --send '\x13' --run "sh $TMP/go_on" --send '\x11' -- sh "$TMP/stopped" ||
	fail "a stopped terminal: status $?"
