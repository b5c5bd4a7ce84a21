# SPDX-License-Identifier: Apache-2.0
# The SSH servers of the demo and the tests.  Installing openssh-server or tinysshd would start a
# service that listens, now and at every boot; so their packages are only downloaded and unpacked
# into the tree.  The libraries they need are installed as packages.

servers_dir=$deps/servers
export LAB_PREFIX=$servers_dir    # tests/lab/lab.sh looks here first
servers_table="
	openssh-server  usr/sbin/sshd
	dropbear-bin    usr/sbin/dropbear
	tinysshd        usr/sbin/tinysshd
"

servers_ready() {
	[ -z "$(servers_missing)" ]
}

# Prints the packages whose server is neither installed nor unpacked.
servers_missing() {
	local package file
	while read -r package file; do
		server_works "/$file" || server_works "$servers_dir/$file" || echo "$package"
	done <<<"$(sed '/^[[:space:]]*$/d' <<<"$servers_table")"
}

# It is there and finds its libraries.
server_works() {
	[ -x "$1" ] && ! ldd "$1" | grep -q 'not found'
}

servers_libraries() {
	apt-get -s install --no-install-recommends "$@" | sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p'
}

servers_unpack() {
	say "unpacking these servers into $servers_dir, not installing them: $*"
	in_workdir servers_unpack_here "$@"
	servers_ready || die "these servers do not start from $servers_dir: $(servers_missing | tr '\n' ' ')" \
		"run: ldd $servers_dir/usr/sbin/sshd"
}

servers_unpack_here() {
	local package
	cd src || exit
	quietly servers-fetch "is the network there? then run the same command again" apt-get -q download "$@"
	for package in *.deb; do
		dpkg-deb -x "$package" tree
	done
	mkdir -p "$servers_dir"
	cp -a tree/. "$servers_dir"
}
