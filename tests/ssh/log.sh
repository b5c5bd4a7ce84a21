#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The log of a session: byte for byte what the server sent, for nobody else to read,
# and no reason to end a session when it cannot be kept.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good

# hosts PATTERN [NAME]: the lab's host, with a log
hosts() {
	sed "s,\"name\": \"good\",\"name\": \"${2:-good}\"\\, \"session_log\": \"$1\"," "$LAB/hosts.json" >"$TMP/hosts.json"
}

# session STEP... -- ARGUMENT...: at a terminal, ends with 3
session() {
	got=0
	ptyrun --same-termios --output "$TMP/out" "$@" || got=$?
	[ $got -eq 3 ] || fail "status $got"
}

connect() {
	session --wait 'good$ ' "$@" --send 'exit 3\r' -- "$SALLYPORT" connect --hosts "$TMP/hosts.json" "${NAME:-good}"
}

# All bytes, and no other: those of the terminal but for what is ours at the end.
umask 022
hosts "~/new/logs/{name}-{user}-%Y.log"
log=$HOME/new/logs/good-$LAB_USER-$(date +%Y).log
connect --send 'stty -echo; printf "\\001\\377\\033[31mred\\r\\n\\000end\\n"; head -c 300000 /dev/urandom\r' --wait 'good$ '
[ "$(stat -c %a "$log")" = 600 ] || fail "mode $(stat -c %a "$log")"
[ "$(stat -c %a "$HOME/new")$(stat -c %a "$HOME/new/logs")" = 700700 ] || fail "the folders' modes"
size=$(stat -c %s "$log")
[ "$size" -gt 300000 ] || fail "only $size bytes"
cmp -n "$size" "$log" "$TMP/out" || fail "not what the terminal got"
tail -c +$((size + 1)) "$TMP/out" >"$TMP/rest"
grep -q 'Connection to good closed' "$TMP/rest" || fail "what is ours is in the log"

# Appended to; what was not echoed is not in it.
connect --send 'stty -echo; echo re""ady; read x; stty echo; echo got\r' --wait ready --send 'secret\r' --wait got
[ "$(stat -c %s "$log")" -gt "$size" ] || fail "it was not appended to"
! grep -q secret "$log" || fail "a secret that nobody echoed"
# The settings of an existing file stay; who reads it is said, and where it is with -v.
chmod 644 "$log"
session --wait 'good$ ' --send 'exit 3\r' -- "$SALLYPORT" connect -v --hosts "$TMP/hosts.json" good
expect_out "the session is logged: ~/new/logs/"
expect_out "the session's log can be read by others: ~/new/logs/"
[ "$(stat -c %a "$log")" = 644 ] || fail "the mode was changed"

# Without a terminal it is data: not logged.
rm "$log"
expect 0 "$SALLYPORT" connect --hosts "$TMP/hosts.json" good 'echo data'
[ ! -e "$log" ] || fail "data of a program was logged"

# Names from elsewhere stay in the folder.
hosts "$TMP/safe/{name}" '../../etc/cron'
NAME='../../etc/cron' connect
[ -s "$TMP/safe/_._.._etc_cron" ] || fail "$(ls -A "$TMP/safe")"

# What cannot be kept is said once, and the session goes on.
ln -s "$TMP/elsewhere" "$TMP/link"
mkfifo "$TMP/fifo"
mkdir "$TMP/folder"
for log in "$TMP/link:symbolic link" "$TMP/fifo:FIFO" "$TMP/folder:directory" /dev/full:device \
    "/proc/nowhere/log:No such file"; do
	hosts "${log%%:*}"
	connect --send 'echo go""ing on\r' --wait 'going on'
	expect_out 'sallyport: good: the session is not logged: '
	expect_out "${log#*:}"
	[ "$(grep -c 'not logged' "$TMP/out")" -eq 1 ] || fail "said more than once"
done
[ ! -e "$TMP/elsewhere" ] || fail "the link was followed"

# The disk fills up in the middle; here a limit does it.  The line is one of the terminal's.
hosts "$TMP/full"
session --wait 'good$ ' --send 'stty -echo; head -c 100000 /dev/zero | tr "\\0" x; echo go""ing on; exit 3\r' --wait 'going on' -- \
    sh -c 'trap "" XFSZ; ulimit -f 20; exec "$@"' sh "$SALLYPORT" connect --hosts "$TMP/hosts.json" good
expect_out 'the session is not logged: '
expect_out "File too large$(printf '\r')"
[ "$(grep -c 'not logged' "$TMP/out")" -eq 1 ] || fail "said more than once"
[ "$(tr -cd x <"$TMP/out" | wc -c)" -ge 100000 ] || fail "the terminal lost something"

# A pattern that nobody knows is the entry's mistake.
hosts '~/{host}.log'
expect 255 "$SALLYPORT" connect --hosts "$TMP/hosts.json" good true
expect_err session_log
