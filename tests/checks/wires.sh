#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt that a network causes below TCP, in network namespaces: what is dropped, what a firewall
# rejects, no way there, and what this machine does not let out (faults N1, N2, N3).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$LAB_SRC/netns.sh"
. "$top_srcdir/tests/checks/cells.sh"

lab good
netns_start client server
defaults '"user": "nobody", "identity_agent": "none", "identity_file": "none"'
CHECKER="$NETNS/client $SALLYPORT"
to() { # NAME ADDRESS [PORT]
	host "$1" "\"hostname\": \"$2\", \"port\": ${3:-22}"
}

to answers "$(netns_address server)" "$(netns_port server)"
to closed-port "$(netns_address server)" 9
to no-route 192.0.2.1

# This machine's own routes.
netns_ip client route add unreachable 192.0.2.2
netns_ip client route add prohibit 192.0.2.3
netns_ip client route add blackhole 192.0.2.4
to unreachable 192.0.2.2
to prohibited 192.0.2.3
to black-hole 192.0.2.4

# Those of the machine on the way, which says so: what a firewall's REJECT does.
netns_ip client route add 198.51.100.0/24 via "$(netns_address server)"
"$NETNS/server.root" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' || fail "no forwarding in a network namespace"
netns_ip server route add unreachable 198.51.100.2
netns_ip server route add prohibit 198.51.100.3
to rejected 198.51.100.2
to rejected-by-rule 198.51.100.3

# Nobody there has the address: the neighbour is asked for in vain.
netns_ip client address add 203.0.113.1/24 dev on
to nobody-home 203.0.113.9
look --timeout 20

# Nothing comes back at all.
netns_drop server
netns_ip client route add 45.0.0.0/24 dev on src 10.77.1.1
netns_ip client neighbour replace 45.0.0.9 lladdr 02:00:00:00:00:09 dev on nud permanent
to dropped-outside 45.0.0.9
to dropped "$(netns_address server)" "$(netns_port server)"
look --timeout 4

cells
