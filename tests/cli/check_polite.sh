#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How a server sees a check: one visitor, however many names it has; and nobody comes
# back to a server that hangs up.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

lab good full
good=$(lab_port "$LAB" good)
full=$(lab_port "$LAB" full)
me=$LAB_USER

hosts() { # "NAME ADDRESS PORT USER" a line on standard input
	printf '{ "version": 1, "defaults": { "identity_file": "%s", "user_known_hosts_file": "%s" }, "hosts": [\n' \
	    "$LAB/keys/ed25519" "$LAB/known_hosts"
	between=
	while read -r name address port user; do
		printf '%s{ "name": "%s", "hostname": "%s", "port": %s, "user": "%s" }\n' \
		    "$between" "$name" "$address" "$port" "$user"
		between=,
	done
	echo ']}'
}
visits() {
	cat "$LAB"/log/good.log* 2>/dev/null | grep -c '^Connection from 127' || :
}
state=$XDG_STATE_HOME/sallyport/state.json
forget() {
	rm -f "$state"
}
check_visits() { # COUNTS [ARG...]: so many connections does this make; without arguments of all hosts
	wanted=$1
	before=$(visits)
	status=0
	shift
	[ $# -gt 0 ] || set -- --all
	"$SALLYPORT" check --hosts "$TMP/hosts.json" --json-lines "$@" >"$TMP/out" 2>"$TMP/err" || status=$?
	made=$(($(visits) - before))
	case " $wanted " in
	*" $made "*) ;;
	*) fail "check $*: $made connections, not $wanted: $(cat "$TMP/err")" ;;
	esac
}
known() { # NAME ID VERDICT: so it is remembered; what has passed has no verdict
	verdict="\"verdict\":\"$3\","
	[ "$3" != pass ] || verdict=
	tr '\n' ' ' <"$state" | grep -o "\"$1\":{[^]]*\]" | grep -q "\"id\":\"$2\",$verdict\"summary\"" ||
		fail "$1 $2 $3 is not in $(cat "$state")"
}

# Three names of one login, one of another.
hosts >"$TMP/hosts.json" <<END
a 127.0.0.1 $good $me
b 127.0.0.1 $good $me
c 127.0.0.1 $good $me
END
check_visits 1
[ "$status" -eq 0 ] || fail "status $status"
[ "$(grep -c '"id":"auth.publickey","verdict":"pass"' "$TMP/out")" -eq 3 ] || fail "not told to all three"
hosts >"$TMP/hosts.json" <<END
a 127.0.0.1 $good $me
b 127.0.0.1 $good nobody-of-this-name
c 127.0.0.1 $good $me
END
check_visits 2
[ "$(grep -c '"id":"auth.publickey","verdict":"pass"' "$TMP/out")" -eq 2 ] || fail "not two are accepted"
grep -q '"host":"b","id":"auth.publickey","verdict":"fail"' "$TMP/out" || fail "b is not refused"

# Many logins at a server that hangs up at once: one try.
for i in 1 2 3 4 5 6; do echo "u$i 127.0.0.1 $full user$i"; done | hosts >"$TMP/hosts.json"
"$SALLYPORT" check --hosts "$TMP/hosts.json" --all --json-lines >"$TMP/out" || :
[ "$(grep -c '"id":"ssh.banner","verdict":"fail"' "$TMP/out")" -eq 6 ] || fail "not told to all six"
[ "$(grep -o '"id":"ssh.banner","verdict":"fail".*' "$TMP/out" | sort -u | wc -l)" -eq 1 ] ||
	fail "more than one connection"

# One address in many spellings: to the banner they are one server, and one visit serves all.
check_mapped() { # where there is IPv6 at all
	for name in 127.0.0.1 ::ffff:127.0.0.1; do echo "$name $name $good $me"; done | hosts >"$TMP/hosts.json"
	check_visits 1 --depth reach --all
	[ "$(grep -c '"id":"ssh.banner","verdict":"pass"' "$TMP/out")" -eq 2 ] || fail "not both were told"
}
[ ! -e /proc/net/if_inet6 ] || check_mapped
spellings='127.0.0.1 127.1 127.0.1 0177.1 0x7f.1 2130706433'
for name in $spellings; do echo "$name $name $good $me"; done | hosts >"$TMP/hosts.json"
check_visits 1 --depth reach --all
[ "$(grep -c '"id":"ssh.banner","verdict":"pass"' "$TMP/out")" -eq 6 ] || fail "not all six were told"
[ "$(grep -c '"event":"host"' "$TMP/out")" -eq 6 ] || fail "not all six hosts"

# Logins are asked for one after another, and no more than a server bears that counts them.
forget
for name in $spellings; do
	for user in a b; do echo "$name-$user $name $good $user"; done
done | hosts >"$TMP/hosts.json"
check_visits '10 11 12'
[ "$(grep -c '"id":"ssh.banner","verdict":"pass"' "$TMP/out")" -eq 12 ] || fail "not all twelve were told"
[ "$(grep -c '"event":"host"' "$TMP/out")" -eq 12 ] || fail "not all twelve hosts"
grep -q '"id":"auth.publickey","verdict":"skip","summary":"not asked: more logins' "$TMP/out" || fail "not said why"
grep -q ' check [^ ]*-[ab] ' "$TMP/out" && fail "told of one host what is said of another"
[ "$(grep -c '"event":"host",.*"complete":true}' "$TMP/out")" -lt 12 ] || fail "all twelve are complete"
# To a person such a host has not passed, and it is said why.
"$SALLYPORT" check --hosts "$TMP/hosts.json" --all >"$TMP/out" 2>"$TMP/err" || :
grep -A1 ': skip, not looked at to the end$' "$TMP/out" | grep -q '^  skip  net.connect .*not asked: more logins' ||
	fail "not said why a host was not asked"
grep -A1 ': pass$' "$TMP/out" | grep -q 'not asked' && fail "who was not asked has passed"
# The next run knows of these; who is named is asked all the same.
check_visits '0 1 2 3 4'
check_visits 1 0x7f.1-b
# All that are named, however many; but not those that a group brings along.
names='127.0.0.1-a 127.1-b 127.0.1-a 0177.1-b'
# shellcheck disable=SC2086 # several names
check_visits 4 $names
grep -q 'not asked' "$TMP/out" && fail "a host that is named was held back"
# shellcheck disable=SC2086
check_visits '4 5 6 7 8' $names --all
[ "$(grep -c '"event":"host",.*"complete":true}' "$TMP/out")" -lt 9 ] || fail "all are asked"

# ---- automatic checks ----

hosts >"$TMP/hosts.json" <<END
a 127.0.0.1 $good $me
alias 127.1 $good other
full 127.0.0.1 $full $me
END
held() { # NAME: its last check was none
	grep -q "\"host\":\"$1\",\"id\":\"net.connect\",\"verdict\":\"skip\",\"summary\":\"called [0-9]* s ago: automatic checks leave a server alone for 30 s\"" "$TMP/out" ||
		fail "$1: not held back: $(cat "$TMP/out")"
	grep -q "\"event\":\"host\",\"host\":\"$1\",\"verdict\":\"skip\",.*\"complete\":false" "$TMP/out" ||
		fail "$1: more than nothing was found: $(cat "$TMP/out")"
}
automatic() { # VISITS NAME
	check_visits "$1" --depth reach --automatic "$2"
}
automatic 0 a
held a
forget
automatic 1 a
grep -q '"host":"a","id":"ssh.banner","verdict":"pass"' "$TMP/out" || fail "a was not checked"
automatic 0 a
held a
automatic 0 alias
held alias
# What was found before is still there, and nothing is known of the other one.
known a ssh.banner pass
known alias net.connect skip
# Whoever asks is not held back.
check_visits 1 --depth reach alias
known alias ssh.banner pass
# Time passes; and a clock that is set back does not let anybody call.
called_ago() {
	now=$(date +%s)
	printf '{"version":1,"servers":{"127.0.0.1 %s":{"called":%s,"until":0}}}\n' "$good" "$((now - $1))" >"$state"
}
called_ago 31
automatic 1 a
called_ago -1000
automatic 0 a
called_ago 0
automatic 0 full; grep -q '"id":"ssh.banner","verdict":"fail"' "$TMP/out" || fail "another port is another server"

# ---- a home that takes nothing ----

forget
rm -rf "$XDG_STATE_HOME"
: >"$XDG_STATE_HOME"
check_visits 1 a
[ ! -s "$TMP/err" ] || fail "a word without -v: $(cat "$TMP/err")"
check_visits 1 a alias -v --depth reach
[ "$(grep -c 'not remembered' "$TMP/err")" -eq 1 ] || fail "not said once: $(cat "$TMP/err")"
automatic 0 a
grep -q 'cannot remember when they called last' "$TMP/out" || fail "called without a memory"
rm "$XDG_STATE_HOME"

# Nor where files may not grow.
check_visits 1 a
cp "$state" "$TMP/state.before"
(
	ulimit -f 0
	"$SALLYPORT" check --hosts "$TMP/hosts.json" --depth reach -v a 2>&1 || echo "status $?"
) | cat >"$TMP/out"
expect_out 'not remembered'
expect_no_out 'status '
expect_same "$state" "$TMP/state.before"

# ---- what a check never does ----

# Another user at a host of the list is no host of the list.
forget
check_visits 1 other@a
grep -q 'other@a' "$state" && fail "remembered: $(cat "$state")"

forget
rm -f "$LAB/known_hosts.before"
cp "$LAB/known_hosts" "$LAB/known_hosts.before"
from=$(cat "$LAB"/log/good.log* | wc -l)
check_visits 1 a
expect_same "$LAB/known_hosts" "$LAB/known_hosts.before"
[ ! -e "$HOME/.ssh/known_hosts" ] || fail "a known_hosts was made"
cat "$LAB"/log/good.log* | tail -n "+$((from + 1))" >"$TMP/log"
grep -qE 'Accepted key|Postponed publickey' "$TMP/log" || fail "the key was not asked about: $(cat "$TMP/log")"
! grep -E '^(Failed (password|publickey|keyboard)|Accepted publickey)' "$TMP/log" || fail "more than a question"

# ---- damage ----

for text in '{' '[]' 'nonsense'; do
	echo "$text" >"$state"
	check_visits 1 a
	[ "$status" -eq 0 ] || fail "status $status with $text in state.json"
	[ "$(cat "$state.bad")" = "$text" ] || fail "not set aside: $text"
	known a ssh.banner pass
done
[ "$(stat -c %a "$state" "${state%/*}" | tr '\n' ' ')" = '600 700 ' ] || fail "modes: $(ls -la "${state%/*}")"
