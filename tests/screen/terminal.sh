#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults T1 to T5, T11 and T16: terminals that are unknown, poor or none at all.
. "$(dirname "$0")/menu.sh"
menu_hosts

# Runs the menu on a terminal whose TERM is refused: one sentence, status 1, no terminal codes.
refused() {
	wanted=$1
	shift
	screen_start 100 16 env "$@" sh -c "'$SALLYPORT' 2>'$TMP/err' >'$TMP/out'; echo ended \$?; exec sleep 1000"
	screen_wait 'ended 2' # standard output is a file
	screen_stop
	screen_start 100 16 env "$@" sh -c "'$SALLYPORT' 2>'$TMP/err'; echo ended \$?; exec sleep 1000"
	screen_wait 'ended 1'
	screen_stop
	expect_err "$wanted"
	if grep -q "$(printf '\033')" "$TMP/err"; then
		fail "terminal codes in an error"
	fi
	[ "$(grep -c . "$TMP/err")" -le 2 ] || fail "more than a sentence and a hint"
}

refused 'TERM is not set' -u TERM
refused 'TERM is not set' TERM=
refused 'no-such-terminal is not known' TERM=no-such-terminal
refused 'dumb has none' TERM=dumb
refused 'TERM is not the name of a terminal' TERM=../../etc/passwd
refused 'TERM is not the name of a terminal' TERM="$(head -c 4096 /dev/zero | tr '\0' a)"

# Without colours all is there, in any of the ways to have none.
for setting in TERM=vt100 NO_COLOR=1; do
	screen_start 120 40 env "$setting" sh -c '"$SALLYPORT"; echo ended $?; exec sleep 1000'
	menu_cols=120
	menu_rest
	screen_golden menu-120x40
	if screen_tmux capture-pane -p -e | grep -qE "$(printf '\033')"'\[([0-9;]*;)?(3[0-7]|4[0-7]|9[0-7])m'; then
		fail "colours with $setting"
	fi
	menu_wait_row web
	screen_keys q
	screen_wait_line 'ended 0' # also where there is no other screen to go back to
	menu_ended 0
done
for type in xterm-256color screen linux; do
	screen_start 120 40 env TERM="$type" sh -c '"$SALLYPORT"; echo ended $?; exec sleep 1000'
	menu_rest
	screen_wait 'Enter connect'
	menu_quit
done

# No terminal at all.
expect 2 "$SALLYPORT"
expect_err 'the menu needs a terminal'
[ ! -s "$TMP/out" ] || fail "something was written to standard output"
if grep -q "$(printf '\033')" "$TMP/err"; then
	fail "terminal codes without a terminal"
fi
