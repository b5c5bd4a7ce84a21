#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt about jump hosts, of real servers and faulty ones: hosts behind a hop that is only looked at, and
# hosts that are checked through hops.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

lab good dropbear new changed stranger password passphrase refused silent web
defaults "\"user\": \"$LAB_USER\", \"identity_agent\": \"none\", \"user_known_hosts_file\": \"$LAB/known_hosts\""

server() { # NAME SERVER JUMPS [KEY]
	host "$1" "\"hostname\": \"127.0.0.1\", \"port\": $(lab_port "$LAB" "$2"), \"proxy_jump\": \"$3\",
	    \"identity_file\": \"${4:-$LAB/keys/ed25519}\""
}
hops() {
	for name in good dropbear new changed refused silent web password; do
		server "$name" "$name" none
	done
	server locked passphrase none "$LAB/keys/passphrase"
	server stranger stranger none "$LAB/keys/stranger"
}

hops
server looked good good,dropbear
server behind-refused good refused
server behind-silent good silent
server behind-web good web
look --timeout 3

hops
server through good good,dropbear
server behind-new good new
server behind-changed dropbear good,changed
server behind-stranger dropbear stranger
server behind-locked dropbear locked
server behind-password dropbear password
server unreachable-hop dropbear good,refused
server unreachable refused good
look --timeout 3 --through-jumps

cells
