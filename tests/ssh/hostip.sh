#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# CheckHostIP: the key known for the address beside the one known for the name, in a network of its own (on loopback
# it has no effect).  ssh is asked the same and must come to the same end (faults S6).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client server
name=server.example port=$(netns_port server) ip=$(netns_address server)
known=$TMP/known
# A name needs a name server or /etc/hosts: the client sees one of its own.
echo "$ip $name" >"$TMP/etc_hosts"
cat >"$TMP/client" <<-END
	#!/bin/sh
	mount --bind "$TMP/etc_hosts" /etc/hosts && exec "\$@"
END
chmod 755 "$TMP/client"
own_mounts='unshare -m'
[ "$(id -u)" -eq 0 ] || own_mounts='unshare -Urm'
# shellcheck disable=SC2086 # words
on_client() {
	netns_run client $own_mounts "$TMP/client" "$@"
}
right=$(cut -d' ' -f1,2 "$LAB/hostkeys/server.pub")
wrong=$(cut -d' ' -f1,2 "$LAB/hostkeys/other.pub")

# state NAME ADDRESS: the file with a right, wrong or no key for each.
state() {
	: >"$known"
	for word in "[$name]:$port=$1" "[$ip]:$port=$2"; do
		case $word in
		*=right) echo "${word%=*} $right" >>"$known" ;;
		*=wrong) echo "${word%=*} $wrong" >>"$known" ;;
		esac
	done
	cp "$known" "$TMP/before"
}

run_ours() {
	on_client setsid -w "$SALLYPORT" connect -i "$LAB/keys/ed25519" -p "$port" \
	    -o UserKnownHostsFile="$known" -o GlobalKnownHostsFile=/dev/null "$@" "$name" 'exit 7'
}

run_theirs() {
	on_client setsid -w ssh -F none -n -i "$LAB/keys/ed25519" -p "$port" -l "$LAB_USER" \
	    -o UserKnownHostsFile="$known" -o GlobalKnownHostsFile=/dev/null -o IdentitiesOnly=yes \
	    -o UpdateHostKeys=no "$@" "$name" 'exit 7'
}

# Which of the two names the file knows the right key for.
known_names() {
	for of in "[$name]:$port" "[$ip]:$port"; do
		ssh-keygen -F "$of" -f "$known" | grep -qF "$right" && printf '%s ' "$of"
	done
	echo
}

# same_as_ssh BY-NAME BY-ADDRESS OPTION...
same_as_ssh() {
	what="name $1, address $2, $3 $4" by_name=$1 by_address=$2
	shift 2
	state "$by_name" "$by_address"
	theirs=0
	run_theirs -o CheckHostIP=yes "$@" >"$TMP/out" 2>"$TMP/err" </dev/null || theirs=$?
	known_names >"$TMP/theirs"
	state "$by_name" "$by_address"
	ours=0
	run_ours -o CheckHostIP=yes "$@" >"$TMP/out" 2>"$TMP/err" </dev/null || ours=$?
	[ $ours -eq $theirs ] || fail "$what: ssh ends with $theirs, we with $ours"
	known_names >"$TMP/ours"
	if [ $ours -eq 7 ]; then
		cmp -s "$TMP/theirs" "$TMP/ours" || fail "$what: ssh then knows $(cat "$TMP/theirs"), we $(cat "$TMP/ours")"
	else
		# ssh stores the name before it refuses for the address.
		expect_same "$TMP/before" "$known"
	fi
}

for options in '-oStrictHostKeyChecking=accept-new -oHashKnownHosts=no' \
    '-oStrictHostKeyChecking=accept-new -oHashKnownHosts=yes' '-oStrictHostKeyChecking=yes -oHashKnownHosts=no'; do
	for by_name in right wrong none; do
		for by_address in right wrong none; do
			# shellcheck disable=SC2086 # words
			same_as_ssh $by_name $by_address $options
		done
	done
done

# Refused with both fingerprints and the line of the address.
state right wrong
expect 255 run_ours -o CheckHostIP=yes -o StrictHostKeyChecking=yes
expect_err "differs from the key for the address [$ip]:$port"
expect_err "$known:2"
# Without the setting, as by default since OpenSSH 8.5, the address says nothing.
expect 7 run_ours
expect_same "$TMP/before" "$known"
# Asked on a terminal: no is the default, yes goes on and stores nothing.
# shellcheck disable=SC2086 # words
asked() {
	got=0
	ptyrun --size 200x40 --output "$TMP/out" --timeout 30 --wait DIFFERS --wait 'Go on?' --send "$1" -- \
	    "$NETNS/client" $own_mounts "$TMP/client" "$SALLYPORT" connect -i "$LAB/keys/ed25519" -p "$port" -o UserKnownHostsFile="$known" \
	    -o GlobalKnownHostsFile=/dev/null -o CheckHostIP=yes "$name" 'exit 7' || got=$?
	[ $got -eq "$2" ] || fail "answered $1: status $got"
	expect_same "$TMP/before" "$known"
}
asked '\r' 255
asked 'yes\r' 7
