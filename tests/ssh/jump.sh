#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Through jump hosts: by name and by address, from the hosts file and from -J, several one behind the
# other; each hop with its own host key, its own login and its own words when it fails
# (faults N24, S13, H30), and every byte unchanged.  -W, also for the real ssh.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good rsa ecdsa dropbear changed password refused stranger forced
free_port
nobody=$PORT

port() {
	lab_port "$LAB" "$1"
}

# say HOP... TARGET: what the target says of itself, through the hops
say() {
	expect 0 "$SALLYPORT" connect -J "$1" "$2" 'echo "here: $LAB_SERVER"'
	expect_out "here: $3"
	[ ! -s "$TMP/err" ] || fail "it is not silent"
}

# By name, with a port of its own, by address with and without a user; one and many.
say good rsa rsa
say rsa,ecdsa good good
say good,ecdsa,dropbear,good rsa rsa
say dropbear ecdsa ecdsa
say "$LAB_USER@good" rsa rsa
cp "$LAB/keys/ed25519" "$HOME/.ssh/id_ed25519" # which an address uses
say "127.0.0.1:$(port good)" rsa rsa
say "good,$LAB_USER@127.0.0.1:$(port ecdsa)" rsa rsa
expect 3 "$SALLYPORT" connect -J good,rsa ecdsa 'exit 3'
expect 0 "$SALLYPORT" connect -o "ProxyJump=none" good true

# From the hosts file; the first hop's own proxy_jump comes before it.
cat >"$TMP/more.awk" <<'E2'
/"hosts": \[/ {
	print
	printf "{ \"name\": \"inner\", \"hostname\": \"127.0.0.1\", \"port\": %d, \"identity_file\": \"%s\", \"proxy_jump\": \"middle\" },\n", rsa, key
	printf "{ \"name\": \"middle\", \"hostname\": \"127.0.0.1\", \"port\": %d, \"identity_file\": \"%s\", \"proxy_jump\": \"good\" },\n", ecdsa, key
	printf "{ \"name\": \"round\", \"hostname\": \"127.0.0.1\", \"proxy_jump\": \"about\" },\n"
	printf "{ \"name\": \"about\", \"hostname\": \"127.0.0.1\", \"proxy_jump\": \"round\" },\n"
	printf "{ \"name\": \"lost\", \"hostname\": \"127.0.0.1\", \"port\": %d, \"proxy_jump\": \"good\" },\n", nobody
	next
}
{ print }
E2
awk -f "$TMP/more.awk" -v rsa="$(port rsa)" -v ecdsa="$(port ecdsa)" -v key="$LAB/keys/ed25519" -v nobody="$nobody" \
    "$LAB/hosts.json" >"$TMP/hosts.json"
chmod 600 "$TMP/hosts.json"
SALLYPORT_HOSTS=$TMP/hosts.json
expect 0 "$SALLYPORT" connect inner 'echo "here: $LAB_SERVER"'
expect_out 'here: rsa'

# The report tells the hops one after the other, and what they were.
expect 0 sh -c '"$0" connect --report-fd 3 inner true 3>"$1"' "$SALLYPORT" "$TMP/report"
grep -o '"id":"[a-z.0-9]*"' "$TMP/report" | uniq | tr '\n' ' ' >"$TMP/out"
expect_out '"id":"jump.1" "id":"jump.2" "id":"net.connect" "id":"ssh.banner"'
grep '"id":"jump.2"' "$TMP/report" >"$TMP/out"
expect_out '2 of 2 hops: middle: as '
expect_out 'ssh.hostkey'

# Each failure names the hop, and leaves the others out of it.
refuse() {
	expect 255 "$SALLYPORT" connect "$@" true
	[ ! -s "$TMP/out" ] || fail "output of a session that must not be"
}
refuse -J round about
expect_err 'circle'
refuse -J nowhere good
expect_err 'there is no host "nowhere"'
refuse -J refused good
expect_err 'jump host refused: '
refuse -J good,refused rsa
expect_err 'jump host refused: jump host good cannot reach 127.0.0.1 port'
refuse lost
expect_err "jump host good cannot reach 127.0.0.1 port $nobody"
refuse -J good,stranger,rsa ecdsa
expect_err 'jump host stranger: '
expect_err 'permission denied'
refuse -J good stranger
expect_no_err 'jump host'
refuse -J good,changed,rsa ecdsa
expect_err 'jump host changed: the host key of'
expect_err 'has CHANGED'
sh -c '"$0" connect --report-fd 3 -J good,changed,rsa ecdsa true 3>"$1"' "$SALLYPORT" "$TMP/report" 2>/dev/null || :
grep -c '"verdict":"fail"' "$TMP/report" >"$TMP/out"
[ "$(cat "$TMP/out")" = 1 ] || fail "more than the one hop failed"
grep '"verdict":"fail"' "$TMP/report" >"$TMP/out"
expect_out '"id":"jump.2"'
expect_out '1 of 3 hops, then jump host changed: '
# Nobody can be asked: no password is sent, no new key taken.
refuse -o BatchMode=yes -J password good
expect_err 'jump host password: '

# S13: hop and target under one name, each with the right key or not at all.
alias=$LAB/known_alias
echo "bastion $(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")" >"$alias"
refuse -o HostKeyAlias=bastion -o "UserKnownHostsFile=$alias" -o StrictHostKeyChecking=yes -J good rsa
expect_err 'has CHANGED'
expect_no_err 'jump host'

# A hop that asks: its question is on the terminal, and names it.
got=0
ptyrun --same-termios --timeout 30 --output "$TMP/out" --wait "sallyport> $LAB_USER@127.0.0.1's password: " \
    --send "$LAB_PASSWORD\r" --wait 'rsa$ ' --send 'exit 9\r' -- "$SALLYPORT" connect -J password rsa || got=$?
[ $got -eq 9 ] || fail "status $got after a password for the hop"
# ~. ends it from a terminal at once.
got=0
ptyrun --same-termios --timeout 30 --output "$TMP/out" --wait 'rsa$ ' --send '\r~.' -- \
    "$SALLYPORT" connect -J good,ecdsa rsa || got=$?
[ $got -eq 255 ] || fail "status $got after ~."

# Bytes, both ways at once.
head -c 8000000 /dev/urandom >"$TMP/data"
"$SALLYPORT" connect -J good,ecdsa rsa cat <"$TMP/data" >"$TMP/back" || fail "cat through two hops"
expect_same "$TMP/data" "$TMP/back"

# N24: the middle hop dies in the middle of a session.
# The server of that hop has its log open.
hop_server() {
	log=$(find /proc/[0-9]*/fd -lname "$LAB/log/ecdsa.log" 2>/dev/null | head -n 1)
	pid=${log#/proc/}
	pid=${pid%%/*}
	[ -n "$pid" ]
}
"$SALLYPORT" connect -J good,ecdsa,good rsa 'echo up; cat' </dev/zero >"$TMP/up" 2>"$TMP/err" &
session=$!
at_exit "kill $session 2>/dev/null"
wait_for grep -q up "$TMP/up"
wait_for hop_server
kill -9 "$pid"
got=0
wait $session || got=$?
[ $got -eq 255 ] || fail "status $got, but a hop died"
: >"$TMP/out"
expect_err 'jump host'
expect_err 'ecdsa: '

# -W: standard input and output are a connection on from the server; the real ssh goes through it.
expect 0 "$SALLYPORT" connect -W "127.0.0.1:$(port rsa)" good
expect_out 'SSH-2.0-'
refuse -W "127.0.0.1:$nobody" good
expect_err 'refuses to connect on'
expect 0 ssh -F "$LAB/ssh_config" -o "ProxyCommand=$SALLYPORT connect -W %h:%p -J good dropbear" rsa 'echo "here: $LAB_SERVER"'
expect_out 'here: rsa'
