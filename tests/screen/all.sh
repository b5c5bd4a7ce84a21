#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All hosts that are shown checked at once: how far it is, signs, counts, orders, filter by sign, a way
# out; a hosts file that changes meanwhile (fault C4), a checker that dies.
. "$(dirname "$0")/menu.sh"

ssh-keygen -q -t ed25519 -N '' -f "$HOME/.ssh/id"
free_port
refused=$PORT
fault silent
silent=$PORT
fake kbdint-0
sed -i '$d' "$HOME/.ssh/known_hosts"
new=$PORT
fake kbdint-1
open=$PORT
mkdir -p "$HOME/.config/sallyport"
SALLYPORT_HOSTS=$HOME/.config/sallyport/hosts.json
export SALLYPORT_HOSTS
cat >"$SALLYPORT_HOSTS" <<END
{ "defaults": { "user": "me", "hostname": "127.0.0.1", "identity_file": "~/.ssh/id",
    "identity_agent": "none" },
  "hosts": [
    { "name": "b-refused", "port": $refused },
    { "name": "e-open", "port": $open },
    { "name": "a-new", "port": $new },
    { "name": "d-silent", "port": $silent },
    { "name": "c-wrong", "port": 65536 } ] }
END
cp "$SALLYPORT_HOSTS" "$TMP/hosts.json"
mask="s/$refused|$silent|$new|$open/23456/g"

screen_mask() {
	sed -E -e "$mask" -e 's/(127\.0\.0\.1:)[0-9]{1,4}([…~])/\1#\2/'
}

checker_pid() {
	pgrep -P "$(menu_pid)" -f 'sallyport check.*--depth auth'
}

checker_gone() {
	! checker_pid >/dev/null
}

# All but the silent one are done, and the checker holds still: no time passes for it.
freeze() {
	screen_wait '3 of 4'
	checker=$(checker_pid)
	kill -STOP "$checker"
	screen_has '3 of 4' || fail "the silent host was done too soon"
}

rows_are() {
	[ "$(screen_text | sed -n 's/^ \(.\) \{1,6\}\(now \)\{0,1\}\([a-e]\)-.*/\1\3/p' | tr -d '\n')" = "$1" ]
}

# The cursor on a host with nothing that could change.
menu_start 200 50
screen_wait '5 hosts: 1 fail'
screen_keys G
menu_wait_row c-wrong
rows_are '·b·e·a·d✗c' || wait_for rows_are '✗b·e·a·d✗c' # b-refused may have been called by itself
screen_keys C
freeze
screen_golden all-200x50
screen_resize 80 24
screen_golden all-80x24
screen_resize 40 10
screen_golden all-40x10
screen_resize 120 20
rows_are '✗b✓e!a…d✗c' || fail "the rows have other signs"

# Everything else goes on meanwhile.
screen_keys C
screen_wait 'are being checked already'
screen_keys k
menu_wait_row d-silent
screen_wait 'auth, running'
screen_keys c
screen_wait 'd-silent is checked with the others'
screen_keys s
screen_wait 'sorted by name'
rows_are '!a✗b✗c…d✓e' || fail "not by name"
screen_keys s
screen_wait 'by status'
rows_are '✗b✗c!a✓e…d' || fail "not by status"
screen_keys S
screen_wait 'by status, reversed'
rows_are '…d✓e!a✗c✗b' || fail "not reversed"
screen_keys S s s s
screen_wait_gone 'by status'
screen_keys / i s : f a
screen_wait '2 of 5 hosts: 2 fail'
rows_are '✗b✗c' || fail "not those that fail"
screen_keys BSpace BSpace w
screen_wait '1 of 5 hosts: 1 warn'
screen_keys C-u
screen_type 'is:pass is:warn'
wait_for rows_are '✓e!a'
screen_keys Escape
wait_for rows_are '✗b✓e!a…d✗c'

# Esc ends it; what is known stays.
screen_keys Escape
screen_wait '3 of 4 hosts were checked; the others were not'
kill -CONT "$checker"
wait_for checker_gone
wait_for rows_are '✗b✓e!a·d✗c'
screen_keys Escape
screen_has '5 hosts: 1 pass 1 warn 2 fail' || fail "what was known is gone"

# A filter says which are checked.
screen_keys /
screen_type open
screen_wait '1 of 5 hosts'
screen_keys Tab C
screen_wait '1 host was checked: 1 pass'
screen_keys Escape
screen_wait_gone '/open'

# C4: the file changes while checks run, then once more: no JSON any more.
screen_keys C
freeze
printf '{ "hosts": [ { "name": "e-open", "hostname": "127.0.0.1", "port": %s } ] }' "$refused" >"$SALLYPORT_HOSTS"
kill -CONT "$checker"
screen_wait '4 hosts were checked: 1 pass, 1 warn, 2 fail'
screen_keys C
screen_wait '4 hosts were checked: 4 fail'
screen_keys Home
menu_wait_row b-refused
screen_wait 'there is no such host in'
printf '{ "hosts": [' >"$SALLYPORT_HOSTS"
screen_keys C
screen_wait 'the check ended early'
screen_has 'hosts.json:1:' || fail "the place of the error is not named"
menu_quit

# A checker that dies whenever it has called at the silent host: the others are checked, and this one is marked.
cp "$TMP/hosts.json" "$SALLYPORT_HOSTS"
rm -f "$XDG_STATE_HOME/sallyport/state.json"
(
	hex=$(printf '0100007F:%04X 01' "$silent")
	while [ -d "$TMP" ]; do
		if grep -q "$hex" /proc/net/tcp; then
			pkill -KILL -P "$(menu_pid)" -f 'sallyport check.*--depth auth' || :
		fi
		sleep 0.02
	done
) 2>/dev/null &
killer=$!
at_exit "kill $killer 2>/dev/null"
menu_start 120 20
screen_wait '5 hosts'
screen_keys G C
screen_wait '4 hosts were checked: 1 pass, 1 warn, 2 fail'
rows_are '✗b✓e!a✗d✗c' || fail "the rows have other signs"
screen_keys k
menu_wait_row d-silent
screen_wait 'crashed the checker, by'
screen_wait 'signal 9 (Killed)'
kill "$killer"
menu_quit

# Remembered, also when a child could not write it.
menu_start 120 20
wait_for rows_are '✗b✓e!a✗d✗c'
screen_keys / s i l e n t Tab
menu_wait_row d-silent
screen_wait 'crashed the checker, by'
menu_quit
rm "$XDG_STATE_HOME/sallyport/state.json"

# Plain ASCII.
LC_ALL=C
menu_start 80 24
screen_wait '5 hosts'
screen_keys G
menu_wait_row c-wrong
screen_keys C
freeze
screen_golden all-ascii

# Who is told to end says so of those that it was at.
screen_resize 120 24
kill -TERM "$checker"
kill -CONT "$checker"
screen_wait '4 hosts were checked:'
screen_wait '; not looked at to the end: 1'
menu_quit
