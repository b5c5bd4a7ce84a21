#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# f: what a check offers to mend is asked about on the main screen, and checked again.
. "$(dirname "$0")/menu.sh"
lab good changed wide-mode

# The main screen still shows the one before: only the last line is asking.
asks() {
	screen_text | sed '/^ *$/d' | tail -n 1 | grep -qF -- "$1"
}

menu_start 110 40
menu_rest
screen_keys f
screen_wait 'no check has found anything here that can be mended'

# The mode of a key: no, then yes.
screen_type /wide
screen_keys Tab
screen_keys c
screen_wait '✗ auth.publickey'
screen_wait 'f: fix'
screen_keys f
wait_for asks '(yes/no)'
screen_type no
screen_keys Enter
wait_for asks 'Enter goes back to the menu.'
screen_keys Enter
screen_wait 'f: fix'
[ "$(stat -c %a "$LAB/keys/wide-mode.pem")" = 644 ] || fail 'no was a yes'
screen_keys f
wait_for asks '(yes/no)'
screen_type yes
screen_keys Enter
screen_wait 'Checking again:'
wait_for asks 'Enter goes back to the menu.'
screen_keys Enter
screen_wait_gone 'f: fix'
screen_wait '✓ key.mode'
screen_wait '✓ auth.publickey' # which was refused for that mode
[ "$(stat -c %a "$LAB/keys/wide-mode.pem")" = 400 ] || fail 'yes was a no'

# A changed host key, which a deeper check finds.
screen_keys /
screen_keys C-u
screen_type changed
screen_keys Tab
screen_keys c
screen_wait 'f: fix'
screen_keys f
wait_for asks "Type the host's name to do it:"
screen_type changed
screen_keys Enter
wait_for asks 'Enter goes back to the menu.'
screen_keys Enter
screen_wait '! ssh.hostkey'
screen_wait_gone 'f: fix'

# Ctrl-C at the question: back in the menu, nothing done.
chmod 644 "$LAB/keys/wide-mode.pem"
screen_keys /
screen_keys C-u
screen_type wide
screen_keys Tab
screen_keys c
screen_wait 'f: fix'
screen_keys f
wait_for asks '(yes/no)'
screen_keys C-c
screen_wait 'f: fix'
menu_quit
[ "$(stat -c %a "$LAB/keys/wide-mode.pem")" = 644 ] || fail 'Ctrl-C was a yes'
