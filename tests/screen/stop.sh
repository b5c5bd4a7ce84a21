#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ctrl-Z stops the menu as any program, and fg brings it back; signals end it cleanly.
. "$(dirname "$0")/menu.sh"
menu_hosts

screen_start 100 16 env PS1='shell> ' ENV= sh -i
screen_wait 'shell>'
screen_type "$SALLYPORT"
screen_keys Enter
screen_wait '20 hosts'
screen_keys C-z
screen_wait_gone '20 hosts'
case $(screen_modes) in
'alternate=0 cursor=1 '*) ;;
*) fail "stopped with $(screen_modes)" ;;
esac
screen_type 'stty -a | grep -o " icanon" && echo in order'
screen_keys Enter
screen_wait_line 'in order'
screen_keys f g Enter
screen_wait '20 hosts'
screen_keys j
menu_wait_row db
screen_keys C-z
screen_wait_gone '20 hosts'
screen_resize 60 12
screen_keys f g Enter
screen_wait 'Tab details'
screen_keys q
screen_wait_gone 'Tab details'
screen_type 'echo status $?'
screen_keys Enter
screen_wait 'status 0'
screen_stop

# As sh numbers them: 128 and the signal.
for signal in 1 2 15; do
	menu_start 100 16
	screen_wait '20 hosts'
	kill -"$signal" "$(menu_pid)"
	menu_ended $((128 + signal))
done
