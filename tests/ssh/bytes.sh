#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# 64 MiB of any bytes through a terminal session each way arrive unchanged (E19), also when the
# server wants new session keys every megabyte.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

size=$((64 * 1024 * 1024))
lab good rekey
head -c "$size" /dev/urandom >"$TMP/bytes"
sum=$(sha256sum <"$TMP/bytes")

for name in good rekey; do
	ptyrun --same-termios --timeout 300 --output "$TMP/down" -- \
	    "$SALLYPORT" connect -tt "$name" "stty raw -echo; cat '$TMP/bytes'" || fail "$name: download: $?"
	[ "$(head -c "$size" "$TMP/down" | sha256sum)" = "$sum" ] || fail "$name: download differs"
	rm "$TMP/down"

	ptyrun --same-termios --timeout 300 --output "$TMP/up" --wait READY --file "$TMP/bytes" -- \
	    "$SALLYPORT" connect -e none -tt "$name" "stty raw -echo; printf READY; head -c $size | sha256sum" ||
		fail "$name: upload: $?"
	grep -qF "$sum" "$TMP/up" || fail "$name: upload differs: $(cat -v "$TMP/up")"

	# Both ways at once, without a terminal.
	"$SALLYPORT" connect "$name" cat <"$TMP/bytes" | sha256sum >"$TMP/out"
	[ "$(cat "$TMP/out")" = "$sum" ] || fail "$name: both ways differ"
done
