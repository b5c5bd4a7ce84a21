#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults T6 to T10: any size, any change of size, in every screen.
. "$(dirname "$0")/menu.sh"
menu_hosts

storm() {
	for size in 1x1 19x4 20x5 500x300 20x4 19x5 1x300 500x1 79x24 80x24 3x3; do
		screen_resize "${size%x*}" "${size#*x}"
	done
	screen_resize 120 40
	wait_for keys_are_at_the_bottom
}

# Only of 40 rows is this one the last: the menu has taken the size.
keys_are_at_the_bottom() {
	screen_text | sed -n 40p | grep -qE 'connect|back'
}

menu_start 1 1
screen_resize 19 4
screen_wait 'too small'
screen_keys Enter / x c Tab Escape # nothing is done where nothing can be seen
screen_resize 120 40
menu_rest
screen_wait '20 hosts'
screen_golden menu-120x40
storm
screen_golden menu-120x40

screen_keys '?'
screen_wait 'Everywhere'
storm
screen_wait 'Everywhere'
screen_keys q Tab
screen_wait 'Tab list'
storm
screen_wait 'Tab list'
screen_keys Tab / d b
screen_wait '/db'
storm
screen_wait '1 of 20 hosts'
screen_wait ' /db'
screen_keys Escape
screen_wait_gone '/db'
screen_resize 500 300
screen_wait 'last'
menu_quit

# A terminal that says 0x0 is taken for 80x24.
screen_start 100 30 sh -c 'stty rows 0 cols 0; "$SALLYPORT"; echo ended $?; exec sleep 1000'
screen_wait '20 hosts'
[ "$(screen_text | grep -n 'Enter connect' | cut -d: -f1)" = 24 ] || fail "not 24 rows"
menu_quit
