# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# For the tests beside it, each of which plays some rows of matrix.txt: the causes are hosts, `check` looks at
# them, and every row that names the test is compared with what it said.  Sourced after tests/lib.sh.
#
#   host NAME [MEMBERS]    one more host for the next look, with MEMBERS as in hosts.json, without braces
#   defaults MEMBERS       the defaults of the next look
#   look [OPTION...]       checks all of these; what it says is added to $TMP/lines.  The program is $CHECKER
#                          (a function or command, with its first arguments) if that is set.
#   cells                  compares every row of this test

: >"$TMP/lines"
: >"$TMP/rows"
cells_defaults='"user": "nobody", "identity_agent": "none"'
MATRIX=$top_srcdir/tests/checks/matrix.txt

host() {
	[ ! -s "$TMP/rows" ] || echo , >>"$TMP/rows"
	printf '{ "name": "%s"%s }' "$1" "${2:+, $2}" >>"$TMP/rows"
}

defaults() {
	cells_defaults=$1
}

look() {
	printf '{ "version": 1, "defaults": { %s }, "hosts": [\n%s\n] }\n' "$cells_defaults" \
		"$(cat "$TMP/rows")" >"$TMP/cells.json"
	: >"$TMP/rows"
	got=0
	${CHECKER:-"$SALLYPORT"} check --hosts "$TMP/cells.json" --all --json-lines "$@" \
		>"$TMP/out" 2>"$TMP/err" </dev/null || got=$?
	[ "$got" -le 1 ] || fail "status $got of check $*"
	[ ! -s "$TMP/err" ] || fail "something on standard error"
	cat "$TMP/out" >>"$TMP/lines"
}

# ---- comparing ----

# The text of a member of the line on standard input.
cells_text() {
	sed -n 's/.*"'"$1"'":"\(\([^"\\]\|\\.\)*\)".*/\1/p'
}

# The rows of matrix.txt, without its comments.
cells_rows() {
	grep -v '^#\|^$' "$MATRIX"
}

cell() { # ID VERDICT CAUSE SUMMARY HINT
	pattern=$(echo "$1" | sed 's/\./\\./; s/N$/[1-9]/')
	grep "\"event\":\"check\",\"host\":\"$3\",\"id\":\"$pattern\"," "$TMP/lines" >"$TMP/out" || :
	cut -c 1-2000 "$TMP/out" >"$TMP/err"
	grep "\"id\":\"$pattern\",\"verdict\":\"$2\"" "$TMP/err" >"$TMP/out" || fail "$1 of $3: not $2"
	cells_text summary <"$TMP/out" | grep -q -e "$4" || fail "$1 of $3: the summary lacks: $4"
	cells_text hint <"$TMP/out" | grep -q -e "$5" || [ -z "$5" ] || fail "$1 of $3: the hint lacks: $5"
}

# What must be true of every line, whoever caused it.
cells_all() {
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/lines" || fail "control characters in the lines"
	grep '"event":"check"' "$TMP/lines" | grep '"verdict":"fail"' | grep "\"hint\":null" >"$TMP/out" || :
	[ ! -s "$TMP/out" ] || fail "a fail without a hint"
	cells_rows | while IFS='|' read -r id verdict where reason _; do
		[ "$where" = - ] || continue
		! grep "\"id\":\"$id\",\"verdict\":\"$verdict\"" "$TMP/lines" >"$TMP/out" ||
			fail "$id: $verdict, which matrix.txt calls impossible: $reason"
	done || exit 1
}

cells() {
	cells_all
	cells_rows >"$TMP/matrix"
	compared=0
	while IFS='|' read -r id verdict where cause summary hint; do
		[ "$where" = "$test_name" ] || continue
		cell "$id" "$verdict" "$cause" "$summary" "$hint"
		compared=$((compared + 1))
	done <"$TMP/matrix"
	[ "$compared" -gt 0 ] || fail "no row of matrix.txt names $test_name"
}
