#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A throw-away set of real SSH servers on loopback, with keys, known_hosts and
# a hosts.json for them.  Nothing outside DIR is read or written; it works for
# root and for everybody else; the login user is always who runs it.
#
#   lab.sh start DIR [NAME...]   starts the named hosts of servers.txt (all, if none is named)
#   lab.sh stop DIR              ends the servers and all that they started; DIR stays
#   lab.sh names [COLUMN]        the hosts of servers.txt, or one column of it: name verdict
#
# Or source it, with LAB_SRC naming its folder, and call lab_start DIR [NAME...]
# and lab_stop DIR; then the servers also end when the calling shell dies.
# lab_port DIR NAME prints a port, lab_fault DIR BEHAVIOUR... adds fault servers
# (see faultd --list) that lab_stop ends too.
#
# DIR then holds: env (to be sourced: LAB_USER, LAB_PASSWORD, LAB_PASSPHRASE,
# LAB_TOKEN, SALLYPORT_HOSTS, XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME),
# ports ("name port" a line), hosts.json, known_hosts, ssh_config (the same hosts
# for `ssh -F DIR/ssh_config NAME`), keys/, hostkeys/, home/ (of the logins: they get
# a shell with the prompt "NAME$ "), log/NAME.log.
#
# LAB_BIN is the folder with inetd, faultd and login_shim.so; SSHD, DROPBEAR,
# TINYSSHD, TINYSSHD_MAKEKEY, DROPBEARKEY name the programs, LAB_PREFIX a folder they were unpacked to,
# LAB_SHELL the login shell (/bin/sh), LAB_TABLE a file that takes the place of servers.txt.

LAB_SRC=${LAB_SRC:-$(dirname "$0")}
LAB_SRC=$(cd "$LAB_SRC" && pwd)
LAB_PASSWORD=drawbridge
LAB_PASSPHRASE=portcullis
LAB_TOKEN=123456

lab_die() {
	echo "lab: $*" >&2
	exit 1
}

# Prints the path of one of our programs.
lab_bin() {
	for dir in "${LAB_BIN:-}" tests/lab "$LAB_SRC/../../build/tests/lab" "$LAB_SRC"; do
		[ -x "$dir/$1" ] || continue
		(cd "$dir" && echo "$PWD/$1")
		return 0
	done
	lab_die "$1 is not built: run make check TESTS= or set LAB_BIN"
}

# Prints the path of somebody else's program: lab_find VARIABLE NAME.
lab_find() {
	eval "set -- \"\${$1:-}\" $2"
	if [ -n "$1" ]; then
		echo "$1"
		return 0
	fi
	search=$PATH:/usr/sbin:/sbin:/usr/bin
	[ -z "${LAB_PREFIX:-}" ] || search=$LAB_PREFIX/usr/sbin:$LAB_PREFIX/usr/bin:$LAB_PREFIX/sbin:$search
	PATH=$search command -v "$2" || lab_die "$2 is not installed"
}

# The rows of servers.txt: of the named hosts, or all.
lab_rows() {
	lab_list=${LAB_TABLE:-$LAB_SRC/servers.txt}
	for name in "$@"; do
		grep -q "^$name|" "$lab_list" || lab_die "no host named $name in $lab_list"
	done
	awk -F'|' -v names=" $* " '/^#/ || NF < 8 { next }
		names == "  " || index(names, " " $1 " ")' "$lab_list"
}

# ---- keys ----

lab_keygen() {
	ssh-keygen -q -C "$1" -f "$@" </dev/null >/dev/null || lab_die "ssh-keygen $1"
}

# lab_convert FROM TO FORMAT: another file format of the same key.
lab_convert() {
	cp "$1" "$2" && cp "$1.pub" "$2.pub"
	ssh-keygen -q -p -P '' -N '' -m "$3" -f "$2" >/dev/null || lab_die "ssh-keygen -m $3"
}

# ssh-keygen cannot read this format, so the public line is put together from the raw 32 bytes.
lab_ed25519_pkcs8() {
	openssl genpkey -algorithm ed25519 -out "$1" 2>/dev/null || lab_die "openssl genpkey"
	chmod 600 "$1"
	blob=$({ printf '\000\000\000\013ssh-ed25519\000\000\000\040'
		openssl pkey -in "$1" -pubout -outform DER | tail -c 32; } | openssl base64 -A)
	echo "ssh-ed25519 $blob $1" >"$1.pub"
}

lab_keys() {
	(
		cd "$1/keys" || exit 1
		lab_keygen ed25519 -t ed25519 -N ''
		lab_keygen rsa -t rsa -b 2048 -N ''
		lab_keygen ecdsa -t ecdsa -b 256 -N ''
		lab_keygen passphrase -t ed25519 -N "$LAB_PASSPHRASE"
		lab_keygen stranger -t ed25519 -N ''
		lab_convert rsa rsa.pem PEM
		lab_convert rsa rsa-pkcs8.pem PKCS8
		lab_convert ecdsa ecdsa.pem PEM
		lab_ed25519_pkcs8 ed25519-pkcs8.pem
		cp rsa.pem wide-mode.pem
		cp rsa.pub public.pem
		echo '<!DOCTYPE html><html><title>Sign in</title><body>Session expired</body></html>' >page.pem
		: >empty.pem
		chmod 600 ./*
		chmod 644 wide-mode.pem ./*.pub
		cat ed25519.pub rsa.pub ecdsa.pub passphrase.pub ed25519-pkcs8.pem.pub \
		    >../home/.ssh/authorized_keys
	) || exit 1
	chmod 600 "$1/home/.ssh/authorized_keys"
}

lab_hostkeys() {
	(
		cd "$1/hostkeys" || exit 1
		lab_keygen ed25519 -t ed25519 -N ''
		lab_keygen rsa -t rsa -b 2048 -N ''
		lab_keygen ecdsa -t ecdsa -b 256 -N ''
		lab_keygen other -t ed25519 -N ''
		case $2 in
		*' dropbear '*)
			"$(lab_find DROPBEARKEY dropbearkey)" -t ed25519 -f dropbear 2>/dev/null |
			    grep '^ssh-ed25519 ' >dropbear.pub || lab_die "dropbearkey"
			;;
		esac
		case $2 in
		*' tinysshd '*)
			"$(lab_find TINYSSHD_MAKEKEY tinysshd-makekey)" -q tiny || lab_die "tinysshd-makekey"
			blob=$({ printf '\000\000\000\013ssh-ed25519\000\000\000\040'
				cat tiny/ed25519.pk; } | openssl base64 -A)
			echo "ssh-ed25519 $blob" >tinysshd.pub
			;;
		esac
	) || exit 1
}

# ---- servers ----

# Lines of sshd_config, the row's own first: the first value wins (sshd_config(5)).
lab_sshd_config() {
	dir=$1 name=$2
	echo "$3" | tr ';' '\n' | grep -v '^[A-Z_]*=' | sed "s,@DIR@,$dir,g"
	case $3 in
	*HostKey*) ;;
	*) printf "HostKey $dir/hostkeys/%s\n" ed25519 rsa ecdsa ;;
	esac
	cat <<-END
		AuthorizedKeysFile $dir/home/.ssh/authorized_keys
		StrictModes no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		UsePAM no
		PermitRootLogin yes
		PrintMotd no
		PrintLastLog no
		UseDNS no
		PidFile none
		LogLevel DEBUG1
		SetEnv LAB_SERVER=$name
		AcceptEnv LANG LC_* LAB_*
		Subsystem sftp internal-sftp
	END
	lab_sshd_parts "$(dirname "$lab_sshd")/../lib/openssh"
}

# The programs that sshd starts for each connection: sshd-session since 9.8, sshd-auth since 10.0.
lab_sshd_parts() {
	[ ! -x "$1/sshd-session" ] || echo "SshdSessionPath $1/sshd-session"
	[ ! -x "$1/sshd-auth" ] || echo "SshdAuthPath $1/sshd-auth"
}

# One line of inetd's table: lab_service DIR NAME SERVER SETTINGS
lab_service() {
	dir=$1
	printf '%s\tLD_PRELOAD=%s\tLAB_HOME=%s\tLAB_SHELL=%s' "$2" "$lab_shim" "$dir/home" "${LAB_SHELL:-/bin/sh}"
	printf '\tLAB_EMPTY=%s\tLAB_PROMPTS=%s\tLAB_HASH=%s' "$dir/empty" "$dir/prompts" "$lab_hash"
	for setting in $(echo "$4" | tr ';' '\n' | grep '^[A-Z_]*='); do
		printf '\t%s' "$setting"
	done
	case $3 in
	sshd)
		lab_sshd_config "$dir" "$2" "$4" >"$dir/etc/$2.conf"
		printf '\t%s\t-i\t-f\t%s\t-E\t%s\n' "$lab_sshd" "$dir/etc/$2.conf" "$dir/log/$2.log"
		;;
	dropbear)
		printf '\t%s\t-i\t-r\t%s\n' "$(lab_find DROPBEAR dropbear)" "$dir/hostkeys/dropbear"
		;;
	tinysshd)
		printf '\t%s\t-v\t%s\n' "$(lab_find TINYSSHD tinysshd)" "$dir/hostkeys/tiny"
		;;
	esac
}

# Starts a server program that prints "name port" lines: lab_launch DIR PROGRAM ARGUMENT...
lab_launch() {
	dir=$1
	shift
	rm -f "$dir/announce"
	mkfifo -m 600 "$dir/announce"
	"$@" </dev/null >"$dir/announce" 2>>"$dir/log/lab.log" &
	echo $! >>"$dir/pids"
	cat "$dir/announce" >>"$dir/ports"
	rm -f "$dir/announce"
	kill -0 $! 2>/dev/null || lab_die "$1 did not start: $(cat "$dir/log/lab.log")"
}

# ---- what the hosts are told to clients ----

lab_port() {
	awk -v name="$2" '$1 == name { port = $2 } END { print port }' "$1/ports"
}

# The host's own public key file, of a type.
lab_hostkey() {
	case $2 in
	dropbear | tinysshd) echo "$1/hostkeys/$2.pub" ;;
	*) echo "$1/hostkeys/$3.pub" ;;
	esac
}

# lab_known DIR PORT SERVER SETTINGS STATE: its lines of known_hosts
lab_known() {
	type=ed25519 mark=
	case $4 in
	*hostkeys/rsa*) type=rsa ;;
	esac
	case $5 in
	new) return ;;
	changed) type=other ;;
	othertype) type=rsa ;;
	revoked) mark='@revoked ' ;;
	esac
	echo "${mark}[127.0.0.1]:$2 $(cut -d' ' -f1,2 "$(lab_hostkey "$1" "$3" "$type")")"
}

lab_json_host() {
	printf '    { "name": "%s", "hostname": "127.0.0.1", "port": %s, "group": "%s",\n' "$2" "$3" "$6"
	case $4 in
	-) printf '      "preferred_authentications": "keyboard-interactive,password",\n' ;;
	*) printf '      "identity_file": "%s",\n' "$1/keys/$4" ;;
	esac
	printf '      "note": "%s" }' "$7"
}

lab_ssh_host() {
	printf 'Host %s\n\tHostName 127.0.0.1\n\tPort %s\n' "$2" "$3"
	case $4 in
	-) printf '\tPreferredAuthentications keyboard-interactive,password\n' ;;
	*) printf '\tIdentityFile %s\n' "$1/keys/$4" ;;
	esac
}

# Writes hosts.json, ssh_config and known_hosts from the rows on standard input.
lab_clients() {
	dir=$1 comma=
	exec 3>"$dir/hosts.json" 4>"$dir/ssh_config" 5>"$dir/known_hosts"
	cat >&3 <<-END
		{
		  "version": 1,
		  "defaults": { "user": "$lab_user", "identities_only": true, "identity_agent": "none",
		    "user_known_hosts_file": "$dir/known_hosts" },
		  "hosts": [
	END
	while IFS='|' read -r name server settings key known verdict group note; do
		port=$(lab_port "$dir" "$name")
		[ -z "$comma" ] || echo , >&3
		comma=1
		lab_json_host "$dir" "$name" "$port" "$key" "$verdict" "$group" "$note" >&3
		lab_ssh_host "$dir" "$name" "$port" "$key" >&4
		lab_known "$dir" "$port" "$server" "$settings" "$known" >&5
	done
	printf '\n  ]\n}\n' >&3
	cat >&4 <<-END
		Host *
			User $lab_user
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $dir/known_hosts
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			UpdateHostKeys no
	END
	exec 3>&- 4>&- 5>&-
	chmod 600 "$dir/hosts.json" "$dir/ssh_config" "$dir/known_hosts"
}

lab_env() {
	cat >"$1/env" <<-END
		LAB=$1
		LAB_USER=$lab_user
		LAB_PASSWORD=$LAB_PASSWORD
		LAB_PASSPHRASE=$LAB_PASSPHRASE
		LAB_TOKEN=$LAB_TOKEN
		SALLYPORT_HOSTS=$1/hosts.json
		XDG_CONFIG_HOME=$1/xdg/config
		XDG_STATE_HOME=$1/xdg/state
		XDG_CACHE_HOME=$1/xdg/cache
		export LAB LAB_USER LAB_PASSWORD LAB_PASSPHRASE LAB_TOKEN
		export SALLYPORT_HOSTS XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
	END
}

# What the login shells and the servers read.
lab_home() {
	cat >"$1/home/.profile" <<-'END'
		PS1="${LAB_SERVER:-lab}\$ "
		unset MAIL MAILCHECK PROMPT_COMMAND
	END
	cat >"$1/prompts" <<-END
		info	Two answers, please.
		echo	Token code: 	$LAB_TOKEN
		noecho	Password: 	$LAB_PASSWORD
	END
	{
		printf '\033]0;owned\007\033[31mAuthorised users only\033[0m\n'
		yes 'This is one line of a rather long banner.' | head -n 200
	} >"$1/banner"
}

# ---- start and stop ----

lab_start() {
	lab_dir=$1
	shift
	(umask 077 && mkdir -p "$lab_dir") || lab_die "cannot make $lab_dir"
	lab_dir=$(cd "$lab_dir" && pwd)
	[ ! -e "$lab_dir/pids" ] || lab_die "$lab_dir is a lab already"
	lab_user=$(id -un) || lab_die "who am I?"
	lab_shim=$(lab_bin login_shim.so) && lab_sshd=$(lab_find SSHD sshd) || exit 1
	lab_table=$(lab_rows "$@") || exit 1
	lab_hash=$(openssl passwd -6 -salt laboratory "$LAB_PASSWORD") || exit 1
	(
		umask 077
		cd "$lab_dir" && mkdir -p home/.ssh keys hostkeys etc log empty xdg/config xdg/state xdg/cache
		chmod 755 empty
		: >pids && : >ports
		lab_home "$lab_dir"
		lab_env "$lab_dir"
		lab_keys "$lab_dir" &&
		    lab_hostkeys "$lab_dir" " $(echo "$lab_table" | cut -d'|' -f2 | tr '\n' ' ')"
	) || exit 1
	echo "$lab_table" | while IFS='|' read -r name server settings rest; do
		case $server in
		sshd | dropbear | tinysshd) lab_service "$lab_dir" "$name" "$server" "$settings" ;;
		esac
	done >"$lab_dir/etc/inetd.table" || exit 1
	lab_launch "$lab_dir" "$(lab_bin inetd)" "$lab_dir/etc/inetd.table"
	lab_faults "$lab_dir" "$(echo "$lab_table" | awk -F'|' '$2 !~ /sshd$|^dropbear$/ { print $1 "=" $2 }')"
	echo "$lab_table" | lab_clients "$lab_dir"
}

# Fault servers under the names of hosts: "name=behaviour" words.
lab_faults() {
	[ -n "$2" ] || return 0
	# shellcheck disable=SC2086 # words
	lab_launch "$1" "$(lab_bin faultd)" $2
}

# More fault servers, named by their behaviours.
lab_fault() {
	dir=$1
	shift
	lab_launch "$dir" "$(lab_bin faultd)" "$@"
}

# Servers that misbehave after the key exchange, named by their behaviours (see fakesshd --list).
lab_fake() {
	dir=$1
	shift
	fakesshd=$(lab_bin fakesshd) || exit 1
	for name in "$@"; do
		printf '%s\t%s\t%s\n' "$name" "$fakesshd" "$name"
	done >"$dir/fake.table"
	lab_launch "$dir" "$(lab_bin inetd)" "$dir/fake.table"
}

# True when the process is gone, or is only waiting for its parent to take note.
lab_gone() {
	state=$(sed -n 's/.*) \([A-Z]\) .*/\1/p' "/proc/$1/stat" 2>/dev/null)
	[ -z "$state" ] || [ "$state" = Z ]
}

lab_stop() {
	[ -f "$1/pids" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || :
	done <"$1/pids"
	tries=0
	while read -r pid; do
		until lab_gone "$pid"; do
			tries=$((tries + 1))
			[ $tries -lt 500 ] || lab_die "process $pid does not end"
			sleep 0.02
		done
	done <"$1/pids"
	rm -f "$1/pids"
}

case ${0##*/} in
lab.sh)
	case ${1:-} in
	start | stop)
		[ $# -ge 2 ] || lab_die "usage: lab.sh start DIR [NAME...] | stop DIR"
		command=$1
		shift
		"lab_$command" "$@"
		;;
	names)
		case ${2:-name} in
		verdict) lab_rows | awk -F'|' '{ print $1, $6 }' ;;
		*) lab_rows | cut -d'|' -f1 ;;
		esac
		;;
	*) lab_die "usage: lab.sh start DIR [NAME...] | stop DIR | names [verdict]" ;;
	esac
	;;
*)
	LAB_WATCH_PID=$$
	export LAB_WATCH_PID
	;;
esac
