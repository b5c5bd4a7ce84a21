#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# config.json: what the cursor checks by itself, what comes after a session; a mistake in it.
. "$(dirname "$0")/menu.sh"
menu_hosts
config=$HOME/.config/sallyport/config.json

# Longer than the cursor has to rest for a call.
rested() {
	sleep 1
	screen_has "$1" || fail "not after a rest: $1"
}

echo '{ "auto_check": "local" }' >"$config"
menu_start 120 40
screen_wait 'local, just now'
rested 'local, just now'
screen_keys c
screen_wait 'auth, just now'
menu_quit

rm "$XDG_STATE_HOME/sallyport/state.json" # else what was found is there again
# The file that is named is read, and the other one is not.
echo '{ "auto_check": "off", "colour": "blue" }' >"$TMP/other.json"
menu_start 120 40 --config "$TMP/other.json"
screen_wait 'unknown setting "colour"'
rested 'none yet'
menu_quit

echo '{}' >"$config"
menu_start 120 40
screen_wait 'reach, just now'
menu_quit

echo '{ "auto_check": "of" }' >"$config"
screen_start 100 24 sh -c "'$SALLYPORT'; echo ended \$?; exec sleep 1000"
screen_wait 'ended 1'
screen_has 'config.json:1:17: auto_check: it must be "reach" or "local" or "off"' || fail "no sentence"
screen_stop
screen_start 100 24 sh -c "'$SALLYPORT' --config '$TMP/none.json'; echo ended \$?; exec sleep 1000"
screen_wait 'ended 1'
screen_has 'none.json' || fail "the missing file is not named"
screen_stop

# What was not looked at is not known to be good.
lab good
PORT=0
config=$XDG_CONFIG_HOME/sallyport/config.json # the lab's own
mkdir -p "${config%/*}"
echo '{ "auto_check": "local" }' >"$config"
menu_start 120 40
screen_wait 'local, just now'
screen_wait '· the server was not called'
echo '{}' >"$config"
menu_quit
menu_start 120 40
screen_wait 'reach, just now'
screen_wait '○ the server answers, but nobody has asked it about the login yet'
screen_wait '1 host: 1 reach'
screen_keys c
screen_wait 'auth, just now'
screen_wait '1 host: 1 pass'
menu_quit

echo '{ "after_session": "exit" }' >"$config"
screen_start 120 40 sh -c "'$SALLYPORT' good; echo ended \$?; exec sleep 1000"
screen_wait 'good$'
screen_type 'exit 7'
screen_keys Enter
screen_wait 'ended 7'
