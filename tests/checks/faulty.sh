#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Rows of matrix.txt that servers cause which misbehave: faultd before the keys are exchanged and fakesshd after it
# (faults N1, N4 to N18, N28), all at once.  One that drips does not hold the others (C1).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

defaults '"user": "nobody", "identity_agent": "none", "hostname": "127.0.0.1"'
ssh-keygen -q -t ed25519 -N '' -f "$HOME/.ssh/id_ed25519" </dev/null

for name in $("$LAB_BIN/faultd" --list | cut -d' ' -f1); do
	fault "$name"
	host "$name" "\"port\": $PORT"
done
for name in none reset-auth gssapi zero-point bad-signature deny deaf one-try any-key; do
	fake "$name"
	host "$name" "\"port\": $PORT"
done
look --timeout 8

# No code of a server steers the terminal of who reads the text.
status=0
"$SALLYPORT" check --hosts "$TMP/cells.json" --timeout 8 random disconnect banner-escape >"$TMP/out" || status=$?
[ "$status" -eq 1 ] || fail "status $status"
! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/out" || fail "control characters in text"

cells
