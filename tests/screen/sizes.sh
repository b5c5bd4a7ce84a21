#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The menu at sizes from large to as small as it works.
. "$(dirname "$0")/menu.sh"
menu_hosts

for size in 120x40 80x24 40x10 20x5; do
	menu_start "${size%x*}" "${size#*x}"
	menu_rest
	screen_golden "menu-$size"
	screen_has web || fail "no host is shown at $size"
	screen_has Enter || fail "no key is shown at $size"
	menu_quit
done

# The narrow screen's other side.
menu_start 40 10
menu_rest
screen_keys Tab
screen_wait 'front end of the shop'
screen_golden details-40x10
screen_keys Tab
screen_wait 東京
menu_quit
