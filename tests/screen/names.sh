#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults N22, N2: names that no name server answers for and a host that answers nothing: the menu stays alive, the
# others are checked, Esc and q end it at once.
. "$(dirname "$0")/menu.sh"
. "$LAB_SRC/netns.sh"

lab good
netns_start client server
netns_nameserver client good.test="$(netns_address server)" $(seq -f silent%g.test=SILENT 12)
netns_names client 'nameserver 127.0.0.1'
# Behind the same wire, and nobody there.
netns_ip client address add 10.99.0.1/24 dev on
netns_ip client neighbour replace 10.99.0.9 lladdr 02:00:00:00:00:09 dev on nud permanent
SALLYPORT_HOSTS=$TMP/hosts.json
{
	printf '{ "defaults": { "user": "me", "port": %s, "identity_agent": "none" }, "hosts": [' "$(netns_port server)"
	seq 12 | sed 's/.*/{ "name": "h&", "hostname": "silent&.test" },/'
	echo '{ "name": "dropped", "hostname": "10.99.0.9" }, { "name": "good", "hostname": "good.test" } ] }'
} >"$SALLYPORT_HOSTS"
program=$SALLYPORT
SALLYPORT="$NETNS/client.names"

# Well below the time that a host is given.
WAIT=6
menu_start 100 30 "$program" --hosts "$SALLYPORT_HOSTS"
screen_wait 'reach, running'
screen_keys j
menu_wait_row h2
screen_keys G
menu_wait_row good
screen_wait 'reach, just now'
screen_keys C
screen_wait '1 of 14'
screen_keys g
menu_wait_row h1
screen_keys Escape
screen_wait 'the others were not'
# One of them alone.
screen_keys c
screen_wait 'auth, running'
screen_keys Escape
screen_wait 'the check was ended'
screen_wait_gone 'auth, running'
# What is being looked at again has no verdict meanwhile; if nothing comes of it, the old one is back.
screen_keys G
menu_wait_row good
screen_wait '✓ net.connect'
netns_drop server
screen_keys c
screen_wait '… net.connect'
screen_keys Escape
screen_wait 'the check was ended'
screen_wait '✓ net.connect'
screen_keys C
screen_wait ' of 14'
screen_keys q
menu_ended 0
