#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manual pages are well formed, and sallyport(1) has every command, option and environment variable that
# the program has, and no other options.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib.sh"

docs=$top_srcdir/docs
expect 0 mandoc -Tlint -W warning "$docs/sallyport.1" "$docs/sallyport-hosts.5"
[ ! -s "$TMP/out" ] || fail "mandoc complains"

page=$TMP/sallyport.1
# "-\-option" as it is typed: .Fl adds the first dash.
sed -e 's/\.Fl -/--/g; s/\bFl -/--/g; s/\.Fl /-/g; s/\bFl /-/g' "$docs/sallyport.1" >"$page"

expect 0 "$SALLYPORT" --help
cp "$TMP/out" "$TMP/help"
commands=$(sed -n '/^Commands/,/^$/s/^  \([a-z-]*\)  .*/\1/p' "$TMP/help")
[ -n "$commands" ] || fail "no commands in --help"
for command in $commands; do
	grep -qx ".Cm $command" "$page" || fail "no command $command in the manual"
	expect 0 "$SALLYPORT" "$command" --help
	cat "$TMP/out" >>"$TMP/help"
done

grep -oE -- '--[a-z-]+' "$TMP/help" | sort -u >"$TMP/options"
grep -oE -- '--[a-z][a-z-]+' "$page" | sort -u >"$TMP/described"
[ "$(wc -l <"$TMP/options")" -gt 10 ] || fail "hardly any options in --help"
diff "$TMP/options" "$TMP/described" >"$TMP/out" || fail "options of the program (<) and of the manual (>)"

# The flags of ssh that connect refuses are those that the manual names.
sed -n "s/^	{ '\\(.\\)', .*refuse,.*/\\1/p" "$top_srcdir/src/cli/connect_flags.c" | sort >"$TMP/refused"
[ "$(wc -l <"$TMP/refused")" -gt 5 ] || fail "hardly any flags are refused"
sed -n '/^Not supported, and refused:/,/^Accepted/p' "$docs/sallyport.1" | grep '^\.Fl' | grep -o '\<[A-Za-z]\>' |
	sort >"$TMP/described"
diff "$TMP/refused" "$TMP/described" >"$TMP/out" || fail "refused flags of the program (<) and of the manual (>)"

for variable in $(grep -rhoE 'getenv\("[A-Z_]+"\)' "$top_srcdir/src" | sed 's/.*"\(.*\)".*/\1/' | sort -u); do
	case $variable in
	HOME | TERM | XDG_STATE_HOME | LANG | LC_*) continue ;;
	esac
	grep -q "$variable" "$page" || fail "the manual does not know the variable $variable"
done
