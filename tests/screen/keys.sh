#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Moving, filtering, the help, and keys that come in pieces (fault T15).
. "$(dirname "$0")/menu.sh"
menu_hosts
menu_start 100 16
menu_rest

menu_wait_row web
screen_keys j
menu_wait_row db
screen_keys Down
menu_wait_row 東京サーバ
screen_keys k Up
menu_wait_row web
screen_keys k
menu_wait_row web
screen_keys G
menu_wait_row last
screen_keys g
menu_wait_row web
screen_keys End
menu_wait_row last
screen_keys Home
menu_wait_row web
screen_keys PageDown
menu_wait_row n4
screen_keys C-u
menu_wait_row twin
screen_keys C-d
menu_wait_row n4
screen_keys PageUp
menu_wait_row web

# A key cut in two: an arrow's three bytes with a pause of 0.1 s after the first, or after the
# second.  On a busy machine a pause can become long enough for the Esc key: then once more.
cut_arrow() {
	screen_keys Home
	menu_wait_row web
	screen_type "$1"
	sleep 0.1
	screen_type "$2"
	sleep 0.2
	menu_row_is db
}
wait_for cut_arrow "$(printf '\033')" '[B'
wait_for cut_arrow "$(printf '\033O')" B
screen_keys Home

# The filter shows while one types; Esc alone clears it, at once or a second time from the list.
screen_keys /
screen_type rack/2
screen_wait '3 of 20 hosts'
screen_wait ' /rack/2'
screen_lacks 東京 || fail "a host that does not match is shown"
menu_wait_row n4
screen_golden filter
screen_keys BSpace 1
screen_wait '3 of 20 hosts'
screen_wait ' /rack/1'
screen_keys Down
menu_wait_row n2
screen_keys j
menu_wait_row n3
screen_keys Escape
screen_wait_gone '/rack/1'
menu_wait_row n3
# Enter goes where the cursor is: to the host that is called so, not to one that mentions it.
screen_keys / l a
screen_wait '2 of 20 hosts'
screen_wait ' /la'
menu_wait_row last
screen_keys Escape
screen_wait_gone '/la'
screen_keys / x y z z y
screen_wait 'No host matches the filter.'
screen_keys Enter
screen_wait 'no host is selected'
screen_keys / C-u i s : f o
screen_wait 'is:fo: the signs are fail, warn, reach, pass,'
screen_keys BSpace
screen_wait_gone 'the signs are'
screen_keys C-u x y z z y
screen_wait 'No host matches the filter.'
screen_keys C-w
screen_wait 'sallyport  20 hosts'
screen_wait ' /'
screen_keys 東
screen_wait '1 of 20 hosts'
screen_wait ' /東'
menu_wait_row 東京サーバ
screen_keys BSpace n 9 C-u
screen_wait 'sallyport  20 hosts'
screen_wait ' /'
screen_keys Escape
screen_keys Escape Escape
screen_wait 'Enter connect  / filter'

# A paste is text, never commands: its line end connects nowhere, its q does not quit.
screen_keys Home
screen_type "$(printf '\033[200~q\njj\n\033[201~')"
screen_keys / n
screen_type "$(printf '\033[200~1\n\033[201~')"
screen_wait '1 of 20 hosts'
screen_wait ' /n1'
screen_keys Escape
screen_wait_gone '/n1'

screen_keys '?'
screen_wait 'Everywhere'
screen_golden help
screen_keys G
screen_wait 'how old the result is'
screen_keys Escape
screen_wait 'sallyport  20 hosts'

# Drawn anew, whatever was written over it.
printf '\033[5;1Hrubbish' >"$(screen_tmux display-message -p '#{pane_tty}')"
screen_wait rubbish
screen_keys C-l
screen_wait_gone rubbish

menu_quit
