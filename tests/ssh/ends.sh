#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How sessions end, and what they survive: every end is reported with its cause and said in a
# sentence where ssh says one; servers that close in odd orders; floods, resizes without end, new session keys
# while somebody types.  Faults E1, E3, E5, E6, E8, E11, E17, E21, N28.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa changed stranger no-sessions forced

# E17: a server that wants new keys every five seconds, and somebody who types for longer than that.  In the
# background of all else.
lab_service "$LAB" rekey5 sshd 'RekeyLimit default 5s' >"$LAB/etc/rekey5.table"
lab_launch "$LAB" "$LAB_BIN/inetd" "$LAB/etc/rekey5.table"
port=$(lab_port "$LAB" rekey5)
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$LAB/hostkeys/ed25519.pub")" >>"$LAB/known_hosts"
type_slowly() {
	i=1000
	until [ $(($(date +%s) - begun)) -ge 13 ] && [ $i -ge 1600 ]; do
		printf '%d\r' $i
		i=$((i + 1))
		sleep 0.01
	done
	printf 'end\r'
}
(
	begun=$(date +%s) got=0
	type_slowly | "$SALLYPORT" connect -tt -p "$port" -i "$LAB/keys/ed25519" 127.0.0.1 \
	    'stty -echo; n=1000; while read -r line && [ "$line" = $n ]; do n=$((n + 1)); done; echo "$line after $n"; exit 5' \
	    >"$TMP/typed" 2>"$TMP/typed_err" || got=$?
	echo "$got" >"$TMP/typed_status"
) &

# ---- the cause of every end ----

# end STATUS CAUSE ARGUMENT...
end() {
	wanted_cause=$2
	wanted=$1
	shift 2
	expect "$wanted" timeout 30 "$SALLYPORT" connect --report-fd 3 "$@" 3>"$TMP/report"
	reported "$wanted" "$wanted_cause"
}
reported() {
	[ "$(grep -c '"event":"end"' "$TMP/report")" -eq 1 ] || fail "not one end: $(cat "$TMP/report")"
	grep '"event":"end"' "$TMP/report" | grep -q "\"status\":$1,.*\"cause\":\"$2\"" || fail "$2: $(tail -n 1 "$TMP/report")"
}

end 0 exit good true
end 42 exit good 'exit 42'
[ ! -s "$TMP/err" ] || fail "more than ssh says"
end 143 signal good 'kill -TERM $$'
expect_err 'the remote command died of signal TERM'
grep -q '"signal":"TERM"' "$TMP/report" || fail "no signal in the report"
end 255 lost good 'kill -9 $PPID'
end 255 auth stranger true
end 255 hostkey changed true
end 255 refused no-sessions true
for signal in TERM HUP; do
	"$SALLYPORT" connect --report-fd 3 good "echo up >'$TMP/up'; sleep 1000" 3>"$TMP/report" 2>"$TMP/err" </dev/null &
	wait_for test -s "$TMP/up"
	kill -$signal $!
	got=0
	wait $! || got=$?
	[ $got -eq 255 ] || fail "status $got of signal $signal"
	reported 255 killed
	[ $signal = HUP ] || expect_err "ended by signal $signal"
	[ $signal = TERM ] || [ ! -s "$TMP/err" ] || fail "who hangs up knows"
	rm "$TMP/up"
done
got=0
ptyrun --output "$TMP/out" --wait 'good$ ' --send '\r~.' -- \
    sh -c '"$1" connect --report-fd 3 good 3>"$2"' sh "$SALLYPORT" "$TMP/report" || got=$?
reported 255 cancelled
expect_out 'Connection to good closed.'

# E5: a command is forced.
expect 0 "$SALLYPORT" connect forced 'echo mine'
expect_out 'forced instead of: echo mine'

# ---- odd orders ----

# N28: the server's last words are shown, and nothing of them obeyed.
fake goodbye
end 255 lost "127.0.0.1:$PORT" true
expect_err 'ended the connection during the session: '
expect_err maintenance
! tr -d '\n' <"$TMP/err" | grep -q "$(printf '[\001-\037\177]')" || fail "a control character got through"
! grep -q "$(printf '\302\233')" "$TMP/err" || fail "a C1 control character got through"
[ "$(grep -c 'ended the connection' "$TMP/err")" -eq 1 ] || fail "not one sentence"
# E21: data after the end of the data, and a close without an end.
fake talks-on
end 0 exit "127.0.0.1:$PORT" true
expect_out 'method: none'
# E21: window changes to a session that is closing.
fake resize-ends
got=0
ptyrun --same-termios --output "$TMP/out" --wait 'method: none' --resizes 200 -- "$SALLYPORT" connect "127.0.0.1:$PORT" || got=$?
[ $got -eq 7 ] || fail "closed by a resize: status $got"

# ---- floods ----

# The most memory it ever had, in kB.
memory() {
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$(cat "$TMP/pid")/status"
}
# Quarantined memory, if a sanitizer is built in, is no growth.
ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=1
export TMP
flood() {
	cat >"$TMP/check" <<-END
		now=\$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/\$(cat "$TMP/pid")/status)
		[ -s "$TMP/before" ] || { echo \$now >"$TMP/before"; exit 0; }
		[ \$((now - \$(cat "$TMP/before"))) -lt 16000 ] || { echo "\$now kB, \$(cat "$TMP/before") before" >&2; exit 1; }
	END
	rm -f "$TMP/before"
	got=0
	ptyrun --same-termios --timeout 120 --wait 'good$ ' --run "sh '$TMP/check'" --send "$1"'\r' --wait "$2" \
	    --run "sh '$TMP/check'" --send '\x03' --wait 'good$ ' --send 'exit 3\r' -- \
	    sh -c 'echo $$ >"$TMP/pid"; exec "$SALLYPORT" connect good' 2>"$TMP/err" || got=$?
	[ $got -eq 3 ] || fail "status $got after: $1"
}
# E6: memory stays as it is, and Ctrl-C ends it.
flood 'yes "" | head -n 4000000; echo MA""RK; yes' MARK
flood 'head -c 30000000 /dev/urandom; echo MA""RK; cat /dev/urandom' MARK
# E8: 5,000 resizes, and the last one counts.
got=0
ptyrun --same-termios --output "$TMP/out" --wait 'good$ ' --resizes 5000 --size 77x33 --send 'stty size\r' --wait '33 77' \
    --send 'exit 3\r' -- "$SALLYPORT" connect good || got=$?
[ $got -eq 3 ] || fail "5000 resizes: status $got"

# ---- E17: no key was lost ----

WAIT=120
wait_for test -s "$TMP/typed_status"
[ "$(cat "$TMP/typed_status")" = 5 ] || fail "typed: status $(cat "$TMP/typed_status"): $(cat "$TMP/typed_err")"
tr -d '\r' <"$TMP/typed" | grep -qE '^end after (1[6-9]|[2-9][0-9])[0-9]{2}$' || fail "keys were lost: $(cat "$TMP/typed")"
[ "$(grep -c 'SSH2_MSG_NEWKEYS received' "$LAB/log/rekey5.log")" -ge 3 ] || fail "there were no new keys"
