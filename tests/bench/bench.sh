#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How fast sallyport is beside the programs that people know.  Each row runs both
# in turns, in the same minutes on the same machine, and prints the medians, the
# ratio (the median of each round's) and the budget.  No test depends on it.
#
#   make bench                 BENCH_QUICK=1: small sizes and two rounds, to see that all works
#   BENCH_ROUNDS=7 BENCH_ROWS='connect jump bulk exec keys idle paint filter menu check holes auth'
#
# All servers are on loopback.  The status is 1 when a row could not be measured,
# not when a budget is missed: on a busy machine that says nothing.
# shellcheck disable=SC2016,SC2034 # arguments of a run are text for eval, which names the variables
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/lab/netns.sh"

MEASURE=$top_builddir/tests/bench/measure
rows=${BENCH_ROWS:-connect jump bulk exec keys idle paint filter menu check holes auth}
if [ -n "${BENCH_QUICK:-}" ]; then
	rounds=${BENCH_ROUNDS:-2} bulk_mb=4 exec_mb=8 idle_s=3 paint_hosts=20000 many_hosts=1000 check_hosts='100 1000' auth_hosts=10
else
	rounds=${BENCH_ROUNDS:-7} bulk_mb=50 exec_mb=200 idle_s=60 paint_hosts=100000 many_hosts=10000
	check_hosts='1000 10000' auth_hosts=100
fi
same_kex='-o KexAlgorithms=curve25519-sha256' same_mac='-o MACs=hmac-sha2-256-etm@openssh.com'
unset FZF_DEFAULT_OPTS FZF_DEFAULT_COMMAND
: >"$TMP/failed"

# ---- measuring ----

# measure_side ID ROUND SIDE ARGUMENTS: one run; the arguments are shell text.
measure_side() {
	if eval "\"\$MEASURE\" $4" >"$TMP/one" 2>"$TMP/err"; then
		sed "s/^/$2=/" "$TMP/one" >>"$TMP/$1.$3"
	else
		echo "$1, $3: $(cat "$TMP/err")" >>"$TMP/failed"
	fi
}

# compare ID OURS THEIRS: both in turns, the other one first in every second round.
# THEIRS is empty when the program to compare with is not installed.
compare() {
	: >"$TMP/$1.ours"
	: >"$TMP/$1.theirs"
	for round in $(seq "$rounds"); do
		[ $((round % 2)) -eq 0 ] || measure_side "$1" "$round" ours "$2"
		[ -z "$3" ] || measure_side "$1" "$round" theirs "$3"
		[ $((round % 2)) -eq 1 ] || measure_side "$1" "$round" ours "$2"
	done
}

# row ID VALUE UNIT DIVISOR BUDGET ANCHOR WHAT: prints one line about a compare.
# BUDGET: x0.8 (of the anchor), 100 (at most, in UNIT) or - (none).
row() {
	awk -F= -v value="$2" -v unit="$3" -v divisor="$4" -v budget="$5" -v anchor="$6" -v what="$7" \
	    -v ours="$TMP/$1.ours" -f "$top_srcdir/tests/bench/row.awk" "$TMP/$1.ours" "$TMP/$1.theirs"
}

title() {
	printf '%-60s %-26s %-62s %-26s %6s %8s  %s\n' what sallyport anchor '' ratio budget verdict
}

# Prints the text when the program is there, else nothing.
if_installed() {
	! command -v "$1" >/dev/null || echo "$2"
}

# named PROGRAM VERSION: how the table calls it.
named() {
	if command -v "$1" >/dev/null; then
		echo "$2"
	else
		echo "$1: not installed"
	fi
}

# ---- what is measured ----

# hosts_json COUNT PORT: a hosts file with addresses in 127/8.
hosts_json() {
	awk -v count="$1" -v port="$2" 'BEGIN {
		print "{ \"version\": 1, \"defaults\": { \"user\": \"bench\" }, \"hosts\": ["
		for (i = 0; i < count; i++)
			printf "%s{ \"name\": \"host-%06d\", \"hostname\": \"127.%d.%d.%d\", \"port\": %d, \"group\": \"site-%02d\" }\n",
			    (i ? "," : ""), i, 1 + i / 62500, i / 250 % 250, i % 250 + 1, port, i % 40
		print "] }"
	}'
}

# The cipher that the server saw last, and the MAC if it has one of its own.
last_cipher() {
	sed -n -e '/kex: server->client/!d' -e 's/@openssh.com//g' -e 's/ MAC: <implicit>//' -e 's/ MAC://' \
	    -e 's/.*cipher: \(.*\) compression.*/\1/p' "$LAB/log/good.log" | tail -n 1
}

ssh_named() { # OPTION...
	ssh -F "$LAB/ssh_config" "$@" good true
	echo "$ssh_version $(last_cipher)"
}

# The same algorithms on both sides, which is seen, not believed.
same_named() { # CIPHER
	"$SALLYPORT" connect -c "$1" $same_mac good true
	ours=$(last_cipher)
	name=$(ssh_named -c "$1" $same_mac)
	[ "$name" = "$ssh_version $ours" ] || fail "$1: not the same on both sides: $ours, $name"
	echo "$name, curve25519"
}

bench_connect() {
	begin='--until "good\$ " --'
	compare connect25519 "$begin \"\$SALLYPORT\" connect good" \
	    "$begin ssh -F '$LAB/ssh_config' $same_kex good"
	row connect25519 until_ms ms 1 x0.8 "$ssh_default, curve25519" 'connect to prompt'
	compare connect "$begin \"\$SALLYPORT\" connect good" "$begin ssh -F '$LAB/ssh_config' good"
	row connect until_ms ms 1 - "$ssh_default, default kex" 'connect to prompt'
}

# ssh hands options to the ssh of the jump only if they are in its file (ssh_config(5), ProxyJump).
bench_jump() {
	begin='--until "good\$ " --'
	{
		echo "${same_kex#-o }" | tr = ' '
		cat "$LAB/ssh_config"
	} >"$TMP/ssh_config"
	compare jump25519 "$begin \"\$SALLYPORT\" connect -J rekey good" "$begin ssh -F '$TMP/ssh_config' -J rekey good"
	row jump25519 until_ms ms 1 x0.6 "$ssh_default, -J, curve25519" 'one jump, connect to prompt'
	compare jump "$begin \"\$SALLYPORT\" connect -J rekey good" "$begin ssh -F '$LAB/ssh_config' -J rekey good"
	row jump until_ms ms 1 - "$ssh_default, -J, default kex" 'one jump, connect to prompt'
}

# bulk ID FLAGS SSH_FLAGS ANCHOR WHAT: through a terminal.
bulk() {
	command="\"base64 '$TMP/bulk'\""
	compare "$1" "--drain -- \"\$SALLYPORT\" connect -tt $2 good $command" \
	    "--drain -- ssh -F '$LAB/ssh_config' -tt $2 $3 good $command"
	row "$1" wall_ms ms 1 x1 "$4" "$5: wall"
	row "$1" cpu_ms ms 1 x1 "$4" "$5: CPU"
	row "$1" mb_per_s MB/s 1 - "$4" "$5: speed"
	row "$1" peak_kb MB 1024 - "$4" "$5: memory"
}

bench_bulk() {
	head -c "${bulk_mb}000000" /dev/urandom >"$TMP/bulk"
	what="$bulk_mb MB in base64 on a terminal"
	bulk bulk '' '' "$ssh_default" "$what, default"
	for cipher in $both_ciphers; do
		bulk "bulk-$cipher" "-c $cipher $same_mac" "$same_kex" "$(same_named "$cipher")" "$what, ${cipher%@*}"
	done
}

# exec_pair ID FLAGS SSH_FLAGS ANCHOR WHAT: without a terminal, down and up.
exec_pair() {
	compare "$1-down" "--plain -- \"\$SALLYPORT\" connect $2 good \"cat '$TMP/zeros'\"" \
	    "--plain -- ssh -F '$LAB/ssh_config' $2 $3 good \"cat '$TMP/zeros'\""
	row "$1-down" wall_ms ms 1 x1.5 "$4" "download $5: wall"
	row "$1-down" cpu_ms ms 1 - "$4" "download $5: CPU"
	upload='"cat >/dev/null" <"$TMP/zeros"'
	compare "$1-up" "--plain -- \"\$SALLYPORT\" connect $2 good $upload" \
	    "--plain -- ssh -F '$LAB/ssh_config' $2 $3 good $upload"
	row "$1-up" wall_ms ms 1 x1.5 "$4" "upload $5: wall"
	row "$1-up" cpu_ms ms 1 - "$4" "upload $5: CPU"
}

bench_exec() {
	truncate -s "${exec_mb}M" "$TMP/zeros"
	what="$exec_mb MB, no terminal"
	exec_pair exec '' '' "$ssh_default" "$what, default"
	for cipher in $both_ciphers; do
		exec_pair "exec-$cipher" "-c $cipher $same_mac" "$same_kex" "$(same_named "$cipher")" "$what, ${cipher%@*}"
	done
}

bench_keys() {
	keys='--until "good\$ " --quiet 60'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do keys="$keys --key x"; done
	compare keys "$keys -- \"\$SALLYPORT\" connect good" "$keys -- ssh -F '$LAB/ssh_config' good"
	row keys key_first_ms ms 1 x1.05 "$ssh_default" 'keystroke round trip'
}

bench_idle() {
	idle='--until "good\$ " --quiet 500 --'
	compare idle "$idle \"\$SALLYPORT\" connect good" "$idle ssh -F '$LAB/ssh_config' good"
	row idle rss_kb MB 1024 x1 "$ssh_default" 'idle session: resident'
}

# A repository for tig: COUNT commits.
repository() {
	git init -q "$TMP/repository"
	awk -v count="$1" 'BEGIN {
		for (i = 1; i <= count; i++)
			printf "commit refs/heads/bench\ncommitter A <a@example.org> %d +0000\ndata <<END\ncommit %d\nEND\n",
			    1700000000 + i, i
	}' | git -C "$TMP/repository" fast-import --quiet
	git -C "$TMP/repository" symbolic-ref HEAD refs/heads/bench
}

bench_paint() {
	name=$(named tig "$(if_installed tig "$(tig --version 2>/dev/null | sed 1q)"), 200 commits")
	[ -z "$(if_installed tig yes)" ] || repository 200
	hosts_json 100 "$PORT" >"$TMP/100.json"
	hosts_json 10000 "$PORT" >"$TMP/10000.json"
	hosts_json "$paint_hosts" "$PORT" >"$TMP/most.json"
	tig=$(if_installed tig "-- tig -C '$TMP/repository'")
	compare paint '-- "$SALLYPORT" --hosts "$TMP/100.json"' "$tig"
	row paint paint_ms ms 1 x1 "$name" 'start to first paint, 100 hosts'
	compare paint10k '-- "$SALLYPORT" --hosts "$TMP/10000.json"' "$tig"
	row paint10k paint_ms ms 1 - "$name" 'start to first paint, 10000 hosts'
	# The bottom line is painted last, and for the first time while most hosts are not read yet.
	compare first "--until 'check all' -- \"\$SALLYPORT\" --hosts '$TMP/most.json'" ''
	row first until_ms ms 1 100 '' "start to the first screen, $paint_hosts hosts"
	compare most "--until '$paint_hosts hosts' -- \"\$SALLYPORT\" --hosts '$TMP/most.json'" ''
	row most until_ms ms 1 1000 '' "start to the whole list, $paint_hosts hosts"
	row most rss_kb MB 1024 80 '' "resident, $paint_hosts hosts"
}

bench_filter() {
	name=$(named fzf "$(if_installed fzf "fzf $(fzf --version 2>/dev/null)")")
	hosts_json "$many_hosts" "$PORT" >"$TMP/many.json"
	"$SALLYPORT" list --names --hosts "$TMP/many.json" >"$TMP/names"
	keys='--key 0 --key 4 --key 2'
	compare filter "--type / $keys -- \"\$SALLYPORT\" --hosts '$TMP/many.json'" \
	    "$(if_installed fzf "$keys -- sh -c 'exec fzf --sync <\"\$1\"' sh '$TMP/names'")"
	row filter key_ms ms 1 x1 "$name" "filter $many_hosts hosts, key to repaint"
	hosts_json "$paint_hosts" "$PORT" >"$TMP/most.json"
	compare filtermost "--until '$paint_hosts hosts' --type / $keys -- \"\$SALLYPORT\" --hosts '$TMP/most.json'" ''
	row filtermost key_ms ms 1 16 '' "filter $paint_hosts hosts, key to repaint"
}

bench_menu() {
	hosts_json 100 "$PORT" >"$TMP/100.json"
	# Quiet first: the check of the first host is over then.
	compare menu "--quiet 2000 --idle $idle_s -- \"\$SALLYPORT\" --hosts '$TMP/100.json'" ''
	row menu idle_wakes '' "$(awk "BEGIN { print $idle_s / 60 }")" 1 '' 'idle menu, 100 hosts: wake-ups a minute'
	row menu idle_cpu_ms ms "$(awk "BEGIN { print $idle_s / 60 }")" - '' 'idle menu, 100 hosts: CPU a minute'
	row menu rss_kb MB 1024 6 '' 'idle menu, 100 hosts: resident'
}

bench_check() {
	lab_launch "$LAB" "$top_builddir/tests/bench/bannerd"
	port=$(lab_port "$LAB" bannerd)
	name=$(named nmap "$(if_installed nmap "$(nmap --version 2>/dev/null | sed -n '1s/ (.*//p')") -sT -Pn, no banners")
	for count in $check_hosts; do
		hosts_json "$count" "$port" >"$TMP/check.json"
		sed -n 's/.*"hostname": "\([^"]*\)".*/\1/p' "$TMP/check.json" >"$TMP/addresses"
		# Status 0 of ours: every host greeted.
		compare "check$count" '--plain -- "$SALLYPORT" check --hosts "$TMP/check.json" --all --depth reach' \
		    "$(if_installed nmap "--plain --output '$TMP/nmap' -- nmap -sT -Pn -n -p $port -oG - -iL '$TMP/addresses'")"
		row "check$count" wall_ms ms 1 x1 "$name" "check $count hosts to the greeting: wall"
		row "check$count" peak_kb MB 1024 x1 "$name" "check $count hosts to the greeting: memory"
		[ -z "$(if_installed nmap yes)" ] || [ "$(grep -c /open/ "$TMP/nmap")" -eq "$count" ] ||
			echo "check$count: nmap found $(grep -c /open/ "$TMP/nmap") of $count hosts" >>"$TMP/failed"
	done
}

# A machine of its own, whose other end of the wire is switched off: 10.99/16 is a black hole.
bench_machine() {
	[ ! -d "$LAB/netns" ] || return 0
	netns_chain scanner hole
	netns_ip scanner route add 10.99.0.0/16 via "$(netns_address hole)"
	netns_drop hole
}

# with_holes COUNT PORT: hosts that greet, and every tenth a black hole.
with_holes() {
	hosts_json "$1" "$2" | sed 's/\("host-[0-9]*9", "hostname": "\)127[.][0-9]*/\110.99/'
}

# nmap is told to wait as long as we do, and not to try again.
bench_holes() {
	bench_machine
	lab_launch "$LAB" "$NETNS/scanner" "$top_builddir/tests/bench/bannerd"
	port=$(lab_port "$LAB" bannerd)
	name=$(named nmap "$(if_installed nmap "$(nmap --version 2>/dev/null | sed -n '1s/ (.*//p'), one try of 3 s")")
	for count in $check_hosts; do
		with_holes "$count" "$port" >"$TMP/holes.json"
		sed -n 's/.*"hostname": "\([^"]*\)".*/\1/p' "$TMP/holes.json" >"$TMP/addresses"
		check="'$NETNS/scanner' '$SALLYPORT' check --hosts '$TMP/holes.json' --all --depth reach"
		live="{ grep -m $((count * 9 / 10)) '\"event\":\"host\".*\"pass\"' >'$TMP/live' && echo 'all live'; sleep 4; }"
		echo "$check >'$TMP/holes.out'; [ \$? -eq 1 ]" >"$TMP/holes.sh"
		echo "$check --json-lines | $live" >"$TMP/live.sh"
		compare "holes$count" '--plain -- sh "$TMP/holes.sh"' \
		    "$(if_installed nmap "--plain --output '$TMP/nmap' -- '$NETNS/scanner' nmap -sT -Pn -n --max-retries 0 --min-rtt-timeout 3s --initial-rtt-timeout 3s --max-rtt-timeout 3s -p $port -oG - -iL '$TMP/addresses'")"
		row "holes$count" wall_ms ms 1 3200 "$name" "check $count hosts, 10 % of them black holes: wall"
		compare "live$count" '--until "all live" -- sh "$TMP/live.sh"' ''
		row "live$count" until_ms ms 1 - '' "... until all $((count * 9 / 10)) live hosts are shown"
	done
}

# Every address of 127/8 is one real server, which takes as many as come.  Only the server says which key exchange
# there is: ssh-keyscan has no option for it.
auth_server() { # NAME KEX
	lab_service "$LAB" "$1" sshd "HostKey $LAB/hostkeys/ed25519;KexAlgorithms $2" >"$LAB/etc/$1.table"
	LAB_ADDRESS=0.0.0.0
	export LAB_ADDRESS
	lab_launch "$LAB" "$NETNS/scanner" "$LAB_BIN/inetd" "$LAB/etc/$1.table"
	unset LAB_ADDRESS
}

# auth ID KEX BUDGET WHAT: beside the program that only fetches the host keys.
auth() {
	auth_server "$1" "$2"
	port=$(lab_port "$LAB" "$1")
	hosts_json "$auth_hosts" "$port" >"$TMP/$1.json"
	sed -n 's/.*"hostname": "\([^"]*\)".*/\1/p' "$TMP/$1.json" >"$TMP/addresses"
	echo "[127.*]:$port $(cut -d' ' -f1,2 "$LAB/hostkeys/ed25519.pub")" >"$TMP/$1.known"
	sed -i "s|\"user\": \"bench\"|\"user\": \"$LAB_USER\", \"identity_file\": \"$LAB/keys/ed25519\", \"identity_agent\": \"none\", \"user_known_hosts_file\": \"$TMP/$1.known\"|" "$TMP/$1.json"
	compare "$1" "--plain -- '$NETNS/scanner' '$SALLYPORT' check --hosts '$TMP/$1.json' --all --timeout 60" \
	    "--plain --output '$TMP/keyscan' -- '$NETNS/scanner' ssh-keyscan -t ed25519 -p $port -f '$TMP/addresses'"
	row "$1" wall_ms ms 1 "$3" "ssh-keyscan -t ed25519, $4" "check $auth_hosts hosts to the login (127.0.0.x, one sshd): wall"
	[ "$(grep -c ssh-ed25519 "$TMP/keyscan")" -eq "$auth_hosts" ] ||
		echo "$1: ssh-keyscan found $(grep -c ssh-ed25519 "$TMP/keyscan") of $auth_hosts hosts" >>"$TMP/failed"
}

bench_auth() {
	bench_machine
	auth auth "$(ssh -Q kex | paste -sd, -)" x0.2 'the key exchange that each likes best'
	auth auth25519 curve25519-sha256 - 'curve25519 on both sides'
}

# ---- all of it ----

lab good rekey
free_port # where nobody listens: the menu's check of its first host ends at once
ssh_version=$(ssh -V 2>&1 | sed 's/[ ,].*//')
"$SALLYPORT" connect good true
our_cipher=$(last_cipher)
ssh_default=$(ssh_named)
# With the same algorithms on both sides only the transport differs: our first choice, and the other one.
both_ciphers=$(for cipher in "${our_cipher%% *}" aes128-ctr; do ssh -Q cipher | grep -m 1 "^$cipher"; done | sort -u)
echo "$("$SALLYPORT" --version | sed 1q), $our_cipher; $rounds rounds: median [least-most];" \
    "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
title
for name in $rows; do
	"bench_$name"
done
if [ -s "$TMP/failed" ]; then
	echo "These runs failed:"
	sort -u "$TMP/failed"
	exit 1
fi
