# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A chain of machines, each a network namespace with an SSH server of the lab in it.
# A machine reaches the one before it and the one behind it and nothing else, neither
# this system nor what is outside.  Works for root and for everybody who may make a
# user namespace; where that is forbidden netns_start says so, and the test has failed.
#
# A test sources it after tests/lib.sh and calls `lab NAME...` first: the servers use
# the lab's keys and logins, and lab_stop ends all that is started here.
#
#   netns_start NAME...         such as: client hop1 hop2 target.  All but the first run a server.
#                               Sets SALLYPORT_HOSTS (the machines by name, no proxy_jump) and
#                               NETNS_SSH, the same for `ssh -F`; known_hosts is "$LAB/netns_known".
#   netns_chain NAME...         only the machines, without servers
#   netns_run NAME COMMAND...   runs it there.  "$NETNS/NAME" is a program that does the same, and
#                               "$NETNS/NAME.root" one that does it as root of the network.
#   netns_address NAME          prints its address, as the machine before it sees it
#   netns_port NAME             prints the port of its server
#   netns_ip NAME ARGUMENT...   ip(8) there, as its root.  The interfaces are called "back", to the
#                               machine before, and "on", to the next.
#   netns_known NAME N          needed after "on" of NAME, the machine before the Nth wire, was down or
#                               had no address: what is at the other end is known to it again
#   netns_drop NAME             from now on all that it and the machine before it send each other is
#   netns_undrop NAME           lost on the way, without any error; and no longer
#   netns_kill NAME             its server and all sessions of it are killed; the machine stays up
#   netns_serve NAME            starts the server again, on a new port (netns_hosts tells the clients)
#   netns_hosts                 writes the files for the clients anew
#   netns_names NAME LINE...    from now on "$NETNS/NAME.names" runs a command there with another /etc: names are looked
#                               up in its hosts and by the name servers of resolv.conf, which has these lines;
#                               without any there is no such file
#   netns_nameserver NAME WORD...   a name server on 127.0.0.1 there (tests/lab/nameserver.c says what the words are)

# One line for each machine: NAME PID-OF-ITS-HOLDER ADDRESS, in the order of the chain.
netns_machine() {
	awk -v name="$1" -v word="$2" '$1 == name { print $word }' "$NETNS/machines"
}

netns_address() {
	netns_machine "$1" 3
}

netns_port() {
	lab_port "$LAB" "$1"
}

netns_run() {
	netns_name=$1
	shift
	"$NETNS/$netns_name" "$@"
}

netns_ip() {
	netns_name=$1
	shift
	"$NETNS/$netns_name.root" ip "$@" || fail "ip $* (in the network namespace $netns_name)"
}

# ---- machines ----

# For root a network namespace is enough.  Anybody else is root in a user namespace around all of
# them, and the commands run in another one inside it, as the user that they belong to.
netns_ways() {
	if [ "$(id -u)" -eq 0 ]; then
		netns_new='unshare -n' netns_enter='' netns_user=''
	else
		netns_new='unshare -Urn' netns_enter='-U --preserve-credentials'
		netns_user="unshare --map-user=$(id -u) --map-group=$(id -g)"
	fi
	command -v ip >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v ip >/dev/null || fail "ip is not installed (package iproute2)"
	$netns_new ip link add on type veth peer name back 2>"$TMP/err" ||
		fail "no network namespaces with wires between them for this user in this container:" \
			"$netns_new ip link add on type veth peer name back"
}

netns_program() {
	printf '#!/bin/sh\nexec %s "$@"\n' "$2" >"$NETNS/$1"
	chmod 755 "$NETNS/$1"
}

# A lab server without services holds the namespace until lab_stop or the death of the test.
netns_machine_new() {
	lab_launch "$LAB" $netns_new "$LAB_BIN/inetd" /dev/null
	[ -z "$netns_enter" ] || netns_new="nsenter -t $! $netns_enter unshare -n"
	echo "$1 $!" "10.77.$2.2" >>"$NETNS/machines"
	netns_program "$1" "nsenter -t $! $netns_enter -n $netns_user"
	netns_program "$1.root" "nsenter -t $! $netns_enter -n"
	netns_ip "$1" link set lo up
}

# netns_wire FROM TO N: addresses 10.77.N.1 and 10.77.N.2.  FROM knows the other end for good: what is
# lost must not end as "no route to host" because nobody answered the question who that is.
netns_wire() {
	netns_ip "$1" link add on type veth peer name back address "02:00:00:00:00:0$3" \
		netns "$(netns_machine "$2" 2)"
	netns_ip "$1" address add "10.77.$3.1/30" dev on
	netns_ip "$2" address add "10.77.$3.2/30" dev back
	netns_ip "$1" link set on up
	netns_ip "$2" link set back up
	netns_known "$1" "$3"
}

# An interface that was down has forgotten it.
netns_known() {
	netns_ip "$1" neighbour replace "10.77.$2.2" lladdr "02:00:00:00:00:0$2" dev on nud permanent
}

# The far end of the wire is switched off: the near one sees nothing but silence.
netns_drop() {
	netns_ip "$1" link set back down
}

netns_undrop() {
	netns_ip "$1" link set back up
}

# ---- servers ----

netns_serve() {
	lab_service "$LAB" "$1" sshd "HostKey $LAB/hostkeys/$1" >"$LAB/etc/$1.table"
	LAB_ADDRESS=$(netns_address "$1")
	export LAB_ADDRESS
	lab_launch "$LAB" "$NETNS/$1" "$LAB_BIN/inetd" "$LAB/etc/$1.table"
	unset LAB_ADDRESS
	echo $! >"$LAB/etc/$1.pid"
}

netns_kill() {
	kill "$(cat "$LAB/etc/$1.pid")"
	wait_for lab_gone "$(cat "$LAB/etc/$1.pid")"
}

netns_hosts() {
	netns_comma=''
	exec 3>"$SALLYPORT_HOSTS" 4>"$NETNS_SSH" 5>"$LAB/netns_known"
	cat >&3 <<-END
		{ "version": 1, "defaults": { "user": "$LAB_USER", "identity_file": "$LAB/keys/ed25519",
		  "identities_only": true, "identity_agent": "none", "user_known_hosts_file": "$LAB/netns_known" },
		  "hosts": [
	END
	while read -r name _ address; do
		port=$(netns_port "$name")
		[ -n "$port" ] || continue
		printf '%s{ "name": "%s", "hostname": "%s", "port": %s }' "$netns_comma" "$name" \
			"$address" "$port" >&3
		printf 'Host %s\n\tHostName %s\n\tPort %s\n' "$name" "$address" "$port" >&4
		echo "[$address]:$port $(cut -d' ' -f1,2 "$LAB/hostkeys/$name.pub")" >&5
		netns_comma=,
	done <"$NETNS/machines"
	printf '] }\n' >&3
	cat >&4 <<-END
		Host *
			User $LAB_USER
			IdentityFile $LAB/keys/ed25519
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $LAB/netns_known
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			UpdateHostKeys no
	END
	exec 3>&- 4>&- 5>&-
}

netns_names() {
	netns_name=$1
	netns_etc=$NETNS/etc.$1
	shift
	mkdir -p "$netns_etc"
	# Names of users and where libraries are; the rest is none of a client's business.
	for netns_file in passwd group ld.so.cache; do
		[ ! -e "/etc/$netns_file" ] || cp "/etc/$netns_file" "$netns_etc"
	done
	echo 'hosts: files dns' >"$netns_etc/nsswitch.conf"
	echo '127.0.0.1 localhost' >"$netns_etc/hosts"
	rm -f "$netns_etc/resolv.conf"
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$netns_etc/resolv.conf"
	cat >"$NETNS/$netns_name.inside" <<-END
		mount --bind "$netns_etc" /etc || exit 125
		exec $netns_user "\$@"
	END
	netns_program "$netns_name.names" "$NETNS/$netns_name.root unshare -m sh $NETNS/$netns_name.inside"
}

netns_nameserver() {
	netns_name=$1
	shift
	lab_launch "$LAB" "$NETNS/$netns_name.root" "$LAB_BIN/nameserver" "$@"
}

netns_chain() {
	NETNS=$LAB/netns
	mkdir "$NETNS"
	netns_ways
	netns_before='' netns_count=0
	for netns_this in "$@"; do
		netns_machine_new "$netns_this" "$netns_count"
		[ -z "$netns_before" ] || netns_wire "$netns_before" "$netns_this" "$netns_count"
		netns_before=$netns_this netns_count=$((netns_count + 1))
	done
}

netns_start() {
	netns_chain "$@"
	SALLYPORT_HOSTS=$LAB/netns.json NETNS_SSH=$LAB/netns_ssh
	export SALLYPORT_HOSTS
	shift
	for netns_this in "$@"; do
		(umask 077 && lab_keygen "$LAB/hostkeys/$netns_this" -t ed25519 -N '')
		netns_serve "$netns_this"
	done
	netns_hosts
}
