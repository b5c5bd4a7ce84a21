#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults T12 and T14: names that are wide, combining, invisible or steer the
# direction of text, in a UTF-8 locale and in the C locale.
. "$(dirname "$0")/menu.sh"
menu_hosts

# tmux, like any terminal, drives each character to its column: the line between
# list and panel is straight when every width was taken right.
menu_start 120 40
menu_rest
screen_has 東京サーバ || fail "a wide name is not shown"
screen_has 'evil\u{202e}' || fail "invisible characters are not made visible"
screen_tmux send-keys G
for row in $(seq 2 38); do
	screen_tmux capture-pane -p -S $((row - 1)) -E $((row - 1)) >"$TMP/row"
	grep -q '│' "$TMP/row" || fail "row $row has no divider: $(cat "$TMP/row")"
done
menu_quit

LC_ALL=C
menu_start 120 40
menu_rest
screen_golden menu-ascii
if screen_text | LC_ALL=C grep -q '[^ -~]'; then
	fail "something other than ASCII is shown in the C locale"
fi
screen_has '\u{6771}' || fail "a wide name is not shown escaped"
menu_quit
