#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# faults.txt is true: each of its tests is run by make check and says that it plays the fault, and no fault of a host
# that is checked is missing.
. "${top_srcdir:-$(dirname "$0")/..}/tests/lib.sh"
faults=$top_srcdir/tests/faults.txt

# What a file names, one a line; of "N4 to N18" each one.
names() {
	awk '{
		while (match($0, /[A-Z][0-9]+ to [A-Z][0-9]+/)) {
			split(substr($0, RSTART, RLENGTH), ends, " to ")
			for (i = substr(ends[1], 2) + 0; i <= substr(ends[2], 2) + 0; i++)
				print substr(ends[1], 1, 1) i
			$0 = substr($0, 1, RSTART - 1) " " substr($0, RSTART + RLENGTH)
		}
		n = split($0, words, /[^A-Za-z0-9_]+/)
		for (i = 1; i <= n; i++)
			if (words[i] ~ /^[A-Z][0-9]+$/)
				print words[i]
	}' "$1"
}

echo 'N1 to N18, N20 to N23, N27, N28, N30, S1 to S8, C1, C2, C4, C5, C7, C8' >"$TMP/wanted"
for fault in $(names "$TMP/wanted"); do
	grep -q "^$fault|" "$faults" || fail "faults.txt: no test plays $fault"
done

grep -v '^#' "$faults" >"$TMP/rows"
while IFS='|' read -r fault what tests; do
	[ -n "$what" ] || fail "faults.txt: $fault: no words"
	for test in $tests; do
		file=$top_srcdir/tests/$test
		[ -f "$file" ] || fail "faults.txt: $fault: there is no tests/$test"
		grep -q "tests/${test%.c}\( \|\.sh\|$\)" "$top_srcdir/Makefile.am" || fail "make check does not run tests/$test"
		names "$file" | grep -qx "$fault" || fail "tests/$test does not say that it plays $fault"
	done
	[ -n "$tests" ] || fail "faults.txt: no test plays $fault"
done <"$TMP/rows"
