# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of the menu share.  Sourced, in place of tests/lib.sh:
#
#   menu_hosts                    a hosts file, the same in every test; nothing listens on its port
#   menu_start COLS ROWS ARG...   the menu on a screen
#   menu_rest                     waits until the cursor's automatic checks are over
#   menu_ended STATUS             the menu has ended so, and left a clean terminal
#   menu_quit                     by q
#   menu_row_is NAME              is the cursor on this host?  menu_wait_row NAME waits for it
#   menu_pid, session_pid         of the processes

. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

menu_hosts() {
	free_port
	mkdir -p "$HOME/.config/sallyport"
	SALLYPORT_HOSTS=$HOME/.config/sallyport/hosts.json
	export SALLYPORT_HOSTS
	cat >"$SALLYPORT_HOSTS" <<-END
		{
		  "version": 1,
		  "defaults": { "user": "ecs-user", "hostname": "127.0.0.1", "port": $PORT,
		    "identity_file": "~/.ssh/ecs.pem", "identity_agent": "none" },
		  "hosts": [
		    { "name": "web", "group": "aliyun/hangzhou", "tags": ["www"], "note": "front end of the shop" },
		    { "name": "db", "group": "aliyun/hangzhou", "tags": ["critical"] },
		    { "name": "東京サーバ", "group": "東京" },
		    { "name": "café", "group": "paris" },
		    { "name": "rocket🚀", "group": "moon" },
		    { "name": "evil‮txt​", "group": "zoo" },
		    { "name": "wrong", "port": 65536 },
		    { "name": "twin" },
		    { "name": "twin" },
		    { "name": "a-host-whose-name-is-rather-longer-than-others", "group": "lab" },
		    { "name": "n1", "group": "rack/1" }, { "name": "n2", "group": "rack/1" },
		    { "name": "n3", "group": "rack/1" }, { "name": "n4", "group": "rack/2" },
		    { "name": "n5", "group": "rack/2" }, { "name": "n6", "group": "rack/2" },
		    { "name": "n7", "group": "rack/3" }, { "name": "n8", "group": "rack/3" },
		    { "name": "n9", "group": "rack/3" }, { "name": "last", "group": "rack/3" }
		  ]
		}
	END
}

# The shell around it outlives the menu, so that one can look at the terminal that it left.
menu_start() {
	menu_cols=$1 menu_rows=$2
	shift 2
	screen_start "$menu_cols" "$menu_rows" sh -c '"$@"; echo ended $?; exec sleep 1000' sh "$SALLYPORT" "$@"
}

menu_pid() {
	pgrep -P "$(screen_tmux display-message -p '#{pane_pid}')" -x sallyport
}

session_pid() {
	pgrep -P "$(menu_pid)" -f 'sallyport connect'
}

# The port differs from run to run, also where it is cut; how many of the hosts that the cursor came by are checked
# depends on how fast that was.
screen_mask() {
	sed -E -e 's/(hosts: )[0-9]+ fail */\1# fail /' -e 's!^( [0-9]+/[0-9]+  )[0-9]+(✗|x) *!\1#\2!' -e "s/$PORT/23456/g" -e 's/(127\.0\.0\.1:)[0-9]{1,4}([…~])/\1#\2/'
}

menu_rest() {
	if [ "$menu_cols" -ge 80 ]; then
		screen_wait 'reach, just now'
	else
		screen_wait ' now '
	fi
}

# A line that is TEXT and nothing else: not the same text where it was typed.
screen_has_line() {
	screen_text | grep -qxF -- "$1"
}

screen_wait_line() {
	wait_for screen_has_line "$1"
}

# The row with the cursor, by its colours.
menu_row() {
	screen_tmux capture-pane -p -e | grep -a "$(printf '\033\\[[0-9;]*7m')" | sed "s/$(printf '\033')\\[[0-9;]*m//g"
}

menu_row_is() {
	menu_row | grep -qF -- " $1 "
}

menu_wait_row() {
	wait_for menu_row_is "$1"
}

menu_ended() {
	screen_wait "ended $1"
	[ "$(screen_modes)" = 'alternate=0 cursor=1 mouse=0 keypad=0' ] ||
		fail "the terminal was left with $(screen_modes)"
	screen_stop
}

menu_quit() {
	screen_keys q
	menu_ended 0
}
