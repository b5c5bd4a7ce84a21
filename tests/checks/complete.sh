#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# matrix.txt has no empty cell: every check that the program knows, with every verdict, is produced by a
# real cause in one of the tests beside it, or said to be impossible and why.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"
. "$top_srcdir/tests/checks/cells.sh"

"$top_builddir/tests/checks/ids" >"$TMP/ids"
[ "$(wc -l <"$TMP/ids")" -gt 10 ] || fail "hardly any checks"
cells_rows | cut -d'|' -f1,2 | sort -u >"$TMP/filled"
while read -r id; do
	for verdict in pass warn fail skip; do
		grep -qxF "$id|$verdict" "$TMP/filled" || fail "matrix.txt: nothing causes $verdict of $id"
	done
done <"$TMP/ids"

cells_rows >"$TMP/matrix"
while IFS='|' read -r id verdict where cause summary hint; do
	row="$id|$verdict|$where|$cause"
	grep -qxF "$id" "$TMP/ids" || fail "$row: no such check"
	case $verdict in
	pass | warn | fail | skip) ;;
	*) fail "$row: no such verdict" ;;
	esac
	if [ "$where" = - ]; then
		[ "${#cause}" -gt 20 ] || fail "$row: no reason why this is impossible"
		continue
	fi
	grep -q "^\. .*/cells.sh" "$top_srcdir/tests/checks/$where.sh" || fail "$row: no such test"
	grep -q "tests/checks/$where\.sh" "$top_srcdir/Makefile.am" || fail "$row: make check does not run it"
	[ -n "$summary" ] || fail "$row: no words of the summary"
	[ "$verdict" != fail ] || [ -n "$hint" ] || fail "$row: no words of the hint"
done <"$TMP/matrix"

# A cell is caused or impossible, not both.
cells_rows | awk -F'|' '{ key = $1 " " $2; caused[key] += $3 != "-"; impossible[key] += $3 == "-" }
	END { for (key in caused) if (caused[key] && impossible[key]) print key }' >"$TMP/out"
[ ! -s "$TMP/out" ] || fail "both caused and impossible"
