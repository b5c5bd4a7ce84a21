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

# One line of the terminal at a time: runs of the same colours become rectangles and texts.
draw() {
	LC_ALL=C awk -v cols="$COLUMNS" -v rows="$LINES" -f "$here/screenshot.awk"
}

HOME=$TMP
hosts="good rsa dropbear new changed wide-mode stranger refused web full"
# shellcheck disable=SC2086
lab $hosts
sed -i "s,$TMP/,~/,g" "$SALLYPORT_HOSTS"
screen_start "$COLUMNS" "$LINES" "$SALLYPORT" --hosts "$SALLYPORT_HOSTS"
screen_wait "Enter connect"
screen_keys C
screen_wait 'hosts were checked'
until screen_text | grep -q '│ wide-mode'; do
	screen_keys Down
	wait_for screen_steady
done
wait_for screen_steady
screen_tmux capture-pane -p -e -N | draw >"$TMP/menu.svg"
mv "$TMP/menu.svg" "$here/menu.svg"
echo "docs/menu.svg is drawn" >&2
