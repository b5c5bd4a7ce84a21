#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Three jump hosts in a row, each machine in a network namespace that reaches its neighbours only: the way
# there, a wrong host key in the middle, and a hop in the middle that dies or falls silent during a
# session (faults N24, N25).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client hop1 hop2 hop3 target
way=hop1,hop2,hop3

connect() {
	netns_run client timeout 30 "$SALLYPORT" connect "$@"
}

# begin LOG OPTION...: a session through all of them in the background, with input from the descriptor 4
begin() {
	rm -f "$TMP/in"
	mkfifo "$TMP/in"
	log=$1
	shift
	connect -J "$way" "$@" target 'echo up; while read -r word; do echo "heard $word"; done' \
		<"$TMP/in" >"$TMP/$log" 2>"$TMP/err" &
	session=$!
	exec 4>"$TMP/in"
	wait_for grep -qs up "$TMP/$log"
}

# ended WORD...: it ended by itself, with 255 and one line that says these words
ended() {
	got=0
	wait "$session" || got=$?
	exec 4>&-
	[ "$got" -eq 255 ] || fail "status $got of a session whose hop is dead"
	[ "$(grep -c '^sallyport: ' "$TMP/err")" -eq 1 ] || fail "not one line that says why"
	: >"$TMP/out"
	for word in "$@"; do
		expect_err "$word"
	done
}

# ---- the way ----

expect 7 connect -J "$way" target 'echo "$LAB_SERVER called by ${SSH_CONNECTION%% *}"; exit 7'
expect_out 'target called by 10.77.4.1' # hop3's end of the last wire
[ ! -s "$TMP/err" ] || fail "not as silent as ssh"
expect 255 connect -o ConnectTimeout=1 target true
expect 255 connect -J hop1,hop2 target true
expect_err "jump host hop2 cannot reach $(netns_address target) port"

head -c 3000000 /dev/urandom >"$TMP/bytes"
connect -J "$way" target cat <"$TMP/bytes" >"$TMP/back" || fail "cat through three hops"
expect_same "$TMP/bytes" "$TMP/back"

# A wire that is dead for a while and comes back loses nothing.
begin pause
netns_drop hop2
echo one >&4
netns_undrop hop2
echo two >&4
wait_for grep -q 'heard two' "$TMP/pause"
exec 4>&-
wait "$session" || fail "status $? after a wire was dead for a while"
printf 'up\nheard one\nheard two\n' | cmp - "$TMP/pause" || fail "not what was said"

# ---- a wrong host key on the second hop: nobody logs in there, and nobody goes on from there ----

logs() {
	cat "$LAB/log/hop2.log" "$LAB/log/hop3.log" "$LAB/log/target.log" | grep -c "$1" || :
}
cp "$LAB/netns_known" "$TMP/known"
wrong=$(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")
sed -i "s|^\(\[$(netns_address hop2)\]:[0-9]*\) .*|\1 $wrong|" "$LAB/netns_known"
logins=$(logs 'Accepted publickey') calls=$(cat "$LAB/log/hop3.log" "$LAB/log/target.log" | wc -l)
expect 255 connect -J "$way" target 'echo we are in'
expect_no_out 'we are in'
expect_err 'jump host hop2: the host key of'
expect_err 'has CHANGED'
[ "$(logs 'Accepted publickey')" -eq "$logins" ] || fail "a login behind a wrong host key"
[ "$(cat "$LAB/log/hop3.log" "$LAB/log/target.log" | wc -l)" -eq "$calls" ] || fail "somebody went on from there"
# Nor is it taken when nobody asks for it to be checked closely.
expect 255 connect -o StrictHostKeyChecking=accept-new -J "$way" target true
expect_err 'has CHANGED'
cp "$TMP/known" "$LAB/netns_known"
expect 0 connect -J "$way" target true

# ---- a hop in the middle falls silent ----

begin silent -o ServerAliveInterval=1 -o ServerAliveCountMax=2
netns_drop hop2
ended target 'does not answer any more'
netns_undrop hop2
# Who asks every hop is told which one.
sed 's/"defaults": {/& "server_alive_interval": 1, "server_alive_count_max": 3,/' "$SALLYPORT_HOSTS" >"$TMP/asking.json"
begin asking --hosts "$TMP/asking.json"
netns_drop hop2
ended 'target: jump host hop2: ' "$(netns_address hop2) port" 'does not answer any more (asked every 1 s)'
netns_undrop hop2
# ~. ends at once, whatever is dead.
got=0
ptyrun --same-termios --timeout 20 --output "$TMP/out" --wait 'target$ ' \
	--run "$NETNS/hop2.root ip link set back down" --send '\r~.' -- \
	"$NETNS/client" "$SALLYPORT" connect -J "$way" target || got=$?
[ "$got" -eq 255 ] || fail "status $got after ~."
netns_undrop hop2

# ---- a hop in the middle dies ----

begin killed
netns_kill hop2
ended 'jump host hop2: '
expect 255 connect -J "$way" target true
expect_err "jump host hop1 cannot reach $(netns_address hop2) port"
netns_serve hop2
netns_hosts
expect 0 connect -J "$way" target true
