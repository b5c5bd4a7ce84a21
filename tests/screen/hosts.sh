#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hosts files that are missing, empty, broken, or have hosts with problems.
. "$(dirname "$0")/menu.sh"
menu_hosts

# Nothing yet: the menu says where to write what, and stays.
rm "$SALLYPORT_HOSTS"
menu_start 80 24
screen_wait 'There is no hosts file yet.'
screen_golden no-hosts-file
screen_has '~/.config/sallyport/hosts.json' || fail "the path is not shown"
screen_keys Enter
screen_wait 'no host is selected'
screen_keys j c Tab Tab / x Escape
menu_quit

printf '{ "hosts": [] }' >"$SALLYPORT_HOSTS"
menu_start 80 24
screen_wait 'The hosts file names no host.'
menu_quit

printf '{ "hosts": [\n  nonsense ] }' >"$SALLYPORT_HOSTS"
screen_start 80 24 sh -c "'$SALLYPORT'; echo ended \$?; exec sleep 1000"
screen_wait 'ended 1'
screen_has 'hosts.json:2:3' || fail "the place of the error is not named"
screen_stop

# A host with a problem is listed; Enter explains, and connects nowhere.
menu_hosts
menu_start 120 40
menu_rest
screen_keys / w r o n g
screen_wait '1 of 20'
screen_keys Enter
screen_wait 'port'
screen_golden problem
screen_has 'host.settings' || fail "the problem is not in the panel"
screen_keys c
screen_wait 'from 1 to 65535'
screen_keys / C-u t w i n
screen_wait '2 of 20'
screen_keys Enter
screen_wait 'twin'
screen_has 'hosts.json' || fail "the place of the duplicate is not named"
screen_keys Escape
menu_quit

# A query filters; options before it are the menu's.
menu_start 100 20 --hosts "$SALLYPORT_HOSTS" rack/3
screen_wait '4 of 20 hosts'
screen_wait ' /rack/3'
menu_wait_row n7
menu_quit

# Of a long list the first screen comes before the rest; names are unique in all of it.
{
	echo '{ "defaults": { "hostname": "127.0.0.1", "port": '"$PORT"', "identity_agent": "none" }, "hosts": ['
	seq 2000 | sed 's/.*/{ "name": "h&" },/'
	echo '{ "name": "h1" } ] }'
} >"$TMP/long.json"
ptyrun --wait reading --wait h20 --wait '2001 hosts' --send q -- "$SALLYPORT" --hosts "$TMP/long.json" >"$TMP/out"
menu_start 100 20 --hosts "$TMP/long.json"
screen_wait '2001 hosts: 2 fail'
screen_keys Enter
screen_wait 'another host at line 2002 has this name'
screen_keys G
screen_wait 'line 2 has this name'
screen_keys / h 1 9 9 9 Enter
menu_wait_row h1999
menu_quit
menu_start 100 20 --hosts "$TMP/long.json" h1998
screen_wait 'h1998: '
menu_wait_row h1998
menu_quit
