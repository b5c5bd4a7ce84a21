#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Draws docs/menu.svg, README's picture: the real program, checking real servers of the lab in a
# real terminal, and what that terminal shows as an SVG.  Needs what the tests need.
#
#   docs/screenshot.sh [PROGRAM]        PROGRAM: build/sallyport
here=$(cd "$(dirname "$0")" && pwd)
top_srcdir=$here/..
SALLYPORT=${1:-$top_srcdir/build/sallyport}
top_builddir=$(dirname "$SALLYPORT")
COLUMNS=104 LINES=27
. "$top_srcdir/tests/lib.sh"

# Checks every host down to the login, from the top of the list.
check_hosts() {
	for name in "$@"; do
		screen_wait "│ $name"
		screen_keys c
		screen_wait "Checks  auth, just now"
		screen_keys Down
	done
}

# One line of the terminal at a time: runs of the same colours become rectangles and texts.
draw() {
	LC_ALL=C awk -v cols="$COLUMNS" -v rows="$LINES" -f "$here/screenshot.awk"
}

HOME=$TMP
hosts="good rsa dropbear new changed wide-mode stranger refused web full"
# shellcheck disable=SC2086
lab $hosts
sed -i "s,$TMP/,~/,g" "$SALLYPORT_HOSTS"
# Tall at first: every panel fits whole, with its heading.
screen_start "$COLUMNS" 70 "$SALLYPORT" --hosts "$SALLYPORT_HOSTS"
screen_wait "Enter connect"
# shellcheck disable=SC2086 # one argument a name
check_hosts $hosts
screen_resize "$COLUMNS" "$LINES"
screen_keys Up Up Up Up
wait_for screen_steady
screen_tmux capture-pane -p -e -N | draw >"$TMP/menu.svg"
mv "$TMP/menu.svg" "$here/menu.svg"
echo "docs/menu.svg is drawn" >&2
